//! `/auth/totp`, `/auth/email` and `/auth/recovery`: switching second factors on and off.

use actix_web::web::Data;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::{Body, OptionalBody};
use super::bridge::Bridge;
use super::clock::Now;
use super::envelope::{Failure, Reply};
use super::extract::AuthenticatedChange;
use super::object::Object;
use super::openapi::operation::{Operation, Refusal, answer, schema};
use super::reply::{Disabled, Enabled, code_texts, disabled, enabled};
use super::request_parts::{CodeRequest, any_code, code, required_code};
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::factors::email::{self, EnablingCodes};
use crate::domain::factors::shown::Delivery;
use crate::domain::factors::totp::{self, Enabling, Enrollment};
use crate::domain::factors::{self, verify};
use crate::domain::principal::Principal;
use crate::error::Result;
use crate::qr;
use crate::time::Timestamp;

/// An authenticator app that is being set up. The secret and the URL come under every name that
/// clients read.
#[derive(Serialize, ToSchema)]
pub(super) struct Setup {
    secret: String,
    otpauth_url: String,
    /// The QR code as a `data:` URL.
    #[serde(rename = "qrCodeUrl")]
    qr_code_picture: String,
    qr_code_url: String,
    #[serde(rename = "backupCodes")]
    old_backup_codes: Vec<String>,
    backup_codes: Vec<String>,
}

/// Whether a code is right.
#[derive(Serialize, ToSchema)]
pub(super) struct Verified {
    verified: bool,
    message: &'static str,
}

/// New recovery codes.
#[derive(Serialize, ToSchema)]
pub(super) struct Renewed {
    backup_codes: Vec<String>,
}

pub(super) const SETUP: Operation =
    Operation::new("Set up an authenticator app; by a code where another factor is on")
        .changes()
        .takes_optionally(schema::<CodeRequest>)
        .gives(answer::<Setup>)
        .fails(&[
            Refusal::InvalidField,
            Refusal::AlreadyValid,
            Refusal::VerificationRequired,
            Refusal::TooManyRequests,
        ]);

/// `POST /auth/totp/setup`
pub(super) async fn setup(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    OptionalBody(mut body): OptionalBody,
) -> Result<Reply<Setup>, Failure> {
    let code = any_code(&mut body)?;
    let outcome = bridge.run(move |app| totp::setup(app, &principal, code.as_ref(), now)).await?;
    let Enrollment { secret, otpauth_url, .. } = outcome;
    let picture = BASE64_STANDARD.encode(qr::svg(&otpauth_url)?);
    Ok(Reply::new(Setup {
        secret: secret.to_string(),
        otpauth_url: otpauth_url.to_string(),
        qr_code_picture: format!("data:image/svg+xml;base64,{picture}"),
        qr_code_url: otpauth_url.to_string(),
        old_backup_codes: Vec::new(),
        backup_codes: Vec::new(),
    }))
}

pub(super) const ENABLE: Operation = Operation::new("Switch a second factor on, by its first code")
    .changes()
    .takes(schema::<CodeRequest>)
    .gives(answer::<Enabled>)
    .fails(&[
        Refusal::ServiceDisabled,
        Refusal::InvalidField,
        Refusal::AlreadyValid,
        Refusal::TooManyRequests,
    ]);

/// `POST /auth/totp/enable`
pub(super) async fn enable_totp(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    Body(mut body): Body,
) -> Result<Reply<Enabled>, Failure> {
    let code = required_code(any_code(&mut body)?)?;
    let codes = bridge
        .run(move |app| {
            let check = &PasswordCheck::NotRequired;
            let enabling = Enabling { code: &code, check, delivery: Delivery::Response };
            totp::enable(app, &principal, enabling, now)
        })
        .await?;
    Ok(enabled("The authenticator app is on.", codes))
}

