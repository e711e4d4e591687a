//! The events of accounts and of the instance. Each one is a line in the audit log, and some are
//! notified to the user ([`super::mail::messages`] decides which). What they mean for an operator
//! is in `docs/operating.md`.

use crate::storage::users::User;

/// An event that happened to a user, who may have to be notified.
pub(in crate::domain) struct Happened {
    pub event: Event,
    /// The user, as they were before.
    pub user: User,
    /// The username that the user has since, if it is another one.
    pub new_username: Option<String>,
}

/// Declares the events with their names in the audit log.
macro_rules! events {
    ($($(#[$meta:meta])* $variant:ident = $name:literal,)*) => {
        /// An event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Event {
            $($(#[$meta])* $variant,)*
        }

        impl Event {
            /// Every event.
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The event with this name in the audit log.
            pub(crate) fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|event| event.as_str() == name)
            }

            /// The name of the event in the audit log.
            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

events! {
    AccountCreated = "account.created",
    /// The account came from another server.
    AccountImported = "account.imported",
    AccountRenamed = "account.renamed",
    AccountDisabled = "account.disabled",
    AccountEnabled = "account.enabled",
    /// The operator deleted the account.
    AccountRemoved = "account.removed",
    /// The user deleted the account.
    AccountDeleted = "account.deleted",
    /// Everything about the account was written to a file, for its user or by the operator.
    AccountExported = "account.exported",
    /// The server deleted an account whose address was not confirmed in time.
    AccountExpired = "account.expired",
    PasswordChanged = "password.changed",
    /// A link was mailed to the user, or made by the operator, that sets a new password.
    PasswordLinkMade = "password_link.made",
    /// A new password was set by such a link.
    PasswordReset = "password.reset",
    EmailChanged = "email.changed",
    EmailConfirmed = "email.confirmed",
    /// The operator took back that the address is confirmed.
    EmailUnconfirmed = "email.unconfirmed",
    ProfileChanged = "profile.changed",
    /// The status that the user shows to others. Programs change it often, so it is counted.
    PresenceChanged = "presence.changed",
    TagsChanged = "tags.changed",
    RankChanged = "rank.changed",
    /// The user became an administrator, or is one no more.
    AdminChanged = "admin.changed",
    /// A login was refused: the password or the code was wrong, or the account is disabled.
    LoginFailed = "login.failed",
    SessionOpened = "session.opened",
    /// The user logged in from a device that is not recognized.
    SessionOpenedElsewhere = "session.opened.new_device",
    SessionEnded = "session.ended",
    /// All sessions of a user ended, or all but the one that asked for it.
    SessionsEnded = "sessions.ended",
    TotpEnabled = "totp.enabled",
    TotpDisabled = "totp.disabled",
    EmailFactorEnabled = "email_factor.enabled",
    EmailFactorDisabled = "email_factor.disabled",
    PasskeyAdded = "passkey.added",
    PasskeyRenamed = "passkey.renamed",
    PasskeyRemoved = "passkey.removed",
    /// A copy of a passkey was used that cannot be copied by its device.
    PasskeyCloned = "passkey.cloned",
    PasskeyFactorEnabled = "passkey_factor.enabled",
    PasskeyFactorDisabled = "passkey_factor.disabled",
    RecoveryCodeUsed = "recovery_code.used",
    RecoveryCodesRenewed = "recovery_codes.renewed",
    /// The key file that they need was lost.
    RecoveryCodesLost = "recovery_codes.lost",
    /// The operator made a code with which the user can log in.
    CodeIssued = "code.issued",
    /// The key file was replaced, which ended every session.
    KeyRotated = "key.rotated",
    /// The key file was lost and another one was made, which ended every session and every second
    /// factor that needed it.
    KeyReplaced = "key.replaced",
    /// The database was replaced by a backup, and every session ended.
    BackupRestored = "backup.restored",
    /// The server read its configuration again, and keys had other values.
    ConfigReloaded = "config.reloaded",
    /// The server was started with another `server.address`.
    AddressChanged = "address.changed",
    InvitationAdded = "invitation.added",
    InvitationRemoved = "invitation.removed",
    RelayAdded = "relay.added",
    RelayRemoved = "relay.removed",
    /// The operator ended the lockouts of an account, an address or an unknown name.
    LockoutCleared = "lockout.cleared",
    /// The operator ended all lockouts.
    LockoutsCleared = "lockouts.cleared",
}

impl Event {
    /// Whether the event has one line for each account and day, which counts it.
    pub(crate) const fn is_counted(self) -> bool {
        matches!(self, Self::LoginFailed | Self::PresenceChanged)
    }

    /// Whether rate limits bound how often a user can cause the event, or what it needs (a session,
    /// a second factor, a mail) does.
    pub(crate) const fn is_limited(self) -> bool {
        !matches!(self, Self::AccountRenamed | Self::AccountExported | Self::ProfileChanged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names that the tables of events in the documentation have.
    fn documented() -> Vec<&'static str> {
        let document = include_str!("../../docs/operating.md");
        let (_, section) = document.split_once("\n### Events\n").unwrap();
        let section = section.split("\n## ").next().unwrap();
        let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
        rows.flat_map(|row| row.split('|').next().unwrap().split('`'))
            .filter(|part| part.contains('.'))
            .collect()
    }

    #[test]
    fn every_event_is_documented_once_and_nothing_else_is() {
        let mut names: Vec<_> = Event::ALL.iter().map(|event| event.as_str()).collect();
        let mut documented = documented();
        names.sort_unstable();
        documented.sort_unstable();
        assert_eq!(documented, names);
    }
}
