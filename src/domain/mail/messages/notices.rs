//! Notices: what happened to an account, by whom, and what its user can do.

use super::draft::Writer;
use super::{Draft, Fact, Notice, Part, Renamed};
use crate::domain::mail::address::without_links;
use crate::domain::principal::Device;
use crate::words::Mails;

impl<'a> Writer<'a> {
    pub(super) fn notice(
        &self,
        notice: Notice,
        device: Option<&Device>,
        mut facts: Vec<Fact>,
    ) -> Draft<'a> {
        let words = self.words;
        let Story { event, meaning } = story(words, notice, device.is_none());
        let mut parts = vec![Part::Text(meaning.into())];
        if let Some(device) = device {
            // Its program chose the user agent, so that it may hold anything.
            let program = without_links(&self.language.program(device.user_agent.as_deref()));
            facts.push(Fact { label: words.device_label, value: program });
            facts.push(Fact { label: words.ip_label, value: device.ip.to_string() });
            parts.extend([Part::Facts(facts), self.text(not_you(words, notice))]);
        } else {
            parts.extend([self.text(words.operator_did_it), Part::Facts(facts)]);
        }
        parts.extend(self.link(notice, device.is_some()));
        parts.push(self.help(device.is_none()));
        Draft { subject: self.fill_with(words.notice_subject, &[("event", event)]), parts }
    }

    /// The old and the new username.
    pub(super) fn renamed(&self, renamed: Option<Renamed<'_>>) -> Vec<Fact> {
        let fact = |label, name| Fact { label, value: without_links(name) };
        renamed.map_or_else(Vec::new, |Renamed { from, to }| {
            vec![fact(self.words.old_username_label, from), fact(self.words.new_username_label, to)]
        })
    }

    /// Where the user can do something about it; `None` for an account that is gone.
    fn link(&self, notice: Notice, by_device: bool) -> Option<Part<'a>> {
        let words = self.words;
        let (label, path) = match notice {
            Notice::AccountDeleted => return None,
            // An intruder's password opens no account page to its owner.
            Notice::PasswordChanged | Notice::PasswordReset if by_device => {
                (words.password_link_button, "/reset")
            }
            Notice::SessionOpenedElsewhere => (words.open_account, "/account#devices"),
            Notice::PasskeyAdded | Notice::PasskeyCloned => {
                (words.open_account, "/account#passkeys")
            }
            _ => (words.open_account, "/account"),
        };
        Some(Part::Link { label, url: format!("{}{path}", self.public_url).into() })
    }

    /// Whom the user asks.
    fn help(&self, by_operator: bool) -> Part<'a> {
        let words = self.words;
        let (at, of_operator) = if by_operator {
            (words.operator_ask_at, words.operator_ask)
        } else {
            (words.notice_ask_at, words.notice_ask)
        };
        Part::Text(self.contact.map_or_else(
            || self.fill(of_operator),
            |contact| self.fill_with(at, &[("contact", contact)]),
        ))
    }
}

/// What happened, and what that means for the user.
struct Story {
    event: &'static str,
    meaning: &'static str,
}

const fn story(words: &Mails, notice: Notice, by_operator: bool) -> Story {
    let (event, meaning) = match notice {
        Notice::AccountDeleted => (words.account_deleted, words.account_deleted_meaning),
        Notice::AccountRenamed => (words.account_renamed, words.account_renamed_meaning),
        Notice::AccountExported => (words.account_exported, words.account_exported_meaning),
        Notice::PasswordChanged if by_operator => (words.password_changed, words.password_given),
        Notice::PasswordChanged => (words.password_changed, words.password_changed_meaning),
        Notice::PasswordReset => (words.password_reset, words.password_reset_meaning),
        Notice::EmailChanged => (words.email_changed, words.email_changed_meaning),
        Notice::SessionOpenedElsewhere => {
            (words.session_opened_elsewhere, words.session_opened_elsewhere_meaning)
        }
        Notice::TotpEnabled => (words.totp_enabled, words.totp_enabled_meaning),
        Notice::TotpDisabled => (words.totp_disabled, words.totp_disabled_meaning),
        Notice::EmailFactorEnabled => {
            (words.email_factor_enabled, words.email_factor_enabled_meaning)
        }
        Notice::EmailFactorDisabled => {
            (words.email_factor_disabled, words.email_factor_disabled_meaning)
        }
        Notice::PasskeyAdded => (words.passkey_added, words.passkey_added_meaning),
        Notice::PasskeyRemoved => (words.passkey_removed, words.passkey_removed_meaning),
        Notice::PasskeyCloned => (words.passkey_cloned, words.passkey_cloned_meaning),
        Notice::PasskeyFactorEnabled => {
            (words.passkey_factor_enabled, words.passkey_factor_enabled_meaning)
        }
        Notice::PasskeyFactorDisabled => {
            (words.passkey_factor_disabled, words.passkey_factor_disabled_meaning)
        }
        Notice::RecoveryCodeUsed => (words.recovery_code_used, words.recovery_code_used_meaning),
        Notice::RecoveryCodesRenewed => {
            (words.recovery_codes_renewed, words.recovery_codes_renewed_meaning)
        }
    };
    Story { event, meaning }
}

/// What a user should do who did not cause the event.
const fn not_you(words: &Mails, notice: Notice) -> &'static str {
    match notice {
        Notice::AccountDeleted => words.not_you_deleted,
        Notice::PasswordChanged | Notice::PasswordReset => words.not_you_password,
        // A new password ends no passkey.
        Notice::PasskeyAdded => words.not_you_passkey,
        _ => words.not_you,
    }
}
