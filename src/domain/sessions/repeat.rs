//! A login that its browser sends twice, such as by a second click on a slow line, leads into the
//! session that the first one opened. It is known by a keyed hash of what was sent, which holds the
//! secret of the browser: no other browser gets that session.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::domain::App;
use crate::domain::accounts::profile::profile;
use crate::domain::sessions::{OpenedSession, SessionId};
use crate::domain::token::TokenContent;
use crate::error::Result;
use crate::storage::Connection;
use crate::storage::session_logins::{self, OpenedByLogin};
use crate::storage::sessions::SessionRef;
use crate::storage::users::User;
use crate::time::Timestamp;

/// How far from a login its repeat is one.
const REPEAT_WINDOW: Duration = Duration::from_mins(1);

/// What a browser sent to log in.
#[derive(Clone)]
pub(in crate::domain) struct SentLogin {
    /// The secret in the browser's cookie.
    pub browser: String,
    /// The challenge and the code; `None` for a password, which is checked again in any case.
    pub proof: Option<Zeroizing<String>>,
}

impl SentLogin {
    fn hash(&self, app: &App, user: &User) -> [u8; 32] {
        let proof = self.proof.as_ref().map_or("", |proof| proof.as_str());
        let sent = Zeroizing::new(format!("{} {proof}", self.browser));
        app.keyed_hash("login", user.id, &sent)
    }
}

/// Stores what opened a session, in the same transaction.
pub(in crate::domain) fn remember(
    app: &App,
    connection: &Connection,
    opened: SessionId,
    user: &User,
    sent: &SentLogin,
) -> Result<()> {
    session_logins::update(connection, opened, &sent.hash(app, user))
}

/// The session that the same login opened a moment ago, if it is open still.
pub(in crate::domain) fn find(
    app: &App,
    connection: &Connection,
    user: &User,
    sent: &SentLogin,
    now: Timestamp,
) -> Result<Option<OpenedSession>> {
    if user.is_suspended(now) {
        return Ok(None);
    }
    let hash = sent.hash(app, user);
    let earliest = now.before(REPEAT_WINDOW);
    let found = session_logins::find(connection, user.id, &hash, earliest)?;
    // Of two requests at once, the one that came first may open the session last.
    let latest = now.after(REPEAT_WINDOW);
    let is_recent = |session: &OpenedByLogin| session.created_at <= latest;
    let found = found.filter(|session| is_recent(session) && now < session.expires_at);
    found.map(|session| reopened(app, user, &session, now)).transpose()
}

fn reopened(
    app: &App,
    user: &User,
    session: &OpenedByLogin,
    now: Timestamp,
) -> Result<OpenedSession> {
    let token = app.signer.sign(&TokenContent {
        session: SessionRef { session: session.id, user: user.id },
        username: &user.username,
        issued_at: session.created_at,
        expires_at: session.expires_at,
    })?;
    Ok(OpenedSession {
        id: session.id,
        token,
        created_at: session.created_at,
        expires_at: session.expires_at,
        user: profile(app, user, now),
        is_repeat: true,
    })
}
