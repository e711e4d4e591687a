//! How a form of the pages is run: for whom, on which lane, and where it leads, also when it is
//! sent twice.

use actix_web::HttpResponse;
use actix_web::rt::spawn;

use super::refusal::{FormPage, Refusal, refuse};
use crate::domain::App;
use crate::domain::factors::email;
use crate::domain::principal::Principal;
use crate::error::{Error, Result};
use crate::http::first_answer::wait_for;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::frame::{fault_response, with_cookies};
use crate::http::pages::sendings::{End, Sending};
use crate::http::pages::visitor::Visitor;
use crate::time::Timestamp;

/// The lane of the bridge that a change runs on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lane {
    /// For changes that compute no hash.
    Write,
    /// For changes that compute a hash: few at a time, the others queue.
    Hash,
}

/// A change that leads back to the account page.
pub(super) struct Action {
    pub lane: Lane,
    /// What the account page says then.
    pub done: Flash,
}

impl Action {
    /// Runs a change and redirects to the account page, or shows there why it was refused.
    pub async fn run<I: Send + 'static, T: Send + 'static>(
        self,
        visitor: Visitor,
        form: Form,
        input: Result<I>,
        change: impl FnOnce(&App, &Principal, I, Timestamp) -> Result<T> + Send + 'static,
    ) -> HttpResponse {
        let work = async move |visitor: &Visitor, _: &Form| {
            run(visitor, self.lane, input, change).await?;
            Ok(End::at(self.done.url()))
        };
        respond(visitor, form, FormPage::Account, work).await
    }
}

/// Runs what a form asks for, and redirects to where it ends, or shows why it was refused. The
/// forms of one browser run one after another. The repeat of the last one ends where that did: it
/// is not run if it proves something, since a password or a code may be used up, and otherwise it
/// may be refused.
pub(super) async fn respond(
    visitor: Visitor,
    form: Form,
    page: FormPage,
    work: impl AsyncFnOnce(&Visitor, &Form) -> Result<End, Refusal> + 'static,
) -> HttpResponse {
    if let Err(refusal) = check(&visitor, &form, page) {
        return refuse(&visitor, &form, page, &refusal);
    }
    run_once(visitor, form, page, work).await
}

/// [`respond`] to a form that was found to come from a page of ours.
pub(super) async fn run_once(
    visitor: Visitor,
    form: Form,
    page: FormPage,
    work: impl AsyncFnOnce(&Visitor, &Form) -> Result<End, Refusal> + 'static,
) -> HttpResponse {
    let digest = visitor.bridge.app().form_digest(&form.content(visitor.path()));
    let mut turn = visitor.turn().await;
    let session = visitor.principal.as_ref().map(|principal| principal.session);
    let repeated = turn.as_ref().filter(|last| last.is_repeated_by(&digest, session, visitor.now));
    let repeated = repeated.map(|last| last.end.clone());
    if let Some(end) = &repeated
        && form.has_proof()
    {
        return lead(&visitor, end);
    }
    // A browser drops the connection of a form when it sends it again. What was begun is finished
    // all the same, and remembered.
    let running = spawn(async move {
        match work(&visitor, &form).await {
            Ok(end) => {
                let response = lead(&visitor, &end);
                *turn = Some(Sending { form: digest, session, end, at: visitor.now });
                response
            }
            Err(refusal) => {
                if let Some(end) = repeated {
                    return lead(&visitor, &end);
                }
                if let (Refusal::Error(Error::VerificationRequired { .. }), Some(principal)) =
                    (&refusal, &visitor.principal)
                {
                    wait_for(email::under_way(visitor.bridge.app(), &principal.user)).await;
                }
                refuse(&visitor, &form, page, &refusal)
            }
        }
    });
    let fault = |error| fault_response(Error::internal("run a form", error));
    running.await.unwrap_or_else(fault)
}

/// Checks that a form comes from a page of this user. Without a session, the login comes first,
/// except for a user who has forgotten the password.
pub(super) fn check(visitor: &Visitor, form: &Form, page: FormPage) -> Result<(), Refusal> {
    match &visitor.principal {
        _ if matches!(page, FormPage::Reset | FormPage::NewPassword) => {
            Ok(visitor.check_form(form)?)
        }
        Some(principal) => Ok(visitor.check_form_of(principal, form)?),
        // A form that has ended its session may come again.
        None => visitor.check_form(form).map_err(|_| Error::NotLogged.into()),
    }
}

/// Redirects to where a form ends.
fn lead(visitor: &Visitor, end: &End) -> HttpResponse {
    let response = visitor.redirect(&end.url);
    if end.logs_out {
        with_cookies(response, &visitor.session_cookies.remove(visitor.bridge.config()))
    } else {
        response
    }
}

/// Runs a change for the user who sent a form. `input` is what was parsed from the form: where it
/// breaks a rule, the change does not run, and waits for no permit.
pub(super) async fn run<I: Send + 'static, T: Send + 'static>(
    visitor: &Visitor,
    lane: Lane,
    input: Result<I>,
    change: impl FnOnce(&App, &Principal, I, Timestamp) -> Result<T> + Send + 'static,
) -> Result<T, Refusal> {
    let principal = visitor.principal.clone().ok_or(Error::NotLogged)?;
    let input = input?;
    let now = visitor.now;
    let work = move |app: &App| change(app, &principal, input, now);
    let result = match lane {
        Lane::Write => visitor.bridge.run(work).await,
        Lane::Hash => visitor.bridge.hash(work).await,
    };
    result.map_err(Refusal::Error)
}
