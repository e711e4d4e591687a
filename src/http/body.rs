//! Request bodies: one JSON object, small and unambiguous.

use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use tokio::time;

use super::bridge::Bridge;
use super::envelope::Failure;
use super::object::Object;
use super::phase::SharedPhase;
use crate::error::{Error, Result};

const MEDIA_TYPE: &str = "application/json";

type Read<T> = Pin<Box<dyn Future<Output = Result<T, Failure>>>>;

/// A body of at most `LIMIT` bytes that is a JSON object.
pub(super) struct Body<const LIMIT: usize = DEFAULT_LIMIT>(pub Object);

/// A [`Body`] for endpoints whose fields are all optional: a request without a body counts as an
/// empty object, whatever content type it names.
pub(super) struct OptionalBody<const LIMIT: usize = DEFAULT_LIMIT>(pub Object);

/// The limit of most endpoints.
const DEFAULT_LIMIT: usize = 16 * 1024;
/// The limit of a profile: ten links of full length and a long text, with every character escaped.
pub(super) const PROFILE_LIMIT: usize = 256 * 1024;
/// How much of a body that is ignored may be sent.
const IGNORED_LIMIT: usize = 16 * 1024 * 1024;

impl<const LIMIT: usize> FromRequest for Body<LIMIT> {
    type Error = Failure;
    type Future = Read<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !is_json(request) {
            return Box::pin(async { Err(UNSUPPORTED.into()) });
        }
        let body = read(request, payload, LIMIT);
        Box::pin(async { Ok(Self(Object::read(&body.await?)?)) })
    }
}

impl<const LIMIT: usize> FromRequest for OptionalBody<LIMIT> {
    type Error = Failure;
    type Future = Read<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = is_json(request);
        let body = read(request, payload, LIMIT);
        Box::pin(async move {
            match body.await? {
                body if body.is_empty() => Ok(Self(Object::default())),
                body if is_json => Ok(Self(Object::read(&body)?)),
                _ => Err(UNSUPPORTED.into()),
            }
        })
    }
}

const UNSUPPORTED: Error = Error::UnsupportedMediaType { expected: MEDIA_TYPE };

/// Whether the content type is JSON in UTF-8 (RFC 8259, 8.1). It may be there twice: browsers join
/// two headers of one name by a comma.
fn is_json(request: &HttpRequest) -> bool {
    let mut headers = request.headers().get_all(CONTENT_TYPE).peekable();
    headers.peek().is_some()
        && headers.all(|value| value.to_str().is_ok_and(|types| types.split(',').all(is_json_type)))
}

fn is_json_type(text: &str) -> bool {
    let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_utf_8 = |part: String| {
        part.strip_prefix("charset=").is_none_or(|name| name.trim_matches('"') == "utf-8")
    };
    parts.next().is_some_and(|media_type| media_type == MEDIA_TYPE) && parts.all(is_utf_8)
}

/// Reads the whole body, of at most `limit` bytes.
pub(super) fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    limit: usize,
) -> impl Future<Output = Result<Bytes>> + use<> {
    let is_plain = is_plain(request);
    let is_coded = !is_plain && declared_length(request).is_some_and(|length| length > 0);
    let allowance = Allowance::of_body(request, limit);
    let body = receive(request, payload, allowance, move |payload| async move {
        let body = payload.to_bytes_limited(limit).await;
        let body = body.map_err(|_| Error::PayloadTooLarge { limit })?;
        let body = body.map_err(|_| Error::InvalidRequest)?;
        // An empty body is empty in every coding.
        if is_plain || body.is_empty() { Ok(body) } else { Err(COMPRESSED) }
    });
    async move { if is_coded { Err(COMPRESSED) } else { body.await } }
}

/// Compressed bodies are refused: a small one may expand to a thousand times its size.
pub(super) const COMPRESSED: Error = Error::UnsupportedMediaType { expected: "uncompressed" };

/// Whether a body is sent without compression.
pub(super) fn is_plain(request: &HttpRequest) -> bool {
    request
        .headers()
        .get_all(CONTENT_ENCODING)
        .all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// The `Content-Length` in bytes.
pub(super) fn declared_length(request: &HttpRequest) -> Option<usize> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// How large a body may be, and how long it may take. The framework times only the head.
#[derive(Clone, Copy)]
pub(super) struct Allowance {
    /// In bytes.
    pub limit: usize,
    pub timeout: Duration,
}

impl Allowance {
    /// Takes the timeout from `limits.body_timeout`.
    fn of_body(request: &HttpRequest, limit: usize) -> Self {
        let timeout = Bridge::of(request).map(|bridge| bridge.config().limits.body_timeout.into());
        Self { limit, timeout: timeout.unwrap_or_default() }
    }
}

/// Runs `take` on the body, within the timeout. A body whose `Content-Length` is above the limit is
/// not read at all; the limit of one without is for `take` to check.
pub(super) fn receive<T, Taking, Taken>(
    request: &HttpRequest,
    payload: &mut Payload,
    Allowance { limit, timeout }: Allowance,
    take: Taking,
) -> impl Future<Output = Result<T>> + use<T, Taking, Taken>
where
    Taking: FnOnce(web::Payload) -> Taken,
    Taken: Future<Output = Result<T>>,
{
    let length = declared_length(request);
    let payload = web::Payload::from_request(request, payload);
    let phase = request.conn_data::<SharedPhase>().cloned();
    async move {
        let _reading = phase.as_ref().map(SharedPhase::read_body);
        if length.is_some_and(|length| length > limit) {
            return Err(Error::PayloadTooLarge { limit });
        }
        let payload = payload.await.map_err(|_| Error::InvalidRequest)?;
        time::timeout(timeout, take(payload)).await.map_err(|_| Error::TooSlow)?
    }
}

/// A body of any content, which is read and ignored. Without reading it, the server would close the
/// connection while the client still sends, and the client might not see the answer.
pub(super) struct Ignored;

impl FromRequest for Ignored {
    type Error = Failure;
    type Future = Read<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let allowance = Allowance::of_body(request, usize::MAX);
        let body = receive(request, payload, allowance, |mut payload| async move {
            let mut left = IGNORED_LIMIT;
            while let Some(Ok(chunk)) = payload.next().await {
                left = left
                    .checked_sub(chunk.len())
                    .ok_or(Error::PayloadTooLarge { limit: IGNORED_LIMIT })?;
            }
            Ok(Self)
        });
        Box::pin(async { Ok(body.await?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn content_type_json_may_be_there_twice() {
        let is = |headers: &[&'static str]| {
            let request = headers.iter().fold(TestRequest::default(), |request, value| {
                request.append_header((CONTENT_TYPE, *value))
            });
            is_json(&request.to_http_request())
        };
        assert!(
            is(&["application/json"]) && is(&["Application/JSON; charset=utf-8, application/json"])
        );
        assert!(is(&["application/json", "application/json"]));
        for other in [
            &[][..],
            &[""],
            &["text/plain"],
            &["application/json, text/plain"],
            &["application/json,"],
        ] {
            assert!(!is(other), "{other:?}");
        }
        assert!(
            !is(&["application/json", "text/plain"]) && !is(&["application/json; charset=latin1"])
        );
    }
}
