//! The form of `/account` that deletes the account.

use actix_web::HttpResponse;

use super::action::{Lane, respond, run};
use super::refusal::FormPage;
use crate::domain::App;
use crate::domain::accounts::deletion::{DeletionRequest, delete};
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::factors::email::{self, Asker};
use crate::domain::factors::mails_code_on_demand;
use crate::domain::principal::Principal;
use crate::error::{Error, Result};
use crate::http::pages::deleted::DELETED;
use crate::http::pages::form::Form;
use crate::http::pages::sendings::End;
use crate::http::pages::visitor::Visitor;
use crate::time::Timestamp;

/// `POST /account/delete`: by the password, and by a code too where a second factor is on.
pub(in crate::http) async fn delete_account(visitor: Visitor, form: Form) -> HttpResponse {
    let work = async |visitor: &Visitor, form: &Form| {
        run(visitor, Lane::Hash, parse_deletion(form), delete_or_mail_code).await?;
        Ok(End::logged_out(DELETED))
    };
    respond(visitor, form, FormPage::Account, work).await
}

fn parse_deletion(form: &Form) -> Result<DeletionRequest> {
    let check = PasswordCheck::Required(form.current_password());
    Ok(DeletionRequest { check, code: form.code("code")? })
}

/// Deletes the account. Where a code is demanded that is mailed, the user learns when none could be
/// mailed: the last one is used already, and it is too soon for another.
#[expect(clippy::needless_pass_by_value, reason = "an action owns its input")]
fn delete_or_mail_code(
    app: &App,
    principal: &Principal,
    request: DeletionRequest,
    now: Timestamp,
) -> Result<()> {
    let result = delete(app, principal, &request, now);
    if matches!(result, Err(Error::VerificationRequired { .. }))
        && mails_code_on_demand(app, &principal.user)
        && !email::is_mailed(app, &principal.user, now)?
    {
        email::send(app, Asker::Session(Box::new(principal.clone())), now)?;
    }
    result
}
