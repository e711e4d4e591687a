//! What programs ask below `/.well-known` of passkeys: which pages use those of this domain though
//! they are outside it, and where users add and manage theirs.

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

/// `GET /.well-known/passkey-endpoints` (W3C, "A Well-Known URL for Relying Party Passkey
/// Endpoints"), by which password managers lead to the account page.
pub(in crate::http) async fn endpoints(bridge: Data<Bridge>) -> Result<impl Responder, Failure> {
    let config = bridge.config();
    if !passkeys::is_on(config) {
        return Err(Error::NotFound { what: "Document" }.into());
    }
    let account = format!("{}/account", config.server.public_url);
    Ok(HttpResponse::Ok().json(json!({ "enroll": account, "manage": account })))
}
