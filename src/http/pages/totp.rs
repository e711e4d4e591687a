//! `/account/totp`: the authenticator app that waits for its first code.

use actix_web::HttpResponse;
use askama::Template;
use zeroize::Zeroizing;

use super::frame::{Feedback, Frame, Message, fault_response};
use super::place::{self, Place};
use super::visitor::Visitor;
use crate::domain::factors::totp;
use crate::error::Result;
use crate::qr;

#[derive(Template)]
#[template(path = "totp.html")]
struct TotpPage<'a> {
    frame: Frame<'a>,
    /// The QR code as an SVG element.
    picture: &'a str,
    /// In groups of four.
    secret: Zeroizing<String>,
    otpauth_url: &'a str,
}

/// `GET /account/totp`
pub(in crate::http) async fn show_totp(visitor: Visitor) -> HttpResponse {
    if visitor.principal.is_none() {
        return visitor.redirect("/login?return_to=/account/totp");
    }
    match totp_page(&visitor, Feedback { message: Message::None, place: Place::TOP }, 200) {
        Ok(Some(page)) => page,
        Ok(None) => visitor.redirect("/account"),
        Err(error) => fault_response(error),
    }
}

/// The element of an SVG document: an XML declaration has no place within HTML.
pub(super) fn svg_element(document: &str) -> &str {
    document.split_once("?>").map_or(document, |(_, element)| element)
}

/// The page of the app that is being set up, if there is one.
pub(super) fn totp_page(
    visitor: &Visitor,
    feedback: Feedback,
    status: u16,
) -> Result<Option<HttpResponse>> {
    let Some(principal) = &visitor.principal else { return Ok(None) };
    let pending = visitor.bridge.read(|app| totp::pending(app, principal, visitor.now))?;
    let Some(enrollment) = pending else { return Ok(None) };
    let document = qr::svg(&enrollment.otpauth_url)?;
    let mut page = TotpPage {
        frame: visitor.frame(visitor.t.set_up_app, feedback.message),
        picture: svg_element(&document),
        secret: enrollment.secret_in_groups(),
        otpauth_url: &enrollment.otpauth_url,
    };
    let html = place::render(feedback.place, |place| {
        page.frame.place = place;
        page.render()
    });
    Ok(Some(visitor.show(status, html)))
}
