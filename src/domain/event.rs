//! The events of an account. Each one is a line in the audit log, and some are notified to the user
//! ([`super::mail::messages`] decides which).

/// An event of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    AccountCreated,
    AccountRenamed,
    AccountDisabled,
    AccountEnabled,
    /// The operator deleted the account.
    AccountRemoved,
    /// The user deleted the account.
    AccountDeleted,
    PasswordChanged,
    EmailChanged,
    EmailConfirmed,
    SessionOpened,
    /// The user logged in from a device that is not recognized.
    SessionOpenedElsewhere,
    SessionEnded,
    /// All sessions of a user ended, or all but the one that asked for it.
    SessionsEnded,
    TotpEnabled,
    TotpDisabled,
    EmailFactorEnabled,
    EmailFactorDisabled,
    RecoveryCodeUsed,
    RecoveryCodesRenewed,
    /// The operator made a code with which the user can log in.
    CodeIssued,
    /// The key file was replaced, which ended every session.
    KeyRotated,
}

impl Event {
    /// The name of the event in the audit log.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::AccountCreated => "account.created",
            Self::AccountRenamed => "account.renamed",
            Self::AccountDisabled => "account.disabled",
            Self::AccountEnabled => "account.enabled",
            Self::AccountRemoved => "account.removed",
            Self::AccountDeleted => "account.deleted",
            Self::PasswordChanged => "password.changed",
            Self::EmailChanged => "email.changed",
            Self::EmailConfirmed => "email.confirmed",
            Self::SessionOpened => "session.opened",
            Self::SessionOpenedElsewhere => "session.opened.new_device",
            Self::SessionEnded => "session.ended",
            Self::SessionsEnded => "sessions.ended",
            Self::TotpEnabled => "totp.enabled",
            Self::TotpDisabled => "totp.disabled",
            Self::EmailFactorEnabled => "email_factor.enabled",
            Self::EmailFactorDisabled => "email_factor.disabled",
            Self::RecoveryCodeUsed => "recovery_code.used",
            Self::RecoveryCodesRenewed => "recovery_codes.renewed",
            Self::CodeIssued => "code.issued",
            Self::KeyRotated => "key.rotated",
        }
    }
}
