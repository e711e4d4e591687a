//! What the forms of the pages do. Each is parsed first, so that a value that breaks its rule waits
//! for no permit; then the change runs on a lane of the bridge; a refusal becomes a page again.

mod action;
pub(super) mod confirmation;
pub(super) mod deletion;
pub(super) mod email;
pub(super) mod export;
pub(super) mod factors;
pub(super) mod login;
pub(super) mod passkeys;
pub(super) mod password;
pub(super) mod pending;
pub(super) mod profile;
mod refusal;
pub(super) mod register;
pub(super) mod reset;
mod rules;
pub(super) mod sessions;
pub(super) mod username;
