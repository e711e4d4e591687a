//! Flash messages: one sentence that a page shows after a redirect, whose URL carries it.

use super::frame::Message;
use super::visitor::Visitor;
use crate::words::Texts;

/// What happened before the redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flash {
    Saved,
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
    FactorEnabled,
    FactorDisabled,
    SessionEnded,
    OtherSessionsEnded,
    SessionExpired,
    LoginExpired,
    LoginReplaced,
    AccountDeleted,
}

const ALL: [Flash; 19] = [
    Flash::Saved,
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
    Flash::FactorEnabled,
    Flash::FactorDisabled,
    Flash::SessionEnded,
    Flash::OtherSessionsEnded,
    Flash::SessionExpired,
    Flash::LoginExpired,
    Flash::LoginReplaced,
    Flash::AccountDeleted,
];

impl Flash {
    /// The URL of the page that shows the message, with the query value that carries it.
    pub(super) const fn url(self) -> &'static str {
        match self {
            Self::Saved => "/account?done=saved",
            Self::EmailChanged => "/account?done=email",
            Self::EmailChangedAndLinkMailed => "/account?done=email-link",
            Self::EmailChangedLinkDelayed => "/account?done=email-link-delayed",
            Self::EmailChangedLinkLater => "/account?done=email-later",
            Self::EmailChangedLinkRefused => "/account?done=email-refused",
            Self::LinkMailed => "/account?done=link",
            Self::LinkDelayed => "/account?done=link-delayed",
            Self::CodeMailed => "/account?done=code",
            Self::CodeDelayed => "/account?done=code-delayed",
            Self::PasswordChanged => "/account?done=password",
            Self::FactorEnabled => "/account?done=on",
            Self::FactorDisabled => "/account?done=off",
            Self::SessionEnded => "/account?done=session",
            Self::OtherSessionsEnded => "/account?done=sessions",
            Self::SessionExpired => "/login?because=session",
            Self::LoginExpired => "/login?because=time",
            Self::LoginReplaced => "/login?because=other",
            Self::AccountDeleted => "/login?because=deleted",
        }
    }

    /// The message of the page that a request asks for.
    pub(super) fn message_for(visitor: &Visitor) -> Message {
        Self::carried_by(visitor).map_or(Message::None, |flash| flash.message(visitor.t))
    }

    /// The flash message that the URL of a request carries.
    pub(super) fn carried_by(visitor: &Visitor) -> Option<Self> {
        ALL.into_iter().find(|flash| {
            let query = flash.url().strip_prefix(visitor.path()).and_then(|q| q.strip_prefix('?'));
            query
                .and_then(|query| query.split_once('='))
                .is_some_and(|(key, value)| visitor.query(key) == value)
        })
    }

    /// How the page says it.
    fn message(self, t: &'static Texts) -> Message {
        match self {
            Self::Saved => Message::Success(t.saved),
            Self::EmailChanged => Message::Success(t.email_changed),
            Self::EmailChangedAndLinkMailed => Message::Success(t.email_changed_link_mailed),
            Self::EmailChangedLinkDelayed => Message::Error(t.email_changed_link_delayed.into()),
            Self::EmailChangedLinkLater => Message::Error(t.email_changed_link_later.into()),
            Self::EmailChangedLinkRefused => Message::Error(t.email_changed_link_refused.into()),
            Self::LinkMailed => Message::Success(t.link_mailed),
            Self::LinkDelayed => Message::Error(t.link_delayed.into()),
            Self::CodeMailed => Message::Success(t.code_mailed),
            Self::CodeDelayed => Message::Error(t.code_delayed.into()),
            Self::PasswordChanged => Message::Success(t.password_changed),
            Self::FactorEnabled => Message::Success(t.switched_on),
            Self::FactorDisabled => Message::Success(t.switched_off),
            Self::SessionEnded => Message::Success(t.session_ended),
            Self::OtherSessionsEnded => Message::Success(t.sessions_ended),
            Self::AccountDeleted => Message::Success(t.account_deleted),
            Self::SessionExpired => Message::Error(t.session_expired.into()),
            Self::LoginExpired => Message::Error(t.login_expired.into()),
            Self::LoginReplaced => Message::Error(t.login_replaced.into()),
        }
    }
}
