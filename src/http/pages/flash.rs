//! Flash messages: one sentence that a page shows after a redirect, whose URL carries it.

use url::form_urlencoded;

use super::frame::{Feedback, Message};
use super::notice::with_help;
use super::place::{Place, form_named};
use super::visitor::Visitor;

/// What happened before the redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flash {
    Saved,
    PictureSaved,
    PictureRemoved,
    UsernameChanged,
    EmailChanged,
    EmailChangedAndLinkMailed,
    EmailChangedLinkDelayed,
    EmailChangedLinkLater,
    EmailChangedLinkRefused,
    LinkMailed,
    LinkDelayed,
    CodeMailed,
    CodeDelayed,
    PasswordChanged,
    AppDisabled,
    MailCodesEnabled,
    MailCodesDisabled,
    PasskeyAdded,
    PasskeyRenamed,
    PasskeyRemoved,
    LastPasskeyRemoved,
    PasskeyFactorEnabled,
    PasskeyFactorDisabled,
    SessionEnded,
    OtherSessionsEnded,
    LoggedOut,
    SessionExpired,
    LoginExpired,
    LoginReplaced,
    PasswordLinkRequested,
    PasswordReset,
    AddressConfirmed,
    PendingLinkMailed,
    PendingLinkDelayed,
    PendingLinkRefused,
    PendingEmailChanged,
    PendingEmailChangedLinkDelayed,
    PendingEmailChangedLinkLater,
    PendingEmailChangedLinkRefused,
}

/// Leads to the message, which gets the focus.
const FRAGMENT: &str = "#message";
/// The field and the query value that name the form for which a code was asked.
pub(super) const ASKED_AT: &str = "at";

const ALL: [Flash; 39] = [
    Flash::Saved,
    Flash::PictureSaved,
    Flash::PictureRemoved,
    Flash::UsernameChanged,
    Flash::EmailChanged,
    Flash::EmailChangedAndLinkMailed,
    Flash::EmailChangedLinkDelayed,
    Flash::EmailChangedLinkLater,
    Flash::EmailChangedLinkRefused,
    Flash::LinkMailed,
    Flash::LinkDelayed,
    Flash::CodeMailed,
    Flash::CodeDelayed,
    Flash::PasswordChanged,
    Flash::AppDisabled,
    Flash::MailCodesEnabled,
    Flash::MailCodesDisabled,
    Flash::PasskeyAdded,
    Flash::PasskeyRenamed,
    Flash::PasskeyRemoved,
    Flash::LastPasskeyRemoved,
    Flash::PasskeyFactorEnabled,
    Flash::PasskeyFactorDisabled,
    Flash::SessionEnded,
    Flash::OtherSessionsEnded,
    Flash::LoggedOut,
    Flash::SessionExpired,
    Flash::LoginExpired,
    Flash::LoginReplaced,
    Flash::PasswordLinkRequested,
    Flash::PasswordReset,
    Flash::AddressConfirmed,
    Flash::PendingLinkMailed,
    Flash::PendingLinkDelayed,
    Flash::PendingLinkRefused,
    Flash::PendingEmailChanged,
    Flash::PendingEmailChangedLinkDelayed,
    Flash::PendingEmailChangedLinkLater,
    Flash::PendingEmailChangedLinkRefused,
];

