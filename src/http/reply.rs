//! Answers that several handlers give.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

use super::envelope::Reply;
use crate::domain::factors::recovery::RecoveryCodes;

/// A success that has nothing else to say.
#[derive(Serialize, ToSchema)]
pub(super) struct Success {
    success: bool,
}

/// A success with a sentence for people.
#[derive(Serialize, ToSchema)]
pub(super) struct Acknowledged {
    success: bool,
    message: Cow<'static, str>,
}

/// A second factor is on.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the contract's own names")]
pub(super) struct Enabled {
    enabled: bool,
    message: &'static str,
    /// New recovery codes, which are shown only now; empty where the account has some already.
    backup_codes: Vec<String>,
}

/// A second factor is off.
#[derive(Serialize, ToSchema)]
pub(super) struct Disabled {
    disabled: bool,
    message: &'static str,
}

pub(super) const fn success() -> Reply<Success> {
    Reply::new(Success { success: true })
}

pub(super) fn acknowledged(message: impl Into<Cow<'static, str>>) -> Reply<Acknowledged> {
    Reply::new(Acknowledged { success: true, message: message.into() })
}

pub(super) fn enabled(message: &'static str, codes: RecoveryCodes) -> Reply<Enabled> {
    Reply::new(Enabled { enabled: true, message, backup_codes: code_texts(codes) })
}

pub(super) const fn disabled(message: &'static str) -> Reply<Disabled> {
    Reply::new(Disabled { disabled: true, message })
}

/// Recovery codes as texts, to be shown once.
pub(super) fn code_texts(codes: RecoveryCodes) -> Vec<String> {
    codes.into_iter().map(|code| code.to_string()).collect()
}
