//! The forms of `/account` that end sessions.

use actix_web::HttpResponse;

use super::action::{Action, Lane, respond, run};
use super::refusal::FormPage;
use crate::domain::App;
use crate::domain::principal::Principal;
use crate::domain::sessions::{SessionId, revoke, revoke_others};
use crate::error::Error;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::sendings::End;
use crate::http::pages::visitor::Visitor;

/// `POST /account/sessions/end`
pub(in crate::http) async fn end_session(visitor: Visitor, form: Form) -> HttpResponse {
    let action = Action { lane: Lane::Write, done: Flash::SessionEnded };
    let id = SessionId::parse(form.text("session")).ok_or(Error::SessionNotFound);
    let end = |app: &App, principal: &Principal, id, now| match revoke(app, principal, id, now) {
        // The session has ended already, as the user wanted.
        Err(Error::SessionNotFound) => Ok(()),
        result => result,
    };
    action.run(visitor, form, id, end).await
}

/// `POST /account/sessions/end-others`
pub(in crate::http) async fn end_other_sessions(visitor: Visitor, form: Form) -> HttpResponse {
    let action = Action { lane: Lane::Write, done: Flash::OtherSessionsEnded };
    let end_others = |app: &_, principal: &_, (), now| revoke_others(app, principal, now);
    action.run(visitor, form, Ok(()), end_others).await
}

/// `POST /account/logout`
pub(in crate::http) async fn log_out(visitor: Visitor, form: Form) -> HttpResponse {
    let end =
        |app: &App, principal: &Principal, (), now| revoke(app, principal, principal.session, now);
    let work = async move |visitor: &Visitor, _: &Form| {
        // Without a session, the user is logged out already.
        if visitor.principal.is_some() {
            run(visitor, Lane::Write, Ok(()), end).await?;
        }
        Ok(End::logged_out(Flash::LoggedOut.url()))
    };
    respond(visitor, form, FormPage::Account, work).await
}
