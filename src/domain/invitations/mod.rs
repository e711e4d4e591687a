//! Invitations: links of the operator, by which visitors may register while registration is not
//! open to everyone, or with tags that others do not get.

mod of_account;

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::crypto::{self, hmac_sha256};
use crate::domain::App;
use crate::domain::accounts::fields::Email;
use crate::domain::accounts::tags::GivenTag;
use crate::domain::audit::Differences;
use crate::domain::change::By;
use crate::domain::event::Event;
use crate::domain::mail::messages::Message;
use crate::domain::mail::{Purpose, Sending};
use crate::domain::reveal::Reveal;
use crate::error::{Error, Result};
use crate::normalization::{address, secret_of_link};
use crate::storage::Connection;
use crate::storage::invitations::{self, ByCode, Seed};
use crate::storage::users::{self, User};
use crate::time::Timestamp;
pub(in crate::domain) use of_account::{binds_address_of, delete_of, forget, list_of};

/// How long an invitation is listed after it has expired.
pub(in crate::domain) const LISTED_FOR: Duration = Duration::from_hours(24 * 30);
/// The length of a code before it is written in base64: 192 bits, too many to be guessed.
const CODE_LENGTH: usize = 24;

/// What an operator wants of a new invitation.
pub(crate) struct NewInvitation {
    /// How many accounts it may make.
    pub uses: u32,
    /// When it expires.
    pub expires_at: Timestamp,
    /// Tags that these accounts get.
    pub tags: Vec<GivenTag>,
    /// The only address that these accounts may have.
    pub email: Option<Email>,
    /// A note for the operator, which is never shown to users.
    pub note: String,
}

/// An invitation, as its operator sees it.
pub(crate) struct Invitation {
    pub id: u32,
    /// Its code and link; `None` if the key file was replaced since.
    pub link: Option<Link>,
    /// How many accounts it may make.
    pub uses: u32,
    /// How many it has made.
    pub used: u32,
    pub expires_at: Timestamp,
    /// Tags that these accounts get.
    pub tags: Vec<String>,
    /// The only address that these accounts may have.
    pub email: Option<String>,
    /// A note for the operator.
    pub note: String,
}

/// What a visitor needs to use an invitation.
pub(crate) struct Link {
    /// What the API takes as `invite`.
    pub code: Zeroizing<String>,
    /// The page that asks for name and password.
    pub url: Zeroizing<String>,
}

/// Which readers a code is meant for.
#[derive(Clone, Copy)]
enum Reader {
    /// Any: the operator passes the code on.
    Any,
    /// The reader of the mail to the address of the invitation.
    Mailbox,
}

/// Makes an invitation and reveals it. If it has an address and a mail server is configured, its
/// link is mailed there; the result is that mail.
///
/// # Errors
/// [`Error::InvalidAccountField`] if no mail can be sent to the address, a fault, or an error of
/// `reveal`.
pub(crate) fn add<E: From<Error>>(
    app: &App,
    new: NewInvitation,
    now: Timestamp,
    reveal: impl Reveal<Invitation, E>,
) -> Result<Option<Sending>, E> {
    new.email.as_ref().map_or(Ok(()), Email::check_reachable)?;
    let seed: Seed = crypto::random()?;
    let mailed = new.email.as_ref().map(|_| code(app, &seed, Reader::Mailbox));
    let mailed_code_sha256 = mailed.as_deref().map(|code| hash(code));
    let email = new.email.map(Email::into_text);
    let tags: Vec<String> = new.tags.into_iter().map(GivenTag::into_text).collect();
    app.change(By::Operator, now, |tx| {
        let row = invitations::NewInvitation {
            seed: &seed,
            code_sha256: &hash(&code(app, &seed, Reader::Any)),
            mailed_code_sha256: mailed_code_sha256.as_ref(),
            uses: new.uses,
            tags: &tags,
            email: email.as_deref(),
            note: &new.note,
            created_at: now,
            expires_at: new.expires_at,
        };
        let invitation = view(app, invitations::insert(tx, &row)?);
        let values = Differences::added("id", invitation.id)
            .with("uses", None::<u32>, invitation.uses)
            .with("tags", None::<String>, tags.clone())
            .with("email", None::<String>, email.clone());
        tx.happened_here(Event::InvitationAdded, values)?;
        reveal(&invitation)
    })?;
    let mail = mailed.zip(email).filter(|_| app.mailer.is_on()).map(|(code, email)| {
        let url = url(app, &code);
        app.mail_to_address(email, &Message::Invitation(&url), Purpose::Notice)
    });
    Ok(mail)
}

