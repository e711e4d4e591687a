//! The parts of each message, in the words of a language.

use super::{Draft, Fact, Message, NoLink, Part};
use crate::config::Config;
use crate::domain::mail::address::without_links;
use crate::words::{Language, Mails, fill_named};

/// The words of a language, and what they name.
pub(super) struct Writer<'a> {
    pub language: Language,
    pub words: &'static Mails,
    title: &'a str,
    address: &'a str,
    pub public_url: &'a str,
    /// Whom users ask for help.
    pub contact: Option<&'a str>,
}

pub(super) fn write<'a>(
    config: &'a Config,
    language: Language,
    name: Option<&str>,
    message: &Message<'a>,
) -> Draft<'a> {
    let words = &language.words().mails;
    let writer = Writer {
        language,
        words,
        title: &config.instance.title,
        address: config.server.address.as_str(),
        public_url: config.server.public_url.as_str(),
        contact: config.instance.contact.as_deref(),
    };
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

impl<'a> Writer<'a> {
    fn draft(&self, message: &Message<'a>) -> Draft<'a> {
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
                    Part::Link { label: words.confirmation_button, url: (*url).into() },
                    self.text(words.confirmation_lifetime),
                ],
            },
            Message::Invitation(url) => Draft {
                subject: self.fill(words.invitation_subject),
                parts: vec![
                    self.text(words.invitation_reason),
                    Part::Link { label: words.invitation_button, url: (*url).into() },
                    self.text(words.invitation_not_expected),
                ],
            },
            Message::PasswordLink { url, username } => self.password_link(url, username),
            Message::NoPasswordLink(reason) => self.no_password_link(*reason),
            Message::Notice { notice, device, at, renamed } => {
                let mut facts = self.renamed(*renamed);
                facts.push(Fact { label: words.time_label, value: self.language.date(*at) });
                self.notice(*notice, *device, facts)
            }
            Message::Test => Draft {
                subject: self.fill(words.test_subject),
                parts: vec![self.text(words.test_text)],
            },
        }
    }

    fn password_link(&self, url: &'a str, username: &str) -> Draft<'a> {
        let words = self.words;
        let username = without_links(username);
        Draft {
            subject: self.fill(words.password_link_subject),
            parts: vec![
                Part::Text(self.fill_with(words.password_link_reason, &[("username", &username)])),
                Part::Link { label: words.password_link_button, url: url.into() },
                self.text(words.password_link_lifetime),
                self.text(words.password_link_not_asked),
            ],
        }
    }

    fn no_password_link(&self, reason: NoLink) -> Draft<'a> {
        let words = self.words;
        let until = match reason {
            NoLink::Suspended { until: Some(until) } => self.language.date(until),
            NoLink::Suspended { until: None } | NoLink::Unconfirmed => String::new(),
        };
        let text = match reason {
            NoLink::Unconfirmed => words.no_link_unconfirmed,
            NoLink::Suspended { until: None } => words.no_link_suspended,
            NoLink::Suspended { until: Some(_) } => words.no_link_suspended_until,
        };
        let help = self.contact.map_or_else(
            || words.help_of_operator.into(),
            |contact| fill_named(words.help_at, &[("contact", contact)]),
        );
        Draft {
            subject: self.fill(words.no_link_subject),
            parts: vec![
                Part::Text(self.fill_with(text, &[("time", &until)])),
                Part::Text(help),
                self.text(words.no_link_not_asked),
            ],
        }
    }

    /// A text with the title and the address of the instance in their places.
    pub(super) fn fill(&self, text: &str) -> String {
        self.fill_with(text, &[])
    }

    /// [`Writer::fill`] with more values.
    pub(super) fn fill_with(&self, text: &str, values: &[(&str, &str)]) -> String {
        let ours = [("title", self.title), ("address", self.address)];
        fill_named(text, &[&ours, values].concat())
    }

    pub(super) fn text(&self, text: &str) -> Part<'a> {
        Part::Text(self.fill(text))
    }
}
