//! Request bodies: one JSON object, small, and unambiguous.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::envelope::Failure;
use crate::error::{Error, Result};

/// The largest body, in bytes.
const LIMIT: usize = 16 * 1024;
/// How long a body may take to arrive: the framework times only the head.
const PATIENCE: Duration = Duration::from_secs(30);
const MEDIA_TYPE: &str = "application/json";

/// A JSON object whose keys are all different.
#[derive(Debug)]
pub(super) struct Object(Map<String, Value>);

impl Object {
    /// Takes a field out; `null` counts as absent.
    pub(super) fn take(&mut self, field: &str) -> Option<Value> {
        self.0.remove(field).filter(|value| !value.is_null())
    }
}

impl FromRequest for Object {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let acceptable = check_head(request);
        let payload = web::Payload::from_request(request, payload);
        Box::pin(async move {
            acceptable?;
            let payload = payload.await.map_err(|_| Error::InvalidRequest)?;
            let body = timeout(PATIENCE, payload.to_bytes_limited(LIMIT)).await;
            let body =
                body.map_err(|_| Error::InvalidRequest)?.map_err(|_| TOO_LARGE)?.map_err(|_| Error::InvalidRequest)?;
            serde_json::from_slice(&body).map_err(|_| Error::InvalidRequest.into())
        })
    }
}

fn check_head(request: &HttpRequest) -> Result<()> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let media_type = header(CONTENT_TYPE).and_then(|value| value.split(';').next()).unwrap_or("").trim();
    if !media_type.eq_ignore_ascii_case(MEDIA_TYPE) {
        return Err(Error::UnsupportedMediaType { expected: MEDIA_TYPE });
    }
    match header(CONTENT_LENGTH).and_then(|value| value.parse::<usize>().ok()) {
        Some(length) if length > LIMIT => Err(TOO_LARGE),
        _ => Ok(()),
    }
}

const TOO_LARGE: Error = Error::PayloadTooLarge { limit: LIMIT };

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Keys)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Object, A::Error> {
        let mut map = Map::new();
        while let Some((key, value)) = access.next_entry::<String, Value>()? {
            if map.insert(key, value).is_some() {
                return Err(A::Error::custom("a key is repeated"));
            }
        }
        Ok(Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_object_with_different_keys_is_read() {
        let read = |text: &str| serde_json::from_str::<Object>(text).is_ok();
        assert!(read(r#"{"a": 1, "b": {"a": 2}}"#) && read("{}"));
        for text in [
            "",
            "null",
            "1",
            "[]",
            "\"a\"",
            r#"{"a": 1, "a": 1}"#,
            r#"{"a": 1, "\u0061": 1}"#,
            "{}{}",
            r#"{"a": "\ud800"}"#,
        ] {
            assert!(!read(text), "{text}");
        }
    }
}
