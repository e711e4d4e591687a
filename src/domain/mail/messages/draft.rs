//! The parts of each message, in the words of a language.

use super::{Draft, Message, Notice, Part, agent, minute};
use crate::config::Config;
use crate::domain::principal::Device;
use crate::time::Timestamp;
use crate::words::{Language, Mails, fill_named};

/// The words of a language, and what they name.
struct Writer<'a> {
    words: &'static Mails,
    title: &'a str,
    address: &'a str,
}

pub(super) fn write<'a>(
    config: &Config,
    language: Language,
    name: Option<&str>,
    message: &Message<'a>,
) -> Draft<'a> {
    let words = &language.words().mails;
    let (title, address) = (&config.instance.title, config.server.address.as_str());
    let writer = Writer { words, title, address };
    let Draft { subject, mut parts } = writer.draft(message);
    if !matches!(message, Message::Test) {
        let hello = name.map_or_else(
            || words.hello.into(),
            |name| fill_named(words.hello_name, &[("name", name)]),
        );
        parts.insert(0, Part::Text(hello));
    }
    Draft { subject, parts }
}

impl Writer<'_> {
    fn draft<'a>(&self, message: &Message<'a>) -> Draft<'a> {
        let words = self.words;
        match message {
            Message::Code(code) => Draft {
                subject: self.fill(words.code_subject),
                parts: vec![
                    self.text(words.code_place),
                    Part::Code(code),
                    self.text(words.code_lifetime),
                    self.text(words.code_not_asked),
                ],
            },
            Message::Confirmation(url) => Draft {
                subject: self.fill(words.confirmation_subject),
                parts: vec![
                    self.text(words.confirmation_reason),
                    Part::Link { label: words.confirmation_button, url },
                    self.text(words.confirmation_lifetime),
                ],
            },
            Message::Invitation(url) => Draft {
                subject: self.fill(words.invitation_subject),
                parts: vec![
                    self.text(words.invitation_reason),
                    Part::Link { label: words.invitation_button, url },
                    self.text(words.invitation_not_expected),
                ],
            },
            Message::Notice { notice, device, at } => self.notice(*notice, *device, *at),
            Message::Test => Draft {
                subject: self.fill(words.test_subject),
                parts: vec![self.text(words.test_text)],
            },
        }
    }

    fn notice<'a>(&self, notice: Notice, device: Option<&Device>, at: Timestamp) -> Draft<'a> {
        let words = self.words;
        let event = happened(words, notice);
        let by = device.map_or_else(
            || words.notice_operator.into(),
            |device| {
                let (ip, program) = (device.ip.to_string(), agent(device));
                fill_named(words.notice_device, &[("ip", &ip), ("program", &program)])
            },
        );
        let when = [("event", event), ("time", &minute(at)), ("address", self.address)];
        Draft {
            subject: fill_named(words.notice_subject, &[("title", self.title), ("event", event)]),
            parts: vec![
                Part::Text(fill_named(words.notice_time, &when)),
                Part::Text(by),
                self.text(words.notice_advice),
            ],
        }
    }

    /// A text with the title and the address of the instance in their places.
    fn fill(&self, text: &str) -> String {
        fill_named(text, &[("title", self.title), ("address", self.address)])
    }

    fn text<'a>(&self, text: &str) -> Part<'a> {
        Part::Text(self.fill(text))
    }
}

const fn happened(words: &Mails, notice: Notice) -> &'static str {
    match notice {
        Notice::AccountDeleted => words.account_deleted,
        Notice::AccountRenamed => words.account_renamed,
        Notice::PasswordChanged => words.password_changed,
        Notice::EmailChanged => words.email_changed,
        Notice::SessionOpenedElsewhere => words.session_opened_elsewhere,
        Notice::TotpEnabled => words.totp_enabled,
        Notice::TotpDisabled => words.totp_disabled,
        Notice::EmailFactorEnabled => words.email_factor_enabled,
        Notice::EmailFactorDisabled => words.email_factor_disabled,
        Notice::RecoveryCodeUsed => words.recovery_code_used,
        Notice::AccountExported => words.account_exported,
        Notice::RecoveryCodesRenewed => words.recovery_codes_renewed,
    }
}
