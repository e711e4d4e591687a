//! The texts of the mails.

use super::texts;

texts! {
    /// Every text of the mails. Names in braces, such as `{title}`, stand for what is filled in.
    Mails {
        hello,
        hello_name,
        code_subject,
        code_place,
        code_lifetime,
        code_not_asked,
        confirmation_subject,
        confirmation_reason,
        confirmation_button,
        confirmation_lifetime,
        invitation_subject,
        invitation_reason,
        invitation_button,
        invitation_not_expected,
        notice_subject,
        notice_time,
        notice_device,
        notice_operator,
        notice_advice,
        test_subject,
        test_text,
        account_deleted,
        account_renamed,
        account_exported,
        password_changed,
        email_changed,
        session_opened_elsewhere,
        totp_enabled,
        totp_disabled,
        email_factor_enabled,
        email_factor_disabled,
        recovery_code_used,
        recovery_codes_renewed,
    }
}
