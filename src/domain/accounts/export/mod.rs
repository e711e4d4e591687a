//! Everything that the instance keeps about an account, as one JSON document that a person can read
//! and a program can use (GDPR, articles 15 and 20). Secrets and hashes are not in it.
//!
//! The document is written as it is read, so that neither a large picture nor a long list is held
//! in memory.

mod stream;

use serde::Serialize;

use crate::domain::App;
use crate::domain::accounts::identifier::by_name;
use crate::domain::accounts::operator::Suspension;
use crate::domain::accounts::profile::{Profile, picture_url, profile};
use crate::domain::audit::{self, Line};
use crate::domain::lockouts::{self, Lockout};
use crate::domain::parts::{PART, in_parts};
use crate::error::{Error, Result};
use crate::storage::pictures::{self, Picture, PictureKind, hex};
use crate::storage::sessions::{self, Session};
use crate::storage::totp_factors;
use crate::storage::users::{self, User, UserId};
use crate::storage::{devices, email_confirmations};
use crate::time::Timestamp;
use crate::words::Language;
use stream::{Content, Fault, Streamed};

const ABOUT: &str = "Everything that this Nox instance keeps about one account. Times are \
    milliseconds since 1970-01-01T00:00:00Z; null means that there is no value. Passwords, keys, \
    codes and their hashes are secret, and not in this file. Backups of the instance may keep \
    older states until they are deleted.";

/// The document. What is long in it is read while it is serialized.
#[derive(Serialize)]
pub(crate) struct Document<'a> {
    about: &'static str,
    exported_at: Timestamp,
    server: &'a str,
    account: Facts<'a>,
    suspension: Part<Option<Suspension>>,
    second_factors: Factors,
    email_confirmations: Part<Vec<String>>,
    sessions: Part<Streamed<'a, OpenSession>>,
    devices: Part<Vec<Device>>,
    lockouts: Part<Vec<Lockout>>,
    pictures: Part<Vec<Shown<'a>>>,
    audit: Part<Streamed<'a, Line>>,
}

/// A part of the document, said in words.
#[derive(Serialize)]
struct Part<T> {
    about: &'static str,
    content: T,
}

impl<T> Part<T> {
    const fn new(about: &'static str, content: T) -> Self {
        Self { about, content }
    }
}

#[derive(Serialize)]
struct Facts<'a> {
    about: &'static str,
    #[serde(flatten)]
    profile: &'a Profile,
    language: Option<Language>,
    password_changed_at: Timestamp,
    last_login: Option<Timestamp>,
}

#[derive(Serialize)]
struct Factors {
    about: &'static str,
    authenticator_app: bool,
    authenticator_app_enabled_at: Option<Timestamp>,
    codes_by_mail: bool,
    unused_recovery_codes: u32,
}

#[derive(Serialize)]
struct OpenSession {
    id: String,
    created_at: Timestamp,
    last_seen_at: Timestamp,
    expires_at: Timestamp,
    ip: String,
    user_agent: Option<String>,
    has_public_key: bool,
}

impl From<Session> for OpenSession {
    fn from(session: Session) -> Self {
        Self {
            id: session.id.to_string(),
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
            ip: session.ip,
            user_agent: session.user_agent,
            has_public_key: session.public_key.is_some(),
        }
    }
}

#[derive(Serialize)]
struct Device {
    last_login_at: Timestamp,
}

/// An uploaded picture.
#[derive(Serialize)]
struct Shown<'a> {
    used_as: &'static str,
    url: String,
    media_type: String,
    bytes: u32,
    sha256: String,
    base64: Content<'a>,
}

/// An account that is exported.
pub(crate) struct Export {
    user: User,
}

impl Export {
    /// The account with this username, id or email address.
    ///
    /// # Errors
    /// [`Error::UserNotFound`], [`Error::CommandRefused`] for a name of several accounts, or a
    /// fault.
    pub(crate) fn find(app: &App, name: &str) -> Result<Self> {
        Ok(Self { user: app.db.read(|connection| by_name(app, connection, name))? })
    }

    /// The username of the account.
    pub(crate) fn username(&self) -> &str {
        &self.user.username
    }

