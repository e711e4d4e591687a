//! `/email/confirmation`: where the link in a mail leads. Opening it changes nothing, since mail
//! programs open links to check them; a button does.

use actix_web::HttpResponse;
use askama::Template;

use super::form::Form;
use super::frame::{Frame, Message};
use super::notice::NoticePage;
use super::visitor::Visitor;
use crate::domain::email_confirmation::{LinkedAddress, linked_address};

#[derive(Template)]
#[template(path = "confirmation.html")]
struct ConfirmationPage<'a> {
    frame: Frame<'a>,
    /// The token of the link.
    token: &'a str,
    /// The address that it confirms, if the link is good.
    address: Option<String>,
}

/// `GET /email/confirmation?token=`
pub(in crate::http) async fn show_confirmation(visitor: Visitor) -> HttpResponse {
    match address_of_link(&visitor, visitor.query("token")) {
        Some(linked) if linked.is_confirmed => {
            let message = Message::Success(visitor.t.address_confirmed_before);
            confirmation_result_page(&visitor, &Form::default(), message, 200)
        }
        // Whether the link is good is found when it is used.
        _ => confirmation_page(&visitor, &Form::default(), Message::None, 200),
    }
}

fn address_of_link(visitor: &Visitor, token: &str) -> Option<LinkedAddress> {
    visitor.bridge.read(|app| linked_address(app, token, visitor.now)).ok().flatten()
}

/// The page with the button.
pub(super) fn confirmation_page(
    visitor: &Visitor,
    form: &Form,
    message: Message,
    status: u16,
) -> HttpResponse {
    let token = form.get("link").unwrap_or_else(|| visitor.query("token"));
    let page = ConfirmationPage {
        frame: visitor.frame_of(form, visitor.t.confirm_address, message),
        token,
        address: address_of_link(visitor, token).and_then(|linked| linked.address),
    };
    visitor.show(status, page.render())
}

/// The page that says whether the address is confirmed.
pub(super) fn confirmation_result_page(
    visitor: &Visitor,
    form: &Form,
    message: Message,
    status: u16,
) -> HttpResponse {
    let t = visitor.t;
    let (url, label) = match &visitor.principal {
        Some(_) => ("/account", t.your_account),
        None => ("/login", t.log_in),
    };
    let page = NoticePage {
        frame: visitor.frame_of(form, t.confirm_address, message),
        refresh: None,
        text: "",
        url,
        label,
    };
    visitor.show(status, page.render())
}
