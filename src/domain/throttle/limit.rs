//! The rate limits: what is counted for whom, how often it may happen, and within which time.

use std::net::IpAddr;
use std::time::Duration;

use crate::domain::devices::RecognizedBy;
use crate::domain::network::network;
use crate::storage::rate_limits::{Key, Kind};
use crate::storage::users::UserId;

const WINDOW: Duration = Duration::from_mins(15);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
/// The time between two mails of one kind that are sent on request.
pub(crate) const MAIL_EVERY: Duration = Duration::from_mins(1);

/// A rate limit of one account, network or browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limit(pub(in crate::domain) Key);

impl Limit {
    /// Wrong passwords for one account from one network. An account is the id of a user, or stands
    /// for a name that no user has.
    fn password_from_network(account: &str, ip: IpAddr) -> Self {
        Self(Key { network: Some(network(ip).to_string()), ..of(Kind::Password, account) })
    }

    /// Wrong passwords for one account from a browser that has logged in to it before.
    fn password_from_browser(account: &str, browser: &str) -> Self {
        Self(Key { browser: Some(browser.into()), ..of(Kind::Password, account) })
    }

    /// Wrong passwords for one account from anywhere.
    pub(super) fn password(account: &str) -> Self {
        Self(of(Kind::Password, account))
    }

    /// Wrong passwords, unknown names and wrong passkeys from one network.
    pub(in crate::domain) fn address(ip: IpAddr) -> Self {
        Self::from_network(Kind::Address, ip)
    }

    /// Accounts created from one network.
    pub(crate) fn registration(ip: IpAddr) -> Self {
        Self::from_network(Kind::Registration, ip)
    }

    /// Requests for a password link from one network.
    pub(crate) fn password_link(ip: IpAddr) -> Self {
        Self::from_network(Kind::PasswordLink, ip)
    }

    fn from_network(kind: Kind, ip: IpAddr) -> Self {
        let network = Some(network(ip).to_string());
        Self(Key { kind, account: None, network, browser: None })
    }

    /// Wrong passwords of a user who is logged in. They are counted apart from those at login, so
    /// that a stolen session locks no user out.
    pub(crate) fn current_password(user: UserId) -> Self {
        Self::of_user(Kind::CurrentPassword, user)
    }

    /// Wrong codes of a user's second factor.
    pub(crate) fn code(user: UserId) -> Self {
        Self::of_user(Kind::Code, user)
    }

    /// Codes that a user asks to have mailed.
    pub(crate) fn mailed_code(user: UserId) -> Vec<Self> {
        [Kind::MailedCode, Kind::MailedCodeDaily].map(|kind| Self::of_user(kind, user)).into()
    }

    /// Links that a user asks to have mailed.
    pub(crate) fn mailed_link(user: UserId) -> Vec<Self> {
        [Kind::MailedLink, Kind::MailedLinkDaily].map(|kind| Self::of_user(kind, user)).into()
    }

    /// Password links that are mailed to a user, on request of anyone.
    pub(crate) fn mailed_password_link(user: UserId) -> Vec<Self> {
        [Kind::MailedPasswordLink, Kind::MailedPasswordLinkDaily]
            .map(|kind| Self::of_user(kind, user))
            .into()
    }

    /// The part of [`Limit::mailed_password_link`] that says how soon the next one may be mailed.
    pub(crate) fn next_mailed_password_link(user: UserId) -> Self {
        Self::of_user(Kind::MailedPasswordLink, user)
    }

    /// The part of [`Limit::mailed_code`] that says how soon the next one may be mailed.
    pub(crate) fn next_mailed_code(user: UserId) -> Self {
        Self::of_user(Kind::MailedCode, user)
    }

    /// The part of [`Limit::mailed_link`] that says how soon the next one may be mailed.
    pub(crate) fn next_mailed_link(user: UserId) -> Self {
        Self::of_user(Kind::MailedLink, user)
    }

    /// Notices mailed to a user.
    pub(crate) fn notice(user: UserId) -> Self {
        Self::of_user(Kind::Notice, user)
    }

    fn of_user(kind: Kind, user: UserId) -> Self {
        Self(of(kind, &user.to_string()))
    }

    pub(in crate::domain) const fn rate(&self) -> Rate {
        let is_from_anywhere = self.0.network.is_none() && self.0.browser.is_none();
        match self.0.kind {
            Kind::Password if is_from_anywhere => Rate { max: 10, within: WINDOW },
            Kind::Password | Kind::CurrentPassword | Kind::Code => Rate { max: 5, within: WINDOW },
            Kind::Address => Rate { max: 60, within: WINDOW },
            Kind::Registration => Rate { max: 10, within: WINDOW },
            Kind::PasswordLink => Rate { max: 10, within: HOUR },
            Kind::MailedCode | Kind::MailedLink | Kind::MailedPasswordLink => {
                Rate { max: 1, within: MAIL_EVERY }
            }
            Kind::MailedPasswordLinkDaily => Rate { max: 3, within: DAY },
            Kind::MailedCodeDaily | Kind::MailedLinkDaily => Rate { max: 10, within: DAY },
            Kind::Notice => Rate { max: 30, within: DAY },
        }
    }
}

/// How many attempts are allowed, and for how long they are counted, from the first one on.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain) struct Rate {
    pub max: u32,
    pub within: Duration,
}

/// How long a limit of this kind counts at most.
pub(in crate::domain) fn longest(kind: Kind) -> Duration {
    Limit(of(kind, "")).rate().within
}

fn of(kind: Kind, account: &str) -> Key {
    Key { kind, account: Some(account.into()), network: None, browser: None }
}

/// The limits of a login. A user on a recognized device has a limit of their own, which no guesses
/// from elsewhere use up; all others share one for the account, besides one for their network.
pub(crate) fn login_limits(
    account: &str,
    ip: IpAddr,
    recognized: Option<&RecognizedBy>,
) -> Vec<Limit> {
    match recognized {
        Some(RecognizedBy::Browser(browser)) => {
            vec![Limit::password_from_browser(account, browser), Limit::address(ip)]
        }
        Some(RecognizedBy::Network) => {
            vec![Limit::password_from_network(account, ip), Limit::address(ip)]
        }
        None => vec![
            Limit::password_from_network(account, ip),
            Limit::password(account),
            Limit::address(ip),
        ],
    }
}
