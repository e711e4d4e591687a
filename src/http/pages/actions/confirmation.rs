//! The form of `/email/confirmation`.

use actix_web::HttpResponse;

use super::refusal::{FormPage, Refusal, refuse};
use crate::domain::email_confirmation::{Confirmed, confirm};
use crate::http::pages::confirmation::confirmation_result_page;
use crate::http::pages::form::Form;
use crate::http::pages::frame::Message;
use crate::http::pages::visitor::Visitor;

/// `POST /email/confirmation`
pub(in crate::http) async fn confirm_email(visitor: Visitor, form: Form) -> HttpResponse {
    match try_confirm(&visitor, &form).await {
        Ok(confirmed) => {
            let message = Message::Success(match confirmed {
                Confirmed::Now => visitor.t.address_confirmed,
                Confirmed::Before => visitor.t.address_confirmed_before,
            });
            confirmation_result_page(&visitor, &form, message, 200)
        }
        Err(refusal) => refuse(&visitor, &form, FormPage::Confirmation, &refusal),
    }
}

async fn try_confirm(visitor: &Visitor, form: &Form) -> Result<Confirmed, Refusal> {
    visitor.check_form(form)?;
    let token = form.text("link").to_owned();
    let device = visitor.device.clone();
    let now = visitor.now;
    Ok(visitor.bridge.run(move |app| confirm(app, &token, &device, now)).await?)
}
