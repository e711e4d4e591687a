//! `/account/recovery-codes`: new recovery codes, until their user says that they are kept.

use actix_web::HttpResponse;
use askama::Template;

use super::frame::{Frame, Message, fault_response};
use super::login::redirect_after_login;
use super::visitor::Visitor;
use crate::domain::factors::recovery::RecoveryCodes;
use crate::domain::factors::shown::{mark, shown};

/// The path of the page.
pub(super) const RECOVERY_CODES: &str = "/account/recovery-codes";

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct RecoveryCodesPage<'a> {
    frame: Frame<'a>,
    codes: &'a RecoveryCodes,
    /// The codes as the content of a `data:` URL.
    file: String,
    /// Names these codes.
    mark: String,
    /// Where the user goes on to.
    return_to: &'a str,
}

/// `GET /account/recovery-codes`
pub(in crate::http) async fn show_recovery_codes(visitor: Visitor) -> HttpResponse {
    let Some(principal) = &visitor.principal else {
        return visitor.redirect("/login?return_to=/account/recovery-codes");
    };
    match visitor.bridge.read(|app| shown(app, principal, visitor.now)) {
        Ok(codes) if codes.is_empty() => redirect_after_login(&visitor),
        Ok(codes) => {
            let file = codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join("%0A");
            let frame = visitor.frame(visitor.t.recovery_codes, Message::None);
            let mark = mark(visitor.bridge.app(), principal, &codes);
            let return_to = visitor.query("return_to");
            let page = RecoveryCodesPage { frame, codes: &codes, file, mark, return_to };
            visitor.show(200, page.render())
        }
        Err(error) => fault_response(error),
    }
}
