//! `/account/deleted`: where the deletion of an account ends.

use actix_web::HttpResponse;

use askama::Template;

use super::frame::Message;
use super::notice::NoticePage;
use super::visitor::Visitor;

/// The path of the page.
pub(super) const DELETED: &str = "/account/deleted";

/// `GET /account/deleted`
pub(in crate::http) async fn show_deleted(visitor: Visitor) -> HttpResponse {
    // A user who is logged in has an account still.
    if visitor.principal.is_some() {
        return visitor.redirect("/account");
    }
    let t = visitor.t;
    let page = NoticePage {
        frame: visitor.frame(t.account_deleted, Message::None),
        refresh: None,
        text: t.account_deleted_text,
        url: "/",
        label: t.to_start,
    };
    visitor.show(200, page.render())
}
