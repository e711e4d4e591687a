//! `/auth/passkey/enable` and `disable`: a passkey as a second factor.

use actix_web::web::Data;

use super::{ProofRequest, proof};
use crate::domain::App;
use crate::domain::factors::shown::Delivery;
use crate::domain::passkeys::{check_on, factor};
use crate::error::Result;
use crate::http::body::OptionalBody;
use crate::http::bridge::Bridge;
use crate::http::clock::Now;
use crate::http::envelope::{Failure, Reply};
use crate::http::extract::AuthenticatedChange;
use crate::http::openapi::operation::{Operation, Refusal, answer, schema};
use crate::http::reply::{Disabled, Enabled, disabled, enabled};

pub(in crate::http) const ENABLE: Operation =
    Operation::new("Ask for a passkey or a code after the password")
        .changes()
        .takes_optionally(schema::<ProofRequest>)
        .gives(answer::<Enabled>)
        .fails(&[
            Refusal::ServiceDisabled,
            Refusal::InvalidField,
            Refusal::AlreadyValid,
            Refusal::VerificationRequired,
            Refusal::TooManyRequests,
        ]);

/// `POST /auth/passkey/enable`
pub(in crate::http) async fn enable(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    OptionalBody(mut body): OptionalBody,
) -> Result<Reply<Enabled>, Failure> {
    check_on(bridge.config())?;
    let proof = proof(&mut body)?;
    let has_password = proof.password.is_some();
    let work = move |app: &App| factor::enable(app, &principal, &proof, Delivery::Response, now);
    let codes = if has_password { bridge.hash(work).await? } else { bridge.run(work).await? };
    Ok(enabled("A passkey or a code is asked for after the password.", codes))
}

pub(in crate::http) const DISABLE: Operation =
    Operation::new("Ask for no passkey after the password any more, by a code")
        .changes()
        .takes_optionally(schema::<ProofRequest>)
        .gives(answer::<Disabled>)
        .fails(&[
            Refusal::ServiceDisabled,
            Refusal::InvalidField,
            Refusal::VerificationRequired,
            Refusal::TooManyRequests,
        ]);

/// `POST /auth/passkey/disable`
pub(in crate::http) async fn disable(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    OptionalBody(mut body): OptionalBody,
) -> Result<Reply<Disabled>, Failure> {
    check_on(bridge.config())?;
    let proof = proof(&mut body)?;
    bridge.run(move |app| factor::disable(app, &principal, &proof, now)).await?;
    Ok(disabled("No passkey is asked for after the password."))
}
