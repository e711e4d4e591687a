//! The messages that are mailed to users, in their language: what they say is in `words`.

mod draft;
mod notices;

use std::borrow::Cow;
use std::path::Path;

use askama::Template;

use crate::config::Config;
use crate::domain::App;
use crate::domain::event::Event;
use crate::domain::mail::address::has_link;
use crate::domain::principal::Device;
use crate::error::{Error, Result};
use crate::storage::users::User;
use crate::time::Timestamp;
use crate::words::{Language, Mails, fill_named};

/// A message, before it is written in a language.
pub(crate) enum Message<'a> {
    /// A code of the second factor.
    Code(&'a str),
    /// A link that confirms the address.
    Confirmation(&'a str),
    /// A link by which its reader may register.
    Invitation(&'a str),
    /// A link that sets the new password of an account.
    PasswordLink { url: &'a str, username: &'a str },
    /// Why a user who has forgotten the password gets no such link.
    NoPasswordLink(NoLink),
    /// A notice of an event of the account.
    Notice {
        notice: Notice,
        /// The device of the user who acted; `None` if the operator did.
        device: Option<&'a Device>,
        at: Timestamp,
        /// The usernames, if it is about them.
        renamed: Option<Renamed<'a>>,
    },
    /// A test of the mail settings.
    Test,
}

/// The old and the new username of an account.
#[derive(Clone, Copy)]
pub(crate) struct Renamed<'a> {
    pub from: &'a str,
    pub to: &'a str,
}

/// Why no link was mailed that sets a new password.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NoLink {
    /// The address is not confirmed, so that it may be another person's.
    Unconfirmed,
    /// The operator has disabled the account.
    Suspended {
        /// Until when; `None` for good.
        until: Option<Timestamp>,
    },
}

/// A paragraph of a message.
enum Part<'a> {
    Text(String),
    Code(&'a str),
    Link { label: &'static str, url: Cow<'a, str> },
    Facts(Vec<Fact>),
}

/// What is known of an event.
struct Fact {
    label: &'static str,
    value: String,
}

/// A message in one language, before it becomes text and HTML.
struct Draft<'a> {
    subject: String,
    parts: Vec<Part<'a>>,
}

/// A message, ready to be sent.
pub(crate) struct Written {
    pub subject: String,
    pub text: String,
    pub html: String,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    language: &'static str,
    subject: &'a str,
    title: &'a str,
    public_url: &'a str,
    /// The operator's logo, where mail programs can show it.
    logo: Option<String>,
    accent: &'a str,
    accent_on_dark: String,
    parts: &'a [Part<'a>],
}

/// An event of which users are notified: those that an intruder would cause, and a new
/// username, by which the user logs in from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    AccountDeleted,
    AccountRenamed,
    AccountExported,
    PasswordChanged,
    PasswordReset,
    EmailChanged,
    SessionOpenedElsewhere,
    TotpEnabled,
    TotpDisabled,
    EmailFactorEnabled,
    EmailFactorDisabled,
    PasskeyAdded,
    PasskeyRemoved,
    PasskeyCloned,
    PasskeyFactorEnabled,
    PasskeyFactorDisabled,
    RecoveryCodeUsed,
    RecoveryCodesRenewed,
}

