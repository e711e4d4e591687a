//! The form of `/account` with which somebody deletes their account.

use actix_web::HttpResponse;

use super::account::is_mailed_when_due;
use super::action::{Lane, work};
use super::flash::Flash;
use super::form::Form;
use super::frame::with_cookie;
use super::visitor::Visitor;
use crate::domain::App;
use crate::domain::accounts::deletion::{DeletionRequest, delete};
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::factors::email::{self, Asker};
use crate::domain::principal::Principal;
use crate::error::{Error, Result};
use crate::http::cookie;
use crate::time::Timestamp;

/// `POST /account/delete`: by the password, and by a code too where a second factor is on.
pub(in crate::http) async fn delete_account(visitor: Visitor, form: Form) -> HttpResponse {
    let check = PasswordCheck::Required(form.current_password());
    let request = form.code().map(|code| DeletionRequest { check, code });
    match work(&visitor, &form, (Lane::Hashing, request), try_it).await {
        Ok(()) => with_cookie(
            visitor.redirect(Flash::AccountDeleted.url()),
            &cookie::removal(visitor.bridge.config()),
        ),
        Err(refused) => refused,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is work that is handed on")]
fn try_it(
    app: &App,
    principal: &Principal,
    request: DeletionRequest,
    now: Timestamp,
) -> Result<()> {
    let deleted = delete(app, principal, &request, now);
    let is_due = matches!(deleted, Err(Error::VerificationRequired { .. }));
    if is_due && is_mailed_when_due(app, principal) && !email::is_mailed(app, &principal.user, now)?
    {
        // The code before is used, and it is too soon for another: this says when.
        email::send(app, Asker::Session(Box::new(principal.clone())), now)?;
    }
    deleted
}
