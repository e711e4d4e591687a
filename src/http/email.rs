//! `/email` and `/auth/methods/email`: the user's own address, and the link that confirms it.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::{Body, OptionalBody};
use super::bridge::Bridge;
use super::clock::Now;
use super::code_by_mail::{self, send_code};
use super::envelope::{Failure, Reply};
use super::extract::{AuthenticatedChange, authenticated_change, device};
use super::factors::enable_mail_codes;
use super::first_answer::{first_answer, of_link};
use super::openapi::operation::{Operation, Parameter, Refusal, answer, schema};
use super::query::Query;
use super::reply::{Acknowledged, Disabled, Enabled, acknowledged, disabled, enabled};
use super::request_parts::{CodeRequest, CodeText, any_code};
use crate::domain::accounts::email_address;
use crate::domain::accounts::fields::Email;
use crate::domain::email_confirmation;
use crate::domain::factors::Code;
use crate::domain::mail::Mailed;
use crate::domain::principal::Principal;
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// The answer to a link that confirms an address.
#[derive(Serialize, ToSchema)]
pub(super) struct Confirmed {
    success: bool,
    message: &'static str,
    verified: bool,
}

pub(super) const CONFIRM: Operation =
    Operation::new("Confirm an address by the token of a mailed link")
        .queries(&[Parameter::text("token")])
        .gives(answer::<Confirmed>)
        .fails(&[Refusal::NotFound, Refusal::InvalidField]);

/// `GET /email/confirmation`
pub(super) async fn confirm(
    bridge: Data<Bridge>,
    Now(now): Now,
    request: HttpRequest,
    query: Query,
) -> Result<Reply<Confirmed>, Failure> {
    let token = query
        .first("token")
        .ok_or(Error::invalid("token", "must be the one of the mailed link"))?
        .to_owned();
    let device = device(&request)?;
    bridge.run(move |app| email_confirmation::confirm_once(app, &token, &device, now)).await?;
    Ok(Reply::new(Confirmed {
        success: true,
        message: "The address is confirmed.",
        verified: true,
    }))
}

pub(super) const RESEND: Operation =
    Operation::new("Mail another link that confirms the caller's address")
        .changes()
        .gives(answer::<Acknowledged>)
        .fails(&[
            Refusal::ServiceDisabled,
            Refusal::InvalidField,
            Refusal::AlreadyValid,
            Refusal::TooManyRequests,
        ]);

/// `POST /email/resend`
pub(super) async fn resend(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
) -> Result<Reply<Acknowledged>, Failure> {
    resend_link(&bridge, principal, now).await
}

async fn resend_link(
    bridge: &Bridge,
    principal: Principal,
    now: Timestamp,
) -> Result<Reply<Acknowledged>, Failure> {
    let sending = bridge.run(move |app| email_confirmation::resend(app, &principal, now)).await?;
    Ok(acknowledged(match first_answer(sending).await? {
        Mailed::OnItsWay => "A link is on its way.",
        Mailed::Delayed => {
            "The mail server takes no mail at the moment. The link is mailed as soon as it does."
        }
    }))
}

/// An address, with a code where a second factor is on.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the wire")]
pub(super) struct SetupRequest {
    #[schema(max_length = 320)]
    email: String,
    twofa_token: Option<CodeText>,
    factor_code: Option<CodeText>,
}

pub(super) const SETUP: Operation =
    Operation::new("Set the caller's address, which a mailed link confirms")
        .changes()
        .takes(schema::<SetupRequest>)
        .gives(answer::<Acknowledged>)
        .fails(&[
            Refusal::InvalidField,
            Refusal::AlreadyExists,
            Refusal::AlreadyValid,
            Refusal::VerificationRequired,
            Refusal::TooManyRequests,
        ]);

/// `POST /auth/methods/email/setup`
pub(super) async fn setup(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    Body(mut body): Body,
) -> Result<Reply<Acknowledged>, Failure> {
    let address =
        body.parse("email", Email::parse)?.ok_or(Error::invalid("email", "must be an address"))?;
    let code = any_code(&mut body)?;
    let link =
        bridge.run(move |app| email_address::set(app, &principal, address, code, now)).await?;
    Ok(acknowledged(of_link(link).await.unwrap_or_else(|| "The address is set.".into())))
}

pub(super) const ENABLE: Operation =
    Operation::new("Confirm an address by a link's token, or switch codes by mail on by a code")
        .takes(schema::<CodeOrLink>)
        .gives(answer::<Enabled>)
        .fails(&[
            Refusal::NotFound,
            Refusal::ServiceDisabled,
            Refusal::InvalidField,
            Refusal::NotLogged,
            Refusal::UnAuthorized,
            Refusal::AlreadyValid,
            Refusal::VerificationRequired,
            Refusal::TooManyRequests,
        ]);

/// The token of a mailed link, or a code.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the wire")]
pub(super) struct CodeOrLink {
    token: Option<String>,
    twofa_token: Option<CodeText>,
    factor_code: Option<CodeText>,
}

/// `POST /auth/methods/email/enable`
pub(super) async fn enable(
    bridge: Data<Bridge>,
    Now(now): Now,
    request: HttpRequest,
    Body(body): Body,
) -> Result<Reply<Enabled>, Failure> {
    let is_digits =
        |text: &String| Code::parse("token", text.to_owned()).is_ok_and(|code| code.is_digits());
    let token = body.peek("token").map(ToOwned::to_owned);
    if token.as_ref().is_none_or(is_digits) {
        match authenticated_change(&request) {
            Ok(principal) => return enable_mail_codes(&bridge, now, principal, body).await,
            // Only the token of a link works without a session.
            Err(Error::NotLogged) if token.is_some() => (),
            Err(error) => return Err(error.into()),
        }
    }
    let token = token.unwrap_or_default();
    let from = device(&request)?;
    bridge.run(move |app| email_confirmation::confirm_once(app, &token, &from, now)).await?;
    Ok(enabled("The address is confirmed.", Vec::new()))
}

pub(super) const SEND: Operation = code_by_mail::SEND.with_summary(
    "Mail a link that confirms the caller's address, or a code where it is confirmed",
);

/// `POST` and `GET /auth/methods/email/send`
pub(super) async fn send(
    bridge: Data<Bridge>,
    Now(now): Now,
    request: HttpRequest,
    OptionalBody(body): OptionalBody,
) -> Result<Reply<Acknowledged>, Failure> {
    match authenticated_change(&request) {
        Ok(principal) if !principal.user.email_verified && body.peek("challenge").is_none() => {
            resend_link(&bridge, principal, now).await
        }
        _ => send_code(&bridge, now, "email", &request, body).await,
    }
}

pub(super) const DISABLE: Operation =
    Operation::new("Remove the caller's address, by a code where a second factor is on")
        .changes()
        .takes_optionally(schema::<CodeRequest>)
        .gives(answer::<Disabled>)
        .fails(&[Refusal::InvalidField, Refusal::VerificationRequired, Refusal::TooManyRequests]);

/// `POST /auth/methods/email/disable`
pub(super) async fn disable(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    OptionalBody(mut body): OptionalBody,
) -> Result<Reply<Disabled>, Failure> {
    let code = any_code(&mut body)?;
    bridge.run(move |app| email_address::remove(app, &principal, code, now)).await?;
    Ok(disabled("The address is removed."))
}