/// The notice of an event; `None` for an event that is only recorded.
#[expect(clippy::too_many_lines, reason = "it is a table")]
pub(crate) const fn notice(event: Event, by_operator: bool) -> Option<Notice> {
    Some(match event {
        Event::AccountDeleted => Notice::AccountDeleted,
        Event::AccountRenamed => Notice::AccountRenamed,
        Event::AccountExported if !by_operator => Notice::AccountExported,
        Event::PasswordChanged => Notice::PasswordChanged,
        Event::PasswordReset => Notice::PasswordReset,
        Event::EmailChanged => Notice::EmailChanged,
        Event::SessionOpenedElsewhere => Notice::SessionOpenedElsewhere,
        Event::TotpEnabled => Notice::TotpEnabled,
        Event::TotpDisabled => Notice::TotpDisabled,
        Event::EmailFactorEnabled => Notice::EmailFactorEnabled,
        Event::EmailFactorDisabled => Notice::EmailFactorDisabled,
        Event::PasskeyAdded => Notice::PasskeyAdded,
        Event::PasskeyRemoved => Notice::PasskeyRemoved,
        Event::PasskeyCloned => Notice::PasskeyCloned,
        Event::PasskeyFactorEnabled => Notice::PasskeyFactorEnabled,
        Event::PasskeyFactorDisabled => Notice::PasskeyFactorDisabled,
        Event::RecoveryCodeUsed => Notice::RecoveryCodeUsed,
        Event::RecoveryCodesRenewed => Notice::RecoveryCodesRenewed,
        Event::AccountCreated
        | Event::AccountImported
        | Event::AccountDisabled
        | Event::AccountEnabled
        | Event::AccountRemoved
        | Event::AccountExported
        | Event::PasswordLinkMade
        | Event::AccountExpired
        | Event::EmailConfirmed
        | Event::EmailUnconfirmed
        | Event::ProfileChanged
        | Event::PresenceChanged
        | Event::TagsChanged
        | Event::RankChanged
        | Event::AdminChanged
        | Event::LoginFailed
        | Event::SessionOpened
        | Event::SessionEnded
        | Event::SessionsEnded
        | Event::PasskeyRenamed
        | Event::RecoveryCodesLost
        | Event::CodeIssued
        | Event::KeyRotated
        | Event::KeyReplaced
        | Event::BackupRestored
        | Event::ConfigReloaded
        | Event::AddressChanged
        | Event::RelayAdded
        | Event::RelayRemoved
        | Event::LockoutCleared
        | Event::InvitationAdded
        | Event::InvitationRemoved
        | Event::LockoutsCleared => return None,
    })
}

/// The language for a user: the one in their account, else that of their program, else that of the
/// instance.
pub(crate) fn language(app: &App, user: &User, device: Option<&Device>) -> Language {
    user.language
        .or(device.and_then(|device| device.language))
        .unwrap_or(app.config.instance.language)
}

/// The name by which a mail greets a user: the display name if the address is confirmed, and else
/// the username, since the address may be a stranger's. `None` for a name that mail programs would
/// make a link of: a mail of ours leads nowhere but here.
pub(crate) fn greeting(user: &User) -> Option<&str> {
    let display = Some(user.display.as_str()).filter(|_| user.email_verified);
    let is_plain = |name: &&str| !has_link(name);
    display.filter(is_plain).or(Some(user.username.as_str()).filter(is_plain))
}

/// Writes a message to the user with this name.
pub(crate) fn write(
    config: &Config,
    language: Language,
    name: Option<&str>,
    message: &Message<'_>,
) -> Result<Written> {
    let Draft { subject, parts } = draft::write(config, language, name, message);
    let (instance, public_url) = (&config.instance, config.server.public_url.as_str());
    let html = Html {
        language: language.tag(),
        subject: &subject,
        title: &instance.title,
        public_url,
        logo: has_logo(config).then(|| format!("{public_url}/static/logo")),
        accent: instance.accent.as_str(),
        accent_on_dark: instance.accent.on_dark(),
        parts: &parts,
    };
    let html = html.render().map_err(|error| Error::internal("write a mail", error))?;
    let text = format!(
        "{}\n\n-- \n{}\n{public_url}\n",
        plain(&language.words().mails, &parts),
        instance.title
    );
    Ok(Written { subject, text, html })
}

/// Whether mails show the operator's logo. Mail programs show no SVG.
fn has_logo(config: &Config) -> bool {
    let ending = config.instance.logo.as_deref().map(Path::extension);
    ending.is_some_and(|ending| ending.is_none_or(|ending| !ending.eq_ignore_ascii_case("svg")))
}

fn plain(words: &Mails, parts: &[Part<'_>]) -> String {
    let labelled = |label, value| fill_named(words.labelled, &[("label", label), ("value", value)]);
    let paragraphs = parts.iter().map(|part| match part {
        Part::Text(text) => text.clone(),
        Part::Code(code) => format!("    {code}"),
        Part::Link { label, url } => labelled(label, url),
        Part::Facts(facts) => {
            let lines = facts.iter().map(|fact| labelled(fact.label, &fact.value));
            lines.collect::<Vec<_>>().join("\n")
        }
    });
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests;
