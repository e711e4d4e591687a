//! Request bodies: one JSON object, small and unambiguous; or a file.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpRequest};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::connection::Turn;
use super::envelope::Failure;
use super::extract::bridge;
use crate::error::{Error, Result};

/// How long a body may take to arrive: the framework times only the head.
const PATIENCE: Duration = Duration::from_secs(30);
const MEDIA_TYPE: &str = "application/json";

type Read<T> = Pin<Box<dyn Future<Output = Result<T, Failure>>>>;

/// A JSON object whose keys are all different.
#[derive(Debug, Default)]
pub(super) struct Object(Map<String, Value>);

impl Object {
    /// Takes a field out; `null` counts as absent.
    pub(super) fn take(&mut self, field: &str) -> Option<Value> {
        self.0.remove(field).filter(|value| !value.is_null())
    }

    /// Takes a text out.
    ///
    /// # Errors
    /// [`Error::InvalidField`] where it is something else.
    pub(super) fn text(&mut self, field: &'static str) -> Result<Option<String>> {
        match self.take(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Error::invalid(field, "must be a string")),
        }
    }

    /// Takes a text out and reads it.
    ///
    /// # Errors
    /// [`Error::InvalidField`] where it is no text, or what `parse` returns.
    pub(super) fn parse<T>(
        &mut self,
        field: &'static str,
        parse: impl FnOnce(String) -> Result<T>,
    ) -> Result<Option<T>> {
        self.text(field)?.map(parse).transpose()
    }

    /// Takes a list of texts out.
    ///
    /// # Errors
    /// [`Error::InvalidField`] where it is something else.
    pub(super) fn texts(&mut self, field: &'static str) -> Result<Option<Vec<String>>> {
        self.list(field, |item| if let Value::String(text) = item { Some(text) } else { None })
    }

    /// Takes a list of links out: texts, or the objects with a `value` that one dialect writes.
    ///
    /// # Errors
    /// [`Error::InvalidField`] where it is something else.
    pub(super) fn links(&mut self, field: &'static str) -> Result<Option<Vec<String>>> {
        self.list(field, |item| match item {
            Value::String(text) => Some(text),
            Value::Object(mut link) => match link.remove("value") {
                Some(Value::String(text)) => Some(text),
                _ => None,
            },
            _ => None,
        })
    }

    fn list(&mut self, field: &'static str, text: fn(Value) -> Option<String>) -> Result<Option<Vec<String>>> {
        match self.take(field) {
            None => Some(None),
            Some(Value::Array(items)) => items.into_iter().map(text).collect::<Option<Vec<_>>>().map(Some),
            Some(_) => None,
        }
        .ok_or(Error::invalid(field, "must be a list of strings"))
    }
}

/// An object that takes at most so many bytes.
pub(super) struct Body<const LIMIT: usize>(pub Object);

/// What most endpoints take.
pub(super) type SmallBody = Body<SMALL>;
const SMALL: usize = 16 * 1024;

/// A whole profile: ten links of full length are more than 16 KiB.
pub(super) type ProfileBody = Body<{ 64 * 1024 }>;

impl<const LIMIT: usize> FromRequest for Body<LIMIT> {
    type Error = Failure;
    type Future = Read<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !is_json(request) {
            return Box::pin(async { Err(UNSUPPORTED.into()) });
        }
        let body = read(request, payload, LIMIT);
        Box::pin(async { Ok(Self(object(&body.await?)?)) })
    }
}

/// The same, where an empty body counts as an empty object.
pub(super) struct OptionalBody(pub Object);

impl FromRequest for OptionalBody {
    type Error = Failure;
    type Future = Read<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = is_json(request);
        let body = read(request, payload, SMALL);
        Box::pin(async move {
            match body.await? {
                nothing if nothing.is_empty() => Ok(Self(Object::default())),
                body if is_json => Ok(Self(object(&body)?)),
                _ => Err(UNSUPPORTED.into()),
            }
        })
    }
}

const UNSUPPORTED: Error = Error::UnsupportedMediaType { expected: MEDIA_TYPE };

