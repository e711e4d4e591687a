//! The parts of each message, in the words of a language.

use super::{Draft, Message, NoLink, Notice, Part, agent, minute};
use crate::config::Config;
use crate::domain::mail::address::without_links;
use crate::domain::principal::Device;
use crate::time::Timestamp;
use crate::words::{Language, Mails, fill_named};

/// The words of a language, and what they name.
struct Writer<'a> {
    words: &'static Mails,
    title: &'a str,
    address: &'a str,
    /// Whom users ask for help.
    contact: Option<&'a str>,
}

pub(super) fn write<'a>(
    config: &Config,
    language: Language,
    name: Option<&str>,
    message: &Message<'a>,
) -> Draft<'a> {
    let words = &language.words().mails;
    let (title, address) = (&config.instance.title, config.server.address.as_str());
    let contact = config.instance.contact.as_deref();
    let writer = Writer { words, title, address, contact };
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
            Message::PasswordLink { url, username } => self.password_link(url, username),
            Message::NoPasswordLink(reason) => self.no_password_link(*reason),
            Message::Notice { notice, device, at } => self.notice(*notice, *device, *at),
            Message::Test => Draft {
                subject: self.fill(words.test_subject),
                parts: vec![self.text(words.test_text)],
            },
        }
    }

    fn password_link<'a>(&self, url: &'a str, username: &str) -> Draft<'a> {
        let words = self.words;
        let username = without_links(username);
        let account = [("username", &*username), ("title", self.title), ("address", self.address)];
        Draft {
            subject: self.fill(words.password_link_subject),
            parts: vec![
                Part::Text(fill_named(words.password_link_reason, &account)),
                Part::Link { label: words.password_link_button, url },
                self.text(words.password_link_lifetime),
                self.text(words.password_link_not_asked),
            ],
        }
    }

    fn no_password_link<'a>(&self, reason: NoLink) -> Draft<'a> {
        let words = self.words;
        let until = match reason {
            NoLink::Suspended { until: Some(until) } => minute(until),
            NoLink::Suspended { until: None } | NoLink::Unconfirmed => String::new(),
        };
        let text = match reason {
            NoLink::Unconfirmed => words.no_link_unconfirmed,
            NoLink::Suspended { until: None } => words.no_link_suspended,
            NoLink::Suspended { until: Some(_) } => words.no_link_suspended_until,
        };
        let named = [("title", self.title), ("address", self.address), ("time", &*until)];
        let help = self.contact.map_or_else(
            || words.help_of_operator.into(),
            |contact| fill_named(words.help_at, &[("contact", contact)]),
        );
        Draft {
            subject: self.fill(words.no_link_subject),
            parts: vec![
                Part::Text(fill_named(text, &named)),
                Part::Text(help),
                self.text(words.no_link_not_asked),
            ],
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
        Notice::PasswordReset => words.password_reset,
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
