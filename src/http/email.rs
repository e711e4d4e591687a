//! `/email`: addresses are confirmed by a link.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::bridge::Bridge;
use super::clock::Now;
use super::doc::{Doc, schema};
use super::envelope::{Failure, Reply};
use super::extract::{AuthenticatedChange, device};
use super::factors::Told;
use super::query::Query;
use crate::domain::email;
use crate::error::{Error, Result};

/// That an address is its user's.
#[derive(Serialize, ToSchema)]
pub(super) struct Confirmed {
    success: bool,
    message: &'static str,
    verified: bool,
}

pub(super) const CONFIRM: Doc = Doc::new("Confirm an address by the token of a mailed link")
    .queries(&[("token", "string")])
    .gives(schema::<Confirmed>)
    .fails(&[3, 5]);

/// `GET /email/confirmation`
pub(super) async fn confirm(
    bridge: Data<Bridge>,
    Now(now): Now,
    request: HttpRequest,
    query: Query,
) -> Result<Reply<Confirmed>, Failure> {
    let token = query.first("token").ok_or(Error::invalid("token", "must be the one of the mailed link"))?.to_owned();
    let device = device(&request)?;
    bridge.run(move |app| email::confirm(app, &token, &device, now)).await?;
    Ok(Reply::new(Confirmed { success: true, message: "The address is confirmed.", verified: true }))
}

pub(super) const RESEND: Doc =
    Doc::new("Get another link that confirms one's address").changes().gives(schema::<Told>).fails(&[4, 5, 17, 1001]);

/// `POST /email/resend`
pub(super) async fn resend(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
) -> Result<Reply<Told>, Failure> {
    bridge.run(move |app| email::resend(app, &principal, now)).await?;
    Ok(Reply::new(Told { success: true, message: "A link is on its way." }))
}
