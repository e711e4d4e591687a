//! The form of `/account` that answers with everything about the account, as a file.

use std::io::Write;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::{HttpRequest, HttpResponse};

use super::action::{Lane, check, run};
use super::refusal::{FormPage, Refusal, refuse};
use crate::domain::App;
use crate::domain::accounts::export::{Export, ExportRequest};
use crate::domain::principal::Principal;
use crate::error::{Error, Result};
use crate::http::pages::form::Form;
use crate::http::pages::frame::SECURITY;
use crate::http::pages::visitor::Visitor;
use crate::http::written;
use crate::time::Timestamp;

/// `POST /account/export`
pub(in crate::http) async fn export_account(
    request: HttpRequest,
    visitor: Visitor,
    form: Form,
) -> HttpResponse {
    match try_export(&request, &visitor, &form).await {
        Ok(file) => file,
        Err(refusal) => refuse(&visitor, &form, FormPage::Account, &refusal),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "an action owns its input")]
fn begin(
    app: &App,
    principal: &Principal,
    request: ExportRequest,
    now: Timestamp,
) -> Result<Export> {
    Export::of_principal(app, principal, &request, now)
}

async fn try_export(
    request: &HttpRequest,
    visitor: &Visitor,
    form: &Form,
) -> Result<HttpResponse, Refusal> {
    check(visitor, form, FormPage::Account)?;
    let principal = visitor.principal.as_ref().ok_or(Error::NotLogged)?;
    let permit = visitor.bridge.export(principal.user.id).await?;
    let wanted = ExportRequest { password: form.current_password(), language: visitor.language };
    let export = run(visitor, Lane::Hash, Ok(wanted), begin).await?;
    let disposition = format!("attachment; filename=\"{}.json\"", export.username());
    let now = visitor.now;
    let body = written::body(request, visitor.bridge.shared_app(), permit, move |app, to| {
        export.make(app, now, |document| {
            serde_json::to_writer_pretty(&mut *to, document).map_err(written::not_written)?;
            writeln!(to).and_then(|()| to.flush()).map_err(written::not_written)
        })
    });
    let mut response = HttpResponse::Ok();
    for header in SECURITY {
        response.insert_header(header);
    }
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, disposition))
        .content_type("application/json");
    Ok(response.streaming(body))
}
