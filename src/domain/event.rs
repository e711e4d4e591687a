//! What can happen to an account: each event is a line in the audit log, and some are notified to
//! the user.

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    AccountCreated,
    AccountRenamed,
    AccountDisabled,
    AccountEnabled,
    /// By the operator.
    AccountRemoved,
    /// By its user.
    AccountDeleted,
    PasswordChanged,
    EmailChanged,
    EmailConfirmed,
    SessionOpened,
    /// From a device that the user was never seen with before.
    SessionOpenedElsewhere,
    SessionEnded,
    /// All of a user's, or all but the one that ended them.
    SessionsEnded,
    TotpEnabled,
    TotpDisabled,
    EmailFactorEnabled,
    EmailFactorDisabled,
    RecoveryCodeUsed,
    RecoveryCodesRenewed,
    /// By the operator, for a login.
    CodeIssued,
    KeyRotated,
}

impl Event {
    /// Its name in the audit log.
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