pub(super) const ENABLE_EMAIL: Operation = ENABLE.fails(&[
    Refusal::ServiceDisabled,
    Refusal::InvalidField,
    Refusal::AlreadyValid,
    Refusal::VerificationRequired,
    Refusal::TooManyRequests,
]);

/// `POST /auth/email/enable`
pub(super) async fn enable_email(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    Body(body): Body,
) -> Result<Reply<Enabled>, Failure> {
    enable_mail_codes(&bridge, now, principal, body).await
}

pub(super) async fn enable_mail_codes(
    bridge: &Bridge,
    now: Timestamp,
    principal: Principal,
    mut body: Object,
) -> Result<Reply<Enabled>, Failure> {
    // The mailed code comes as `token`, and the code of another factor as `factor_code`.
    let mailed = code(&mut body, "token")?;
    let other = any_code(&mut body)?;
    let (mailed, other) = if mailed.is_some() { (mailed, other) } else { (other, None) };
    let mailed = required_code(mailed)?;
    let enable = move |app: &_| {
        email::enable(
            app,
            &principal,
            EnablingCodes { mailed: &mailed, other: other.as_ref(), delivery: Delivery::Response },
            &PasswordCheck::NotRequired,
            now,
        )
    };
    Ok(enabled("Codes by mail are on.", bridge.run(enable).await?))
}

pub(super) const DISABLE: Operation = Operation::new("Switch a second factor off, by a code")
    .changes()
    .takes_optionally(schema::<CodeRequest>)
    .gives(answer::<Disabled>)
    .fails(&[Refusal::InvalidField, Refusal::VerificationRequired, Refusal::TooManyRequests]);

/// `POST /auth/totp/disable`
pub(super) async fn disable_totp(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    OptionalBody(mut body): OptionalBody,
) -> Result<Reply<Disabled>, Failure> {
    let code = any_code(&mut body)?;
    bridge.run(move |app| totp::disable(app, &principal, code.as_ref(), now)).await?;
    Ok(disabled("The authenticator app is off."))
}

/// `POST /auth/email/disable`
pub(super) async fn disable_email(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    OptionalBody(mut body): OptionalBody,
) -> Result<Reply<Disabled>, Failure> {
    let code = any_code(&mut body)?;
    bridge.run(move |app| email::disable(app, &principal, code.as_ref(), now)).await?;
    Ok(disabled("Codes by mail are off."))
}

pub(super) const VERIFY: Operation = Operation::new("Check a code, and use it up")
    .changes()
    .takes(schema::<CodeRequest>)
    .gives(answer::<Verified>)
    .fails(&[Refusal::InvalidField, Refusal::TooManyRequests]);

/// `POST /auth/totp/verify`
pub(super) async fn verify_totp(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    Body(mut body): Body,
) -> Result<Reply<Verified>, Failure> {
    let code = required_code(any_code(&mut body)?)?;
    let verified = bridge.run(move |app| verify(app, &principal, &code, now)).await?;
    let message = if verified {
        "The code is right."
    } else {
        "The code is wrong, has expired or was used already."
    };
    Ok(Reply::new(Verified { verified, message }))
}

pub(super) const RENEW: Operation = Operation::new("Replace the recovery codes, by a code")
    .changes()
    .takes_optionally(schema::<CodeRequest>)
    .gives(answer::<Renewed>)
    .fails(&[
        Refusal::ServiceDisabled,
        Refusal::InvalidField,
        Refusal::VerificationRequired,
        Refusal::TooManyRequests,
    ]);

/// `POST /auth/recovery/renew`
pub(super) async fn renew_recovery_codes(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    OptionalBody(mut body): OptionalBody,
) -> Result<Reply<Renewed>, Failure> {
    let code = any_code(&mut body)?;
    let renew = move |app: &_| {
        factors::renew_recovery_codes(app, &principal, code.as_ref(), Delivery::Response, now)
    };
    let codes = bridge.run(renew).await?;
    Ok(Reply::new(Renewed { backup_codes: code_texts(codes) }))
}
