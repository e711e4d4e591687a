//! How a form of `/account` is run: who sent it, on which lane it runs, and where it leads.

use actix_web::HttpResponse;

use super::account::account_page;
use super::flash::Flash;
use super::form::Form;
use super::frame::Message;
use super::refusal::{log_in_again, refuse};
use super::visitor::Visitor;
use crate::domain::App;
use crate::domain::principal::Principal;
use crate::error::Result;
use crate::time::Timestamp;

/// Whether a change computes a hash, and so waits in the queue of those.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    Plain,
    Hashing,
}

/// Makes a change that somebody asks for with a form of theirs, and leads back to the page, which
/// says what was done.
///
/// What was read from the form is handed in, so that what breaks its rules does not wait for
/// anything.
pub(super) async fn act<I: Send + 'static>(
    visitor: Visitor,
    form: Form,
    (lane, done): (Lane, Flash),
    read: Result<I>,
    change: impl FnOnce(&App, &Principal, I, Timestamp) -> Result<()> + Send + 'static,
) -> HttpResponse {
    match work(&visitor, &form, (lane, read), change).await {
        Ok(()) => visitor.redirect(done.url()),
        Err(refused) => refused,
    }
}

/// The same for a change that leaves something to show; the answer, where it is refused.
pub(super) async fn work<I: Send + 'static, T: Send + 'static>(
    visitor: &Visitor,
    form: &Form,
    (lane, read): (Lane, Result<I>),
    change: impl FnOnce(&App, &Principal, I, Timestamp) -> Result<T> + Send + 'static,
) -> Result<T, HttpResponse> {
    let principal = check(visitor, form)?;
    let now = visitor.now;
    let changed = match read {
        Err(error) => Err(error),
        Ok(input) => {
            let change = move |app: &App| change(app, &principal, input, now);
            match lane {
                Lane::Plain => visitor.bridge.run(change).await,
                Lane::Hashing => visitor.bridge.hash(change).await,
            }
        }
    };
    changed.map_err(|error| refuse(visitor, &error, form))
}

/// Who sent a form of theirs; the answer, where nobody did.
pub(super) fn check(visitor: &Visitor, form: &Form) -> Result<Principal, HttpResponse> {
    match &visitor.principal {
        None => Err(log_in_again(visitor)),
        Some(_) if !visitor.has_valid_csrf_token(form) => {
            Err(account_page(visitor, Message::Error(visitor.t.form_expired.into()), 403, form))
        }
        Some(principal) => Ok(principal.clone()),
    }
}