    /// Makes the document, which `write` serializes. Each of its parts is of the moment at which it
    /// is read.
    ///
    /// # Errors
    /// A fault, or an error of `write`; what was written by then is not the whole document.
    pub(crate) fn make<E: From<Error>>(
        &self,
        app: &App,
        now: Timestamp,
        write: impl FnOnce(&Document<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let fault = Fault::default();
        let id = self.user.id;
        let sessions = |show: &mut dyn FnMut(OpenSession)| list_sessions(app, id, now, show);
        let lines = |show: &mut dyn FnMut(Line)| list_lines(app, id, show);
        let profile = profile(app, &self.user, now);
        let document = Document {
            about: ABOUT,
            exported_at: now,
            server: app.config.server.address.as_str(),
            account: facts(app, &self.user, &profile)?,
            suspension: Part::new(
                "Whether an operator has suspended the account: until when, and why; null if not.",
                Suspension::of(&self.user, now),
            ),
            second_factors: factors(app, &self.user)?,
            email_confirmations: Part::new(
                "Addresses to which a link was mailed that is still to be opened.",
                app.db.read(|connection| {
                    email_confirmations::list_addresses_of(connection, id, now)
                })?,
            ),
            sessions: Part::new(
                "Open sessions: when each began, was used last and ends, with the network address \
                 and the program that opened it.",
                Streamed::new(&sessions, &fault),
            ),
            devices: Part::new(
                "When the account was last logged in to by each browser, program and network that \
                 is recognized. They are kept as hashes, which do not tell which ones they are.",
                recognized(app, id)?,
            ),
            lockouts: Part::new(
                "What is refused for a while after too many attempts, and from where.",
                app.db.read(|connection| lockouts::list_of(app, connection, id, now))?,
            ),
            pictures: Part::new(
                "Uploaded pictures, and where each one is shown.",
                shown_pictures(app, id, &fault)?,
            ),
            audit: Part::new(
                "The events of the account, the oldest first: what happened, by whom, from which \
                 address, with old and new values. Failed logins may come from other people.",
                Streamed::new(&lines, &fault),
            ),
        };
        let written = write(&document);
        fault.check()?;
        written
    }
}

fn facts<'a>(app: &App, user: &User, profile: &'a Profile) -> Result<Facts<'a>> {
    Ok(Facts {
        about: "The profile as its owner sees it: names, address, links, tags, rank.",
        profile,
        language: user.language,
        password_changed_at: user.password_changed_at,
        last_login: app.db.read(|connection| users::find_last_login(connection, user.id))?,
    })
}

fn factors(app: &App, user: &User) -> Result<Factors> {
    let app_factor = app.db.read(|connection| totp_factors::find(connection, user.id))?;
    Ok(Factors {
        about: "Which second factors a login asks for. Their secrets are not exported.",
        authenticator_app: app_factor.is_some(),
        authenticator_app_enabled_at: app_factor.map(|factor| factor.enabled_at),
        codes_by_mail: user.has_email_factor,
        unused_recovery_codes: user.recovery_codes,
    })
}

fn recognized(app: &App, id: UserId) -> Result<Vec<Device>> {
    let times = app.db.read(|connection| devices::list_last_seen_of(connection, id))?;
    Ok(times.into_iter().map(|last_login_at| Device { last_login_at }).collect())
}

fn shown_pictures<'a>(app: &'a App, id: UserId, fault: &'a Fault) -> Result<Vec<Shown<'a>>> {
    let shown = |kind: PictureKind, picture: Picture| Shown {
        used_as: kind.as_str(),
        url: picture_url(app, id, kind),
        media_type: picture.media_type.clone(),
        bytes: picture.length,
        sha256: hex(&picture.sha256),
        base64: Content::new(app, picture, fault),
    };
    let mut pictures = Vec::new();
    for kind in [PictureKind::Thumbnail, PictureKind::Banner] {
        let found = app.db.read(|connection| pictures::find(connection, id, kind))?;
        pictures.extend(found.map(|picture| shown(kind, picture)));
    }
    Ok(pictures)
}

fn list_sessions(
    app: &App,
    id: UserId,
    now: Timestamp,
    show: &mut dyn FnMut(OpenSession),
) -> Result<()> {
    in_parts(
        |than| {
            app.db.read(|connection| sessions::list_older(connection, Some(id), than, now, PART))
        },
        |session: &Session| session.id,
        |session| {
            show(session.into());
            Ok(())
        },
    )
}

/// Operators are shown without their names, which are not data of the account's owner.
fn list_lines(app: &App, id: UserId, show: &mut dyn FnMut(Line)) -> Result<()> {
    audit::list_of(app, id, |mut line| {
        if line.by.starts_with("operator") {
            line.by = "operator".into();
        }
        show(line);
        Ok::<_, Error>(())
    })
}