/// Lists the invitations, also those that are used up, and for a month those that are expired.
pub(crate) fn list(app: &App) -> Result<Vec<Invitation>> {
    let rows = app.db.read(invitations::list)?;
    Ok(rows.into_iter().map(|row| view(app, row)).collect())
}

/// Removes an invitation: its link is no longer good. Accounts that it made stay.
///
/// # Errors
/// [`Error::NotFound`], or a fault.
pub(crate) fn remove(app: &App, id: u32, now: Timestamp) -> Result<Invitation> {
    app.change(By::Operator, now, |tx| {
        let removed = invitations::delete(tx, id)?.ok_or(Error::NotFound { what: "Invitation" })?;
        tx.happened_here(Event::InvitationRemoved, Differences::removed("id", id))?;
        Ok(view(app, removed))
    })
}

/// An invitation that a visitor may use.
pub(crate) struct Usable {
    pub id: u32,
    tags: Vec<String>,
    /// The address that the account gets.
    pub email: Option<String>,
    /// Whether the visitor has read mail to that address.
    is_mailed: bool,
}

/// The invitation with this code.
///
/// # Errors
/// [`Error::InvalidInvitation`] if there is none, if it is used up or expired; or a fault.
pub(crate) fn find(app: &App, code: &str, now: Timestamp) -> Result<Usable> {
    let find =
        |connection: &_| invitations::find_active(connection, &hash(secret_of_link(code)), now);
    let ByCode { invitation, is_mailed } = app.db.read(find)?.ok_or(INVALID)?;
    let (id, tags, email) = (invitation.id, invitation.tags, invitation.email);
    Ok(Usable { id, tags, email, is_mailed })
}

impl Usable {
    /// The address of an account, where the visitor gave `given`.
    ///
    /// # Errors
    /// [`Error::InvalidInvitation`] if the invitation is for another address.
    pub(crate) fn choose_email(&self, given: Option<Email>) -> Result<Option<Email>> {
        let Some(bound) = &self.email else { return Ok(given) };
        let is_bound = |given: &Email| address::fold(given.as_str()) == address::fold(bound);
        if given.as_ref().is_none_or(is_bound) {
            Email::parse(bound.clone()).map(Some)
        } else {
            Err(Error::InvalidInvitation { rule: "must be one for this email address" })
        }
    }

    /// Takes one use of the invitation for an account that was just stored.
    ///
    /// # Errors
    /// [`Error::InvalidInvitation`] if the last use was taken meanwhile, or a fault.
    pub(crate) fn apply(&self, connection: &Connection, user: &mut User) -> Result<()> {
        if !invitations::update_used(connection, self.id)? {
            return Err(INVALID);
        }
        user.tags.clone_from(&self.tags);
        user.email_verified = self.is_mailed && user.email.is_some();
        users::update(connection, user)
    }
}

const INVALID: Error = Error::InvalidInvitation {
    rule: "must be the code of an invitation that is neither used up nor expired",
};

fn view(app: &App, row: invitations::Invitation) -> Invitation {
    let code = code(app, &row.seed, Reader::Any);
    let link = (hash(&code) == row.code_sha256).then(|| Link { url: url(app, &code), code });
    Invitation {
        id: row.id,
        link,
        uses: row.uses,
        used: row.used,
        expires_at: row.expires_at,
        tags: row.tags,
        email: row.email,
        note: row.note,
    }
}

/// A code of an invitation. It cannot be computed from the database alone.
fn code(app: &App, seed: &Seed, reader: Reader) -> Zeroizing<String> {
    let purpose: &[u8] = match reader {
        Reader::Any => b"invitation:",
        Reader::Mailbox => b"mailed invitation:",
    };
    let mac = Zeroizing::new(hmac_sha256(&app.hash_key, &[purpose, seed].concat()));
    Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(&mac[..CODE_LENGTH]))
}

/// The link of a code, which stands in the path: the log names routes, not paths.
fn url(app: &App, code: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("{}/register/{code}", app.config.server.public_url))
}

fn hash(code: &str) -> [u8; 32] {
    Sha256::digest(code).into()
}
