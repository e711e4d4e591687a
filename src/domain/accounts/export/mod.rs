//! Everything that the instance keeps about an account, as one JSON document that a person can read
//! and a program can use (GDPR, articles 15 and 20). Secrets and hashes are not in it.
//!
//! The document is written as it is read, so that neither a large picture nor a long list is held
//! in memory.

mod document;
mod parts;
mod stream;

use crate::domain::App;
use crate::domain::accounts::edit::unchanged;
use crate::domain::accounts::identifier::by_name;
use crate::domain::accounts::password_check::CurrentPassword;
use crate::domain::accounts::profile::profile;
use crate::domain::accounts::suspension::Suspension;
use crate::domain::audit::Line;
use crate::domain::change::By;
use crate::domain::event::Event;
use crate::domain::lockouts;
use crate::domain::principal::Principal;
use crate::error::{Error, Result};
use crate::storage::users::User;
use crate::storage::{email_confirmations, password_links};
use crate::time::Timestamp;
use crate::words::Language;
pub(crate) use document::Document;
use document::{OpenSession, Part};
use stream::{Fault, Streamed};

/// What a user sends for an export.
pub(crate) struct ExportRequest {
    /// The password, which proves that the user is the owner of the account.
    pub password: CurrentPassword,
    /// The language that the user reads.
    pub language: Language,
}

/// An account that is exported.
pub(crate) struct Export {
    user: User,
    /// The language in which the document says what its parts are.
    language: Language,
}

impl Export {
    /// The account with this username, id or email address, for its operator.
    ///
    /// # Errors
    /// [`Error::UserNotFound`], [`Error::CommandRefused`] for a name of several accounts, or a
    /// fault.
    pub(crate) fn find(app: &App, name: &str) -> Result<Self> {
        let user = app.db.read(|connection| by_name(app, connection, name))?;
        let language = user.language.unwrap_or(app.config.instance.language);
        Ok(Self { user, language })
    }

    /// The account of a user, by the password. A code is not asked for: the session has had one,
    /// and the document opens nothing.
    ///
    /// # Errors
    /// [`Error::TooManyRequests`], [`Error::WrongPassword`], [`Error::NotLogged`] if the session
    /// has ended meanwhile, or a fault.
    pub(crate) fn of_principal(
        app: &App,
        principal: &Principal,
        request: &ExportRequest,
        now: Timestamp,
    ) -> Result<Self> {
        request.password.verify(app, &principal.user, now)?;
        app.change(By::User(&principal.device), now, |tx| {
            let user = unchanged(tx, principal, now)?;
            tx.happened(Event::AccountExported, &user)?;
            Ok(Self { user, language: request.language })
        })
    }

    /// Records that the operator exports the account.
    ///
    /// # Errors
    /// A fault.
    pub(crate) fn record(&self, app: &App, now: Timestamp) -> Result<()> {
        app.change(By::Operator, now, |tx| tx.happened(Event::AccountExported, &self.user))
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
        let words = &self.language.words().exports;
        let sessions = |show: &mut dyn FnMut(OpenSession)| parts::list_sessions(app, id, now, show);
        let lines = |show: &mut dyn FnMut(Line)| parts::list_lines(app, id, show);
        let profile = profile(app, &self.user, now);
        let mut confirmations =
            app.db.read(|tx| email_confirmations::list_addresses_of(tx, id, now))?;
        // The link that confirmed the address is kept, and good for nothing more.
        let confirmed = self.user.email.as_ref().filter(|_| self.user.email_verified);
        confirmations.retain(|address| Some(address) != confirmed);
        let link = app.db.read(|tx| password_links::find_of(tx, id, now))?;
        let lockouts = app.db.read(|connection| lockouts::list_of(app, connection, id, now))?;
        let pictures = parts::shown_pictures(app, id, &fault)?;
        let document = Document {
            about: words.about,
            exported_at: now,
            server: app.config.server.address.as_str(),
            account: parts::facts(app, words, &self.user, &profile)?,
            suspension: Part::new(words.suspension, Suspension::of(&self.user, now)),
            second_factors: parts::factors(app, words, &self.user)?,
            passkeys: Part::new(words.passkeys, parts::listed_passkeys(app, id)?),
            email_confirmations: Part::new(words.email_confirmations, confirmations),
            password_link: Part::new(words.password_link, link.map(Into::into)),
            invitations: Part::new(words.invitations, parts::invited(app, &self.user)?),
            sessions: Part::new(words.sessions, Streamed::new(&sessions, &fault)),
            devices: Part::new(words.devices, parts::recognized(app, id)?),
            lockouts: Part::new(words.lockouts, lockouts),
            pictures: Part::new(words.pictures, pictures),
            audit: Part::new(words.audit, Streamed::new(&lines, &fault)),
        };
        let written = write(&document);
        fault.check()?;
        written
    }
}
