//! The page that shows new recovery codes, once.

use actix_web::HttpResponse;
use askama::Template;

use super::frame::{Frame, Message};
use super::visitor::Visitor;
use crate::domain::factors::recovery::RecoveryCodes;

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct RecoveryCodesPage<'a> {
    frame: Frame<'a>,
    codes: &'a RecoveryCodes,
    /// The codes as the content of a `data:` URL.
    file: String,
}

pub(super) fn recovery_codes_page(visitor: &Visitor, codes: &RecoveryCodes) -> HttpResponse {
    let file = codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join("%0A");
    let frame = visitor.frame(visitor.t.recovery_codes, Message::None);
    visitor.show(200, RecoveryCodesPage { frame, codes, file }.render())
}