/// Whether a body says that it is JSON, which is in UTF-8 (RFC 8259, 8.1).
fn is_json(request: &HttpRequest) -> bool {
    let header = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mut parts = header.unwrap_or("").split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_utf_8 = |part: String| part.strip_prefix("charset=").is_none_or(|name| name.trim_matches('"') == "utf-8");
    parts.next().is_some_and(|media_type| media_type == MEDIA_TYPE) && parts.all(is_utf_8)
}

fn object(body: &[u8]) -> Result<Object> {
    serde_json::from_slice(body).map_err(|_| Error::InvalidRequest)
}

/// A body of any type, as large as a picture may be.
pub(super) struct File(pub Vec<u8>);

impl FromRequest for File {
    type Error = Failure;
    type Future = Read<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        match bridge(request) {
            Ok(bridge) => {
                let body = read(request, payload, bridge.config().limits.picture_bytes.get() as usize);
                Box::pin(async { Ok(Self(body.await?.into())) })
            }
            Err(error) => Box::pin(async { Err(error.into()) }),
        }
    }
}

/// The whole body, where it is no larger than `limit`. What is compressed is not read: it may be a thousand times as large.
pub(super) fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    limit: usize,
) -> impl Future<Output = Result<Bytes>> + 'static {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let is_plain =
        request.headers().get_all(CONTENT_ENCODING).all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    let payload = web::Payload::from_request(request, payload);
    let turn = request.conn_data::<Turn>().cloned();
    async move {
        let _shared = turn.as_ref().map(Turn::share);
        if !is_plain {
            return Err(Error::UnsupportedMediaType { expected: "uncompressed" });
        }
        let too_large = || Error::PayloadTooLarge { limit };
        if length.is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let payload = payload.await.map_err(|_| Error::InvalidRequest)?;
        let body = timeout(PATIENCE, payload.to_bytes_limited(limit)).await.map_err(|_| Error::InvalidRequest)?;
        body.map_err(|_| too_large())?.map_err(|_| Error::InvalidRequest)
    }
}

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
    use proptest::prelude::*;

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

    #[test]
    fn a_list_of_texts_may_hold_the_objects_that_one_dialect_writes() {
        let mut object: Object = serde_json::from_str(r#"{"links": ["a", {"label": "x", "value": "b"}]}"#).unwrap();
        assert_eq!(object.links("links").unwrap().unwrap(), ["a", "b"]);
        for bent in [r#"{"links": "a"}"#, r#"{"links": [1]}"#, r#"{"links": [{"label": "a"}]}"#] {
            assert!(serde_json::from_str::<Object>(bent).unwrap().links("links").is_err(), "{bent}");
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = || ".*|[a-d]".prop_map(String::from);
        let leaf = prop_oneof![Just(Value::Null), any::<i64>().prop_map(Value::from), text().prop_map(Value::from)];
        leaf.prop_recursive(3, 16, 4, move |value| {
            let list = prop::collection::vec(value.clone(), 0..4).prop_map(Value::from);
            prop_oneof![list, prop::collection::hash_map(text(), value, 0..4).prop_map(|map| map.into_iter().collect())]
        })
    }

    proptest! {
        #[test]
        fn an_object_is_read_whole_or_not_at_all(entries in prop::collection::vec(("[a-d]", value()), 0..4), at: prop::sample::Index, letter in "[{}:,\"0]|.") {
            let pairs: Vec<String> = entries.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
            let text = format!("{{{}}}", pairs.join(", "));
            let map: Map<String, Value> = entries.iter().cloned().collect();
            let read = |text: &[u8]| object(text).ok().map(|object| object.0);
            prop_assert_eq!(read(text.as_bytes()), (map.len() == entries.len()).then_some(map), "{}", text);
            let mut bent = text.clone().into_bytes();
            let at = at.index(bent.len());
            prop_assert_eq!(read(&bent[..at]), None);
            bent.splice(at..=at, letter.bytes());
            let by_library = serde_json::from_slice::<Value>(&bent).ok();
            prop_assert!(read(&bent).is_none_or(|map| by_library == Some(map.into())));
        }
    }
}
