//! `/auth/passkey`: adding passkeys, logging in by one, and what users do with those they have.

mod credential;
mod factor;
mod list;
mod login;
mod options;
mod registration;
mod signals;
mod well_known;

pub(super) use credential::{read_login, read_registration};
pub(super) use factor::{DISABLE, ENABLE, disable, enable};
pub(super) use list::{LIST, REMOVE, RENAME, list, remove, rename};
pub(super) use login::{LOGIN, LOGIN_OPTIONS, login, login_options};
pub(super) use options::RegistrationOptionsData;
pub(super) use registration::{REGISTER, REGISTRATION_OPTIONS, register, registration_options};
pub(super) use signals::Signals;
pub(super) use well_known::{endpoints, related_origins};

use utoipa::ToSchema;

use super::object::Object;
use super::request_parts::{CodeText, any_code};
use crate::domain::accounts::password_check::{CURRENT_PASSWORD, CurrentPassword};
use crate::domain::passkeys::OwnerProof;
use crate::error::Result;
use crate::normalization::trim;

/// What a user proves besides the session: a code where a second factor is on, or else the
/// password. A session of the last ten minutes needs neither without a second factor.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the wire")]
pub(super) struct ProofRequest {
    current_password: Option<String>,
    token: Option<CodeText>,
    twofa_token: Option<CodeText>,
    factor_code: Option<CodeText>,
}

/// Reads that. Empty texts count as absent, since forms send them.
fn proof(body: &mut Object) -> Result<OwnerProof> {
    let password = body.text(CURRENT_PASSWORD)?.filter(|text| !text.is_empty());
    let password = password.map(|text| CurrentPassword::new(text.into()));
    Ok(OwnerProof { password, code: any_code(body)? })
}

/// Reads a text that a client may leave empty.
fn optional(body: &mut Object, field: &'static str) -> Result<Option<String>> {
    Ok(body.text(field)?.filter(|text| !trim(text).is_empty()))
}
