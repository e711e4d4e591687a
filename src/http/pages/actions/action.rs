//! How a form of `/account` is run: for whom, on which lane, and where it leads.

use actix_web::HttpResponse;

use super::refusal::{FormPage, Refusal, refuse};
use crate::domain::App;
use crate::domain::principal::Principal;
use crate::error::{Error, Result};
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
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
        match run(&visitor, &form, self.lane, input, change).await {
            Ok(_) => visitor.redirect(self.done.url()),
            Err(refusal) => refuse(&visitor, &form, FormPage::Account, &refusal),
        }
    }
}

/// Runs a change for the user who sent a form. `input` is what was parsed from the form: where it
/// breaks a rule, the change does not run, and waits for no permit.
pub(super) async fn run<I: Send + 'static, T: Send + 'static>(
    visitor: &Visitor,
    form: &Form,
    lane: Lane,
    input: Result<I>,
    change: impl FnOnce(&App, &Principal, I, Timestamp) -> Result<T> + Send + 'static,
) -> Result<T, Refusal> {
    let principal = visitor.principal.clone().ok_or(Error::NotLogged)?;
    visitor.check_form_of(&principal, form)?;
    let input = input?;
    let now = visitor.now;
    let work = move |app: &App| change(app, &principal, input, now);
    let result = match lane {
        Lane::Write => visitor.bridge.run(work).await,
        Lane::Hash => visitor.bridge.hash(work).await,
    };
    result.map_err(Refusal::Error)
}
