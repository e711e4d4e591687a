//! `/auth/{type}/send`: mailing a code.

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::web::{Data, Path};

use super::body::OptionalBody;
use super::bridge::Bridge;
use super::clock::Now;
use super::envelope::{Failure, Reply};
use super::extract::{authenticated_change, device};
use super::first_answer::first_answer;
use super::object::Object;
use super::openapi::operation::{Operation, Refusal, answer, schema};
use super::reply::{Acknowledged, acknowledged};
use super::request_parts::SendRequest;
use crate::domain::factors::email::{self, Asker};
use crate::domain::mail::Mailed;
use crate::error::{Error, Result};
use crate::time::Timestamp;

pub(super) const SEND: Operation =
    Operation::new("Mail a code, by a session or the challenge of a login")
        .takes_optionally(schema::<SendRequest>)
        .gives(answer::<Acknowledged>)
        .fails(&[
            Refusal::ServiceDisabled,
            Refusal::InvalidField,
            Refusal::NotLogged,
            Refusal::UnAuthorized,
            Refusal::InvalidChallenge,
            Refusal::TooManyRequests,
        ]);

/// `POST` and `GET /auth/{type}/send`
pub(super) async fn send(
    bridge: Data<Bridge>,
    Now(now): Now,
    kind: Path<String>,
    request: HttpRequest,
    OptionalBody(body): OptionalBody,
) -> Result<Reply<Acknowledged>, Failure> {
    send_code(&bridge, now, &kind, &request, body).await
}

pub(super) async fn send_code(
    bridge: &Bridge,
    now: Timestamp,
    kind: &str,
    request: &HttpRequest,
    mut body: Object,
) -> Result<Reply<Acknowledged>, Failure> {
    match kind {
        "email" => (),
        "totp" => {
            return Ok(acknowledged("The authenticator app shows the code; nothing is sent."));
        }
        _ => return Err(Error::invalid("type", "must be email or totp").into()),
    }
    let asker = match body.text("challenge")? {
        Some(text) => Asker::Challenge { text, device: device(request)? },
        None => match authenticated_change(request) {
            Ok(principal) => Asker::Session(Box::new(principal)),
            // Some clients name neither a session nor a challenge: the login has mailed their code.
            Err(Error::NotLogged) if request.method() == Method::GET => {
                return Ok(acknowledged(SENT));
            }
            Err(error) => return Err(error.into()),
        },
    };
    let mailed = match bridge.run(move |app| email::send(app, asker, now)).await? {
        Some(sending) => first_answer(sending).await?,
        None => Mailed::OnItsWay,
    };
    Ok(acknowledged(match mailed {
        Mailed::OnItsWay => SENT,
        Mailed::Delayed => DELAYED,
    }))
}

const DELAYED: &str =
    "The mail server takes no mail at the moment. The code is mailed as soon as it does.";
const SENT: &str = "A code is on its way, where the account can get one.";
