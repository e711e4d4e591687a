//! The forms of `/reset`: the request for a link, and the new password that a link sets.

use std::time::Duration;

use actix_web::HttpResponse;

use super::action::respond;
use super::refusal::{FormPage, Refusal};
use crate::domain::accounts::new_password::NewPassword;
use crate::domain::password_links::{self, request};
use crate::error::Result;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::login::{login_url_for, with_return_to};
use crate::http::pages::sendings::End;
use crate::http::pages::visitor::Visitor;

/// `POST /reset`
pub(in crate::http) async fn request_link(visitor: Visitor, form: Form) -> HttpResponse {
    respond(visitor, form, FormPage::Reset, request_one).await
}

/// How long the answer has the machine for itself: the work for a name that exists takes longer
/// than for one that does not, and would tell them apart by slowing the answer down.
const HEAD_START: Duration = Duration::from_millis(50);

/// The answer waits for the count of requests alone, which is the same for every name.
async fn request_one(visitor: &Visitor, form: &Form) -> Result<End, Refusal> {
    let now = visitor.now;
    let ip = visitor.device.ip;
    visitor.bridge.run(move |app| request::count(app, ip, now)).await?;
    let name = form.text("identifier").to_owned();
    let device = visitor.device.clone();
    visitor.bridge.run_later(HEAD_START, move |app| request::mail(app, &name, &device, now));
    let url = Flash::PasswordLinkRequested.url();
    Ok(End::at(with_return_to(url, form.text("return_to"))))
}

/// `POST /reset/password`
pub(in crate::http) async fn set_password(visitor: Visitor, form: Form) -> HttpResponse {
    respond(visitor, form, FormPage::NewPassword, set_one).await
}

async fn set_one(visitor: &Visitor, form: &Form) -> Result<End, Refusal> {
    let password = NewPassword::parse(form.password("new_password"), visitor.bridge.config())?;
    let link = form.text("link").to_owned();
    let device = visitor.device.clone();
    let now = visitor.now;
    let set = move |app: &_| password_links::set_password(app, &link, &password, &device, now);
    let user = visitor.bridge.hash(set).await?;
    let url = login_url_for(Flash::PasswordReset, &user.username);
    // Every session of the user has ended, but a session of another user goes on.
    let is_other = visitor.principal.as_ref().is_some_and(|principal| principal.user.id != user.id);
    Ok(if is_other { End::at(url) } else { End::logged_out(url) })
}
