//! Reads what a browser still sends of a body that was refused.
//!
//! A browser reads no answer before it has sent its whole form, and shows an error page of its own
//! where the connection ends before that. So the rest is read and thrown away first, within the
//! bounds of a body that is wanted.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::Method;
use actix_web::http::header::UPGRADE;
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest};
use futures_util::{Stream, StreamExt};
use tokio::time::timeout;

use super::body::declared_length;
use super::bridge::Bridge;
use super::extract::caller;
use super::phase::SharedPhase;
use super::upload::bounded;

/// How much of a refused body is discarded, in bytes: more than any picture of a camera has.
const LIMIT: usize = 64 << 20;

/// A body of which a handler may leave a part.
#[derive(Clone)]
pub(super) struct Body(Rc<RefCell<Source>>);

struct Source {
    payload: Payload,
    has_ended: bool,
}

impl Body {
    /// The body of a request, which its handler reads through this; `None` where it has none.
    pub(super) fn share(request: &mut ServiceRequest) -> Option<Self> {
        // To the framework's parser, the body of a tunnel has no end.
        if request.method() == Method::CONNECT || request.headers().contains_key(UPGRADE) {
            return None;
        }
        let payload = request.take_payload();
        if matches!(payload, Payload::None) {
            return None;
        }
        let body = Self(Rc::new(RefCell::new(Source { payload, has_ended: false })));
        request.set_payload(Payload::Stream { payload: Box::pin(body.clone()) });
        Some(body)
    }

    /// Reads what the handler has left. A client that is slower than an upload may be, or sends
    /// more than [`LIMIT`], is left to itself: the connection ends behind the answer.
    pub(super) async fn discard(self, request: &HttpRequest) {
        let Ok(bridge) = Bridge::of(request) else { return };
        let is_too_large = declared_length(request).is_some_and(|length| length > LIMIT);
        if self.0.borrow().has_ended || is_too_large {
            return;
        }
        let limits = &bridge.config().limits;
        let deadline: Duration = match caller(request) {
            Ok(_) => limits.upload_timeout.into(),
            Err(_) => limits.body_timeout.into(),
        };
        let _reading = request.conn_data().map(SharedPhase::read_body);
        let rest = bounded(self, LIMIT, limits.stall_timeout.into(), Rc::default());
        let read =
            rest.take_while(|chunk| std::future::ready(chunk.is_ok())).for_each(|_| async {});
        // After the deadline, the answer is sent all the same.
        let _ = timeout(deadline, read).await;
    }
}

impl Stream for Body {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut source = self.0.borrow_mut();
        let chunk = ready!(source.payload.poll_next_unpin(context));
        source.has_ended |= !matches!(chunk, Some(Ok(_)));
        Poll::Ready(chunk)
    }
}
