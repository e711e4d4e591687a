//! `/logout`: where other programs lead users who want to log out. Opening it ends no session,
//! since any page could lead a browser there; a button does.

use actix_web::HttpResponse;
use askama::Template;

use super::frame::{Frame, Message};
use super::visitor::Visitor;

#[derive(Template)]
#[template(path = "log_out.html")]
struct LogOutPage<'a> {
    frame: Frame<'a>,
    display: &'a str,
}

/// `GET /logout`. Without a session, it redirects to the login.
pub(in crate::http) async fn show_log_out(visitor: Visitor) -> HttpResponse {
    let Some(principal) = &visitor.principal else { return visitor.redirect("/login") };
    let frame = visitor.frame(visitor.t.log_out, Message::None);
    let page = LogOutPage { frame, display: &principal.user.display };
    visitor.show(200, page.render())
}
