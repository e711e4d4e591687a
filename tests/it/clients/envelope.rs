//! What stands around the data, and the small answers that all generations get.

use serde::Deserialize;
use serde_json::Value;

use super::values::Millis;

#[derive(Deserialize)]
pub struct Success<T> {
    pub data: T,
    pub request: String,
    pub time: Millis,
    /// Programs look for it first: it must not be there.
    pub error: Option<Value>,
}

/// A failure with its code, and with its data, which is null where nothing is said of it.
#[derive(Debug, Deserialize)]
pub struct Failure<C, D> {
    pub error: Refusal<C>,
    pub data: D,
    pub request: String,
    pub time: Millis,
}

#[derive(Debug, Deserialize)]
pub struct Refusal<C> {
    pub message: String,
    pub code: C,
    pub status: u32,
}

/// What stands beside the failure where a second factor is due, with the methods as a program reads
/// them.
#[derive(Debug, Deserialize)]
pub struct Due<M> {
    pub verification_required: bool,
    pub methods: Vec<M>,
}

/// That something is done.
#[derive(Deserialize)]
pub struct Done {
    pub success: bool,
}

/// The same with a word to the user.
#[derive(Deserialize)]
pub struct Told {
    pub success: bool,
    pub message: String,
}

/// That a method is on.
#[derive(Deserialize)]
pub struct Enabled {
    pub enabled: bool,
    pub message: String,
}

/// The same, with the recovery codes that are shown this once.
#[derive(Deserialize)]
pub struct EnabledWithCodes {
    pub enabled: bool,
    pub message: String,
    pub backup_codes: Vec<String>,
}

/// That a method is off.
#[derive(Deserialize)]
pub struct Disabled {
    pub disabled: bool,
    pub message: String,
}

/// Whether a code was right.
#[derive(Deserialize)]
pub struct Verified {
    pub verified: bool,
    pub message: String,
}

/// That a session has ended.
#[derive(Deserialize)]
pub struct Revoked {
    pub success: bool,
    pub logout: bool,
}
