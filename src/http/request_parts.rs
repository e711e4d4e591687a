//! Parts of requests that several handlers read: the code of a second factor, under its names.

use serde_json::Value;
use utoipa::ToSchema;

use super::object::Object;
use crate::domain::factors::Code;
use crate::error::{Error, Result};

/// Six digits, or a recovery code of ten letters and digits. Blanks and punctuation in it, the case
/// of its letters and their width do not count.
#[derive(ToSchema)]
#[schema(as = Code, example = "123456")]
#[expect(dead_code, reason = "it only describes the wire")]
pub(super) struct CodeText(String);

/// A code, under any of its names.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the wire")]
pub(super) struct CodeRequest {
    token: Option<CodeText>,
    twofa_token: Option<CodeText>,
    factor_code: Option<CodeText>,
}

/// What a client sends to get a code by mail: `send_data` of the method, as a login returned it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the wire")]
pub(super) struct SendRequest {
    challenge: Option<String>,
}

/// Reads the code of a second factor from a field, where the field is there.
pub(super) fn code(body: &mut Object, field: &'static str) -> Result<Option<Code>> {
    let text = |value| if let Value::String(text) = value { text } else { String::new() };
    body.take(field).map(|value| Code::parse(field, text(value))).transpose()
}

/// Reads a code under any of its names. All that are there must be well-formed; the first counts.
pub(super) fn any_code(body: &mut Object) -> Result<Option<Code>> {
    let token = code(body, "token")?;
    let twofa_token = code(body, "twofa_token")?;
    let factor_code = code(body, "factor_code")?;
    Ok(token.or(twofa_token).or(factor_code))
}

/// A code that must be there.
pub(super) fn required_code(code: Option<Code>) -> Result<Code> {
    code.ok_or(Error::InvalidCode { field: "token" })
}
