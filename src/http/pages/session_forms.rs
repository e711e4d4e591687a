//! The forms of `/account` that end sessions.

use actix_web::HttpResponse;

use super::action::{Lane, act, check};
use super::flash::Flash;
use super::form::Form;
use super::frame::with_cookie;
use super::refusal::refuse;
use super::visitor::Visitor;
use crate::domain::sessions::{self, SessionId};
use crate::error::Error;
use crate::http::cookie;

/// `POST /account/sessions/end`
pub(in crate::http) async fn end_session(visitor: Visitor, form: Form) -> HttpResponse {
    let id = SessionId::parse(form.text("session")).ok_or(Error::SessionNotFound);
    act(visitor, form, (Lane::Plain, Flash::SessionEnded), id, |app, principal, id, now| {
        match sessions::revoke(app, principal, id, now) {
            // It has ended already, which is what was wanted.
            Err(Error::SessionNotFound) => Ok(()),
            other => other,
        }
    })
    .await
}

/// `POST /account/sessions/end-others`
pub(in crate::http) async fn end_other_sessions(visitor: Visitor, form: Form) -> HttpResponse {
    act(
        visitor,
        form,
        (Lane::Plain, Flash::OtherSessionsEnded),
        Ok(()),
        |app, principal, (), now| sessions::revoke_others(app, principal, now),
    )
    .await
}

/// `POST /account/logout`
pub(in crate::http) async fn log_out(visitor: Visitor, form: Form) -> HttpResponse {
    let principal = match check(&visitor, &form) {
        Ok(principal) => principal,
        Err(refused) => return refused,
    };
    let now = visitor.now;
    match visitor
        .bridge
        .run(move |app| sessions::revoke(app, &principal, principal.session, now))
        .await
    {
        Ok(()) => {
            with_cookie(visitor.redirect("/login"), &cookie::removal(visitor.bridge.config()))
        }
        Err(error) => refuse(&visitor, &error, &form),
    }
}
