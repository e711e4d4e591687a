//! What happened to an account.

use super::texts;

texts! {
    /// What the account page calls each event.
    Events {
        account_created,
        account_imported,
        account_renamed,
        account_disabled,
        account_enabled,
        account_exported,
        password_changed,
        password_link_made,
        password_reset,
        email_changed,
        email_confirmed,
        email_unconfirmed,
        profile_changed,
        presence_changed,
        tags_changed,
        rank_changed,
        admin_changed,
        login_failed,
        session_opened,
        session_opened_elsewhere,
        session_ended,
        sessions_ended,
        totp_enabled,
        totp_disabled,
        email_factor_enabled,
        email_factor_disabled,
        passkey_added,
        passkey_renamed,
        passkey_removed,
        passkey_cloned,
        passkey_factor_enabled,
        passkey_factor_disabled,
        recovery_code_used,
        recovery_codes_renewed,
        recovery_codes_lost,
        code_issued,
        lockout_cleared,
    }
}