impl Flash {
    /// The URL of the page that shows the message, with the query value that carries it. On the
    /// account page, it leads to the message, which stands at its form.
    pub(super) const fn url(self) -> &'static str {
        match self {
            Self::Saved => "/account?done=saved#message",
            Self::PictureSaved => "/account?done=picture#message",
            Self::PictureRemoved => "/account?done=picture-removed#message",
            Self::UsernameChanged => "/account?done=username#message",
            Self::EmailChanged => "/account?done=email#message",
            Self::EmailChangedAndLinkMailed => "/account?done=email-link#message",
            Self::EmailChangedLinkDelayed => "/account?done=email-link-delayed#message",
            Self::EmailChangedLinkLater => "/account?done=email-later#message",
            Self::EmailChangedLinkRefused => "/account?done=email-refused#message",
            Self::LinkMailed => "/account?done=link#message",
            Self::LinkDelayed => "/account?done=link-delayed#message",
            Self::CodeMailed => "/account?done=code#message",
            Self::CodeDelayed => "/account?done=code-delayed#message",
            Self::PasswordChanged => "/account?done=password#message",
            Self::AppDisabled => "/account?done=app-off#message",
            Self::MailCodesEnabled => "/account?done=mail-codes#message",
            Self::MailCodesDisabled => "/account?done=mail-codes-off#message",
            Self::PasskeyAdded => "/account?done=passkey#message",
            Self::PasskeyRenamed => "/account?done=passkey-renamed#message",
            Self::PasskeyRemoved => "/account?done=passkey-removed#message",
            Self::LastPasskeyRemoved => "/account?done=last-passkey-removed#message",
            Self::PasskeyFactorEnabled => "/account?done=passkey-factor#message",
            Self::PasskeyFactorDisabled => "/account?done=passkey-factor-off#message",
            Self::SessionEnded => "/account?done=session#message",
            Self::OtherSessionsEnded => "/account?done=sessions#message",
            Self::LoggedOut => "/login?because=out",
            Self::SessionExpired => "/login?because=session",
            Self::LoginExpired => "/login?because=time",
            Self::LoginReplaced => "/login?because=other",
            Self::PasswordLinkRequested => "/reset?done=link",
            Self::PasswordReset => "/login?because=reset",
            Self::AddressConfirmed => "/login?because=confirmed",
            Self::PendingLinkMailed => "/login/confirmation?done=link",
            Self::PendingLinkDelayed => "/login/confirmation?done=link-delayed",
            Self::PendingLinkRefused => "/login/confirmation?done=link-refused",
            Self::PendingEmailChanged => "/login/confirmation?done=email-link",
            Self::PendingEmailChangedLinkDelayed => "/login/confirmation?done=email-link-delayed",
            Self::PendingEmailChangedLinkLater => "/login/confirmation?done=email-later",
            Self::PendingEmailChangedLinkRefused => "/login/confirmation?done=email-refused",
        }
    }

    /// [`Self::url`], with another query value before the fragment.
    pub(super) fn url_with(self, key: &str, value: &str) -> String {
        let url = self.url().trim_end_matches(FRAGMENT);
        let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        format!("{url}&{key}={value}{FRAGMENT}")
    }

    /// The message of the page that a request asks for.
    pub(super) fn message_for(visitor: &Visitor) -> Message {
        Self::carried_by(visitor).map_or(Message::None, |flash| flash.message(visitor))
    }

    /// The message that a request for the account page asks for, and where it stands.
    pub(super) fn feedback_for(visitor: &Visitor) -> Feedback {
        let flash = Self::carried_by(visitor);
        Feedback {
            message: flash.map_or(Message::None, |flash| flash.message(visitor)),
            place: flash.map_or(Place::TOP, |flash| flash.place(visitor)),
        }
    }

    /// Where the account page says it.
    fn place(self, visitor: &Visitor) -> Place {
        match self {
            Self::Saved => Place::above("profile"),
            Self::PictureSaved | Self::PictureRemoved => Place::above("picture"),
            Self::UsernameChanged => Place::above("username"),
            Self::EmailChanged
            | Self::EmailChangedAndLinkMailed
            | Self::EmailChangedLinkDelayed
            | Self::EmailChangedLinkLater
            | Self::EmailChangedLinkRefused
            | Self::LinkMailed
            | Self::LinkDelayed => Place::above("email"),
            // At the code that is waited for, in the form that asked for one.
            Self::CodeMailed | Self::CodeDelayed => match form_named(visitor.query(ASKED_AT)) {
                "" => Place::within("mail-codes", "mailed_code"),
                form => Place::within(form, "code"),
            },
            Self::PasswordChanged => Place::above("password"),
            Self::AppDisabled => Place::above("app"),
            Self::MailCodesEnabled | Self::MailCodesDisabled => Place::above("mail-codes"),
            Self::PasskeyAdded
            | Self::PasskeyRenamed
            | Self::PasskeyRemoved
            | Self::LastPasskeyRemoved => Place::above("passkeys"),
            Self::PasskeyFactorEnabled | Self::PasskeyFactorDisabled => {
                Place::above("passkey-factor")
            }
            Self::SessionEnded | Self::OtherSessionsEnded => Place::above("devices"),
            Self::LoggedOut
            | Self::SessionExpired
            | Self::LoginExpired
            | Self::LoginReplaced
            | Self::PasswordLinkRequested
            | Self::PasswordReset
            | Self::AddressConfirmed
            | Self::PendingLinkMailed
            | Self::PendingLinkDelayed
            | Self::PendingLinkRefused
            | Self::PendingEmailChanged
            | Self::PendingEmailChangedLinkDelayed
            | Self::PendingEmailChangedLinkLater
            | Self::PendingEmailChangedLinkRefused => Place::TOP,
        }
    }

    /// The flash message that the URL of a request carries.
    pub(super) fn carried_by(visitor: &Visitor) -> Option<Self> {
        ALL.into_iter().find(|flash| {
            let url = flash.url().trim_end_matches(FRAGMENT);
            let query = url.strip_prefix(visitor.path()).and_then(|query| query.strip_prefix('?'));
            query
                .and_then(|query| query.split_once('='))
                .is_some_and(|(key, value)| visitor.query(key) == value)
        })
    }

    /// How the page says it.
    fn message(self, visitor: &Visitor) -> Message {
        let t = visitor.t;
        match self {
            Self::Saved => Message::Success(t.saved),
            Self::PictureSaved => Message::Success(t.picture_saved),
            Self::PictureRemoved => Message::Success(t.picture_removed),
            Self::UsernameChanged => Message::Success(t.username_changed),
            Self::EmailChanged => Message::Success(t.email_changed),
            Self::EmailChangedAndLinkMailed | Self::PendingEmailChanged => {
                Message::Success(t.email_changed_link_mailed)
            }
            Self::EmailChangedLinkDelayed | Self::PendingEmailChangedLinkDelayed => {
                Message::Error(t.email_changed_link_delayed.into())
            }
            Self::EmailChangedLinkLater | Self::PendingEmailChangedLinkLater => {
                Message::Error(t.email_changed_link_later.into())
            }
            Self::EmailChangedLinkRefused | Self::PendingEmailChangedLinkRefused => {
                Message::Error(with_help(visitor, t.email_changed_link_refused))
            }
            Self::LinkMailed | Self::PendingLinkMailed => Message::Success(t.link_mailed),
            Self::LinkDelayed | Self::PendingLinkDelayed => Message::Error(t.link_delayed.into()),
            Self::CodeMailed => Message::Success(t.code_mailed),
            Self::CodeDelayed => Message::Error(t.code_delayed.into()),
            Self::PasswordChanged => Message::Success(t.password_changed),
            Self::AppDisabled => Message::Success(t.app_disabled),
            Self::MailCodesEnabled => Message::Success(t.mail_codes_enabled),
            Self::MailCodesDisabled => Message::Success(t.mail_codes_disabled),
            Self::PasskeyAdded => Message::Success(t.passkey_added),
            Self::PasskeyRenamed => Message::Success(t.passkey_renamed),
            Self::PasskeyRemoved => Message::Success(t.passkey_removed),
            Self::LastPasskeyRemoved => Message::Success(t.last_passkey_removed),
            Self::PasskeyFactorEnabled => Message::Success(t.passkey_factor_enabled),
            Self::PasskeyFactorDisabled => Message::Success(t.passkey_factor_disabled),
            Self::SessionEnded => Message::Success(t.session_ended),
            Self::OtherSessionsEnded => Message::Success(t.sessions_ended),
            Self::PasswordLinkRequested => Message::Success(t.password_link_requested),
            Self::PasswordReset => Message::Success(t.password_reset),
            Self::AddressConfirmed => Message::Success(t.address_confirmed),
            Self::PendingLinkRefused => Message::Error(with_help(visitor, t.mail_refused)),
            Self::LoggedOut => Message::Success(t.logged_out),
            Self::SessionExpired => Message::Error(t.session_expired.into()),
            Self::LoginExpired => Message::Error(t.login_expired.into()),
            Self::LoginReplaced => Message::Error(t.login_replaced.into()),
        }
    }
}
