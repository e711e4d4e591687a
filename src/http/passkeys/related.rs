//! `/.well-known/webauthn`: the pages that use passkeys of this domain though they are outside it.

use actix_web::web::Data;
use actix_web::{HttpResponse, Responder};
use serde_json::json;

use crate::config::Origin;
use crate::domain::passkeys;
use crate::error::{Error, Result};
use crate::http::bridge::Bridge;
use crate::http::envelope::Failure;

/// `GET /.well-known/webauthn` (WebAuthn Level 3, 5.11), where there are such pages.
pub(in crate::http) async fn related_origins(
    bridge: Data<Bridge>,
) -> Result<impl Responder, Failure> {
    let origins = passkeys::related_origins(bridge.config());
    let origins = origins.ok_or(Error::NotFound { what: "Document" })?;
    let origins: Vec<&str> = origins.into_iter().map(Origin::as_str).collect();
    Ok(HttpResponse::Ok().json(json!({ "origins": origins })))
}
