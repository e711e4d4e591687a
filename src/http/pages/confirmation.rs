//! `/email/confirmation`: where the link in a mail leads. Opening it changes nothing, since mail
//! programs open links to look at them; a button does.

use actix_web::HttpResponse;
use askama::Template;

use super::form::Form;
use super::frame::{Frame, Message};
use super::message::MessagePage;
use super::refusal::{explain, status};
use super::visitor::Visitor;
use crate::domain::email_confirmation;
use crate::error::Error;

#[derive(Template)]
#[template(path = "confirmation.html")]
struct ConfirmationPage<'a> {
    frame: Frame<'a>,
    /// The token of the link.
    link: &'a str,
}

/// `GET /email/confirmation?token=`
pub(in crate::http) async fn show_confirmation(visitor: Visitor) -> HttpResponse {
    let frame = visitor.frame(visitor.t.confirm_address, Message::None);
    visitor.show(200, ConfirmationPage { frame, link: visitor.query("token") }.render())
}

/// `POST /email/confirmation`
pub(in crate::http) async fn confirm_email(visitor: Visitor, form: Form) -> HttpResponse {
    let t = visitor.t;
    let link = form.text("link").to_owned();
    if !visitor.has_valid_csrf_token(&form) {
        let frame = visitor.frame(t.confirm_address, Message::Error(t.form_expired.into()));
        return visitor.show(403, ConfirmationPage { frame, link: &link }.render());
    }
    let (device, now) = (visitor.device.clone(), visitor.now);
    let confirmed =
        visitor.bridge.run(move |app| email_confirmation::confirm(app, &link, &device, now)).await;
    let (message, code) = match &confirmed {
        Ok(()) => (Message::Success(t.address_confirmed), 200),
        Err(error @ Error::NotFound { .. }) => {
            (Message::Error(t.link_expired.into()), status(error))
        }
        Err(error) => (explain(t, error, now), status(error)),
    };
    let frame = visitor.frame(t.confirm_address, message);
    visitor.show(
        code,
        MessagePage { frame, refresh: None, text: "", url: "/account", label: t.your_account }
            .render(),
    )
}
