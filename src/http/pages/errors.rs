//! The page for a request that is refused before a form or a page can say why: a method, a size, a
//! type, an address, or a fault.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ALLOW, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::frame::Message;
use super::notice::{NoticePage, with_help};
use super::visitor::Visitor;
use super::{REQUEST_TIMEOUT, form_page};
use crate::error::{Error, Result};
use crate::http::discard;
use crate::http::envelope::Failure;
use crate::http::layer::Next;
use crate::words::Texts;

/// Answers every failure on a path of the pages with a page, once the browser has sent all of its
/// form: it reads no answer before.
pub(in crate::http) async fn layer<B: MessageBody>(
    mut request: ServiceRequest,
    next: impl Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let body = discard::Body::share(&mut request);
    let response = next(request).await?;
    let failure = response.response().error().map(|error| error.as_error::<Failure>());
    let is_slow =
        matches!(failure, Some(Some(failure)) if matches!(failure.error(), Error::TooSlow));
    let page = failure.map(|failure| {
        let request = response.request();
        if let Some(failure) = failure {
            failure.log(request);
        }
        error_page(request, response.response(), failure.map(Failure::error))
    });
    if let Some(body) = body
        && !is_slow
    {
        body.discard(response.request()).await;
    }
    Ok(match page {
        Some(Ok(page)) => response.into_response(page).map_into_right_body(),
        // Without a page, the line of text is all that is left.
        Some(Err(_)) | None => response.map_into_left_body(),
    })
}

/// The page for a failure; without one, it is the framework's own, such as a path that cannot be
/// decoded.
fn error_page<B>(
    request: &HttpRequest,
    refused: &HttpResponse<B>,
    error: Option<&Error>,
) -> Result<HttpResponse> {
    // The language may be that of the reader's account, which a fault can keep out of reach.
    let visitor = Visitor::of(request).or_else(|_| Visitor::without_session(request))?;
    let t = visitor.t;
    let sentence = error.map_or(t.unreadable, |error| sentence(t, error));
    let text = if sentence == t.server_error {
        with_help(&visitor, sentence)
    } else {
        sentence.to_owned()
    };
    let page = NoticePage {
        frame: visitor.frame(t.not_done, Message::None),
        refresh: None,
        text: &text,
        url: form_page(request.path()),
        label: t.go_back,
    };
    let status = match error {
        Some(Error::TooSlow) => REQUEST_TIMEOUT,
        _ => refused.status().as_u16(),
    };
    let mut response = visitor.show(status, page.render());
    // Behind a request that is ambiguous, the connection has to close.
    response.head_mut().set_connection_type(refused.head().connection_type());
    for name in [ALLOW, RETRY_AFTER] {
        if let Some(value) = refused.headers().get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    Ok(response)
}

/// Why a request was refused, in the reader's language.
const fn sentence(t: &Texts, error: &Error) -> &'static str {
    match error {
        Error::MethodNotAllowed { .. } => t.wrong_method,
        Error::PayloadTooLarge { .. } => t.too_large,
        Error::UnsupportedMediaType { .. } => t.wrong_media_type,
        Error::TooSlow => t.too_slow,
        Error::InvalidRequest => t.unreadable,
        Error::ServerNotReady { .. } => t.busy,
        _ => t.server_error,
    }
}
