//! The messages that are mailed to users, in their language: what they say is in `words`.

mod draft;

use askama::Template;

use crate::config::Config;
use crate::domain::App;
use crate::domain::event::Event;
use crate::domain::mail::address::{has_link, without_links};
use crate::domain::principal::Device;
use crate::error::{Error, Result};
use crate::storage::users::User;
use crate::time::Timestamp;
use crate::words::Language;

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
    },
    /// A test of the mail settings.
    Test,
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
    Link { label: &'static str, url: &'a str },
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
    RecoveryCodeUsed,
    RecoveryCodesRenewed,
}

/// The notice of an event; `None` for an event that is only recorded.
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
        Event::RecoveryCodeUsed => Notice::RecoveryCodeUsed,
        Event::RecoveryCodesRenewed => Notice::RecoveryCodesRenewed,
        Event::AccountCreated
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
    let html = Html { language: language.tag(), subject: &subject, parts: &parts }.render();
    let html = html.map_err(|error| Error::internal("write a mail", error))?;
    Ok(Written { text: plain(&parts), html, subject })
}

fn plain(parts: &[Part<'_>]) -> String {
    let lines = parts.iter().map(|part| match part {
        Part::Text(text) => text.clone(),
        Part::Code(code) => format!("    {code}"),
        Part::Link { url, .. } => (*url).to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n\n") + "\n"
}

/// The user agent, as messages show it. Its program chose it, so that it may hold anything.
fn agent(device: &Device) -> String {
    without_links(device.user_agent.as_deref().unwrap_or("?"))
}

/// A time, as messages show it: to the minute.
fn minute(at: Timestamp) -> String {
    let date = at.date();
    let (hour, minute, _) = date.to_hms();
    format!("{} {hour:02}:{minute:02} UTC", date.date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::{add_user, app_with};
    use crate::storage::users;

    const AT: Timestamp = Timestamp::from_millis(1_750_936_113_726);

    #[test]
    fn markup_in_names_and_user_agents_is_escaped() {
        let (_folder, app) = app_with("[instance]\ntitle = '<b>Nox</b>'");
        let device = Device {
            ip: [192, 0, 2, 1].into(),
            is_forwarded: false,
            user_agent: Some("<script>".into()),
            language: None,
            browser: None,
        };
        let notice =
            Message::Notice { notice: Notice::PasswordChanged, device: Some(&device), at: AT };
        for language in Language::ALL.iter().copied() {
            let written = write(&app.config, language, Some("<i>Ada"), &notice).unwrap();
            for mark in ["<script>", "<i>", "<b>"] {
                assert!(
                    !written.html.contains(mark)
                        && (written.subject.clone() + &written.text).contains(mark),
                    "{}",
                    written.html
                );
            }
            assert!(
                written.text.contains("2025-06-26 11:08 UTC") && written.text.contains("192.0.2.1")
            );
        }
    }

    #[test]
    fn code_and_link_are_in_text_and_html() {
        let (_folder, app) = app_with("");
        for language in Language::ALL.iter().copied() {
            for (message, holds) in [
                (Message::Code("123456"), "123456"),
                (Message::Confirmation("https://a.example/?x=y"), "https://a.example/?x=y"),
            ] {
                let written = write(&app.config, language, Some("Ada"), &message).unwrap();
                assert!(
                    written.html.contains(holds) && written.text.contains(holds),
                    "{}",
                    written.html
                );
                assert!(!written.subject.contains(holds));
            }
        }
    }

    #[test]
    fn text_of_a_user_leads_no_reader_of_a_mail_elsewhere() {
        let (_folder, app) = app_with("");
        let id = add_user(&app, "ada", "hunter22");
        let user = app.db.read(|connection| users::find_by_id(connection, id)).unwrap().unwrap();
        let user = |username: &str, display: &str, email_verified| User {
            username: username.into(),
            display: display.into(),
            email_verified,
            ..user.clone()
        };
        let advert = "WIN 500$ http://evil.example/x";
        for (user, name) in [
            (user("ada", "Ada Lovelace", true), Some("Ada Lovelace")),
            // The address may be a stranger's.
            (user("ada", "Ada Lovelace", false), Some("ada")),
            (user("ada", advert, true), Some("ada")),
            (user("ada", advert, false), Some("ada")),
            (user("evil.example", advert, true), None),
            (user("www.evil", "Ada", false), None),
        ] {
            assert_eq!(greeting(&user), name, "{}", user.display);
        }
        let device = Device {
            ip: [192, 0, 2, 1].into(),
            is_forwarded: false,
            user_agent: Some("Bot/1.0 (+http://evil.example/bot)".into()),
            language: None,
            browser: None,
        };
        let notice = Notice::PasswordChanged;
        for message in [
            Message::Code("123456"),
            Message::Confirmation("https://nox.example/x"),
            Message::Notice { notice, device: Some(&device), at: AT },
        ] {
            for language in Language::ALL.iter().copied() {
                let name = greeting(&user("evil.example", advert, true)).map(ToOwned::to_owned);
                let mail = write(&app.config, language, name.as_deref(), &message).unwrap();
                let all = mail.subject + &mail.text + &mail.html;
                assert!(!all.contains("evil"), "{all}");
            }
        }
    }
}
