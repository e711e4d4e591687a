//! What is written to people, in their language.

mod english;
mod french;

use askama::Template;

use crate::domain::App;
use crate::domain::event::Event;
use crate::domain::principal::Device;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::storage::users::User;
use crate::time::Timestamp;

/// What is to be written.
pub(crate) enum Message<'a> {
    /// A code for the second factor.
    Code(&'a str),
    /// A link that confirms the address.
    Confirmation(&'a str),
    /// Something has happened to the account.
    Notice(Event, Option<&'a Device>, Timestamp),
    /// Nothing; it shows that mail arrives.
    Test,
}

/// A piece of a letter.
enum Part<'a> {
    Text(String),
    Code(&'a str),
    /// A label and a URL.
    Link(&'static str, &'a str),
}

/// A letter, ready to be sent.
pub(crate) struct Written {
    pub subject: String,
    pub text: String,
    pub html: String,
}

fn text<'a>(text: impl Into<String>) -> Part<'a> {
    Part::Text(text.into())
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    language: &'static str,
    subject: &'a str,
    parts: &'a [Part<'a>],
}

/// Who writes: the instance's title and address.
struct Sender<'a> {
    title: &'a str,
    address: &'a str,
}

/// Whether an event is worth a letter.
pub(crate) const fn is_notified(event: Event) -> bool {
    match event {
        Event::AccountDeleted
        | Event::PasswordChanged
        | Event::EmailChanged
        | Event::SessionOpenedElsewhere
        | Event::TotpEnabled
        | Event::TotpDisabled
        | Event::EmailFactorEnabled
        | Event::EmailFactorDisabled
        | Event::RecoveryCodeUsed
        | Event::RecoveryCodesRenewed => true,
        Event::AccountCreated
        | Event::AccountRenamed
        | Event::AccountDisabled
        | Event::AccountEnabled
        | Event::AccountRemoved
        | Event::EmailConfirmed
        | Event::SessionOpened
        | Event::SessionEnded
        | Event::SessionsEnded
        | Event::CodeIssued
        | Event::KeyRotated => false,
    }
}

/// The language for a user: their choice, else their program's, else the instance's.
pub(crate) fn language(app: &App, user: &User, device: Option<&Device>) -> Language {
    user.language
        .or(device.and_then(|device| device.language))
        .unwrap_or(app.config.instance.language)
}

/// Writes a letter to somebody.
pub(crate) fn write(
    app: &App,
    language: Language,
    display: &str,
    letter: &Message<'_>,
) -> Result<Written> {
    let sender =
        Sender { title: &app.config.instance.title, address: app.config.server.address.as_str() };
    let (subject, parts) = match language {
        Language::English => english::write(&sender, display, letter),
        Language::French => french::write(&sender, display, letter),
    };
    let html = Html { language: language.tag(), subject: &subject, parts: &parts }.render();
    let html = html.map_err(|error| Error::internal("write a mail", error))?;
    Ok(Written { text: plain(&parts), html, subject })
}

fn plain(parts: &[Part<'_>]) -> String {
    let lines = parts.iter().map(|part| match part {
        Part::Text(text) => text.clone(),
        Part::Code(code) => format!("    {code}"),
        Part::Link(_, url) => (*url).to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n\n") + "\n"
}

/// A program's name as it may stand in a letter.
fn agent(device: &Device) -> &str {
    device.user_agent.as_deref().unwrap_or("?")
}

/// An instant for people, to the minute.
fn minute(at: Timestamp) -> String {
    let date = at.date();
    let (hour, minute, _) = date.to_hms();
    format!("{} {hour:02}:{minute:02} UTC", date.date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::app_with;

    const AT: Timestamp = Timestamp::from_millis(1_750_936_113_726);

    #[test]
    fn what_others_wrote_is_text_and_nothing_else() {
        let (_folder, app) = app_with("[instance]\ntitle = '<b>Nox</b>'");
        let device = Device {
            ip: [192, 0, 2, 1].into(),
            user_agent: Some("<script>".into()),
            language: None,
            browser: None,
        };
        let notice = Message::Notice(Event::PasswordChanged, Some(&device), AT);
        for language in [Language::English, Language::French] {
            let written = write(&app, language, "<i>Ada", &notice).unwrap();
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
    fn a_code_and_a_link_stand_in_both_forms() {
        let (_folder, app) = app_with("");
        for language in [Language::English, Language::French] {
            for (letter, holds) in [
                (Message::Code("123456"), "123456"),
                (Message::Confirmation("https://a.example/?x=y"), "https://a.example/?x=y"),
            ] {
                let written = write(&app, language, "Ada", &letter).unwrap();
                assert!(
                    written.html.contains(holds) && written.text.contains(holds),
                    "{}",
                    written.html
                );
                assert!(!written.subject.contains(holds));
            }
        }
    }
}
