//! JSON objects that clients send, read field by field. A repeated key is refused: programs differ
//! in which of the two values they take.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::domain::accounts::fields::Clearable;
use crate::domain::accounts::links::SentLink;
use crate::error::{Error, Result};

/// A JSON object whose keys are all different.
#[derive(Debug, Default)]
pub(super) struct Object(Map<String, Value>);

impl From<Map<String, Value>> for Object {
    fn from(fields: Map<String, Value>) -> Self {
        Self(fields)
    }
}

impl Object {
    /// Reads a body.
    ///
    /// # Errors
    /// [`Error::InvalidRequest`] where it is not a JSON object, or repeats a key.
    pub(super) fn read(body: &[u8]) -> Result<Self> {
        serde_json::from_slice(body).map_err(|_| Error::InvalidRequest)
    }

    /// Removes a field and returns it; `null` counts as absent.
    pub(super) fn take(&mut self, field: &str) -> Option<Value> {
        self.0.remove(field).filter(|value| !value.is_null())
    }

    /// Removes a text and returns it.
    ///
    /// # Errors
    /// [`Error::InvalidField`] where the field is not a text.
    pub(super) fn text(&mut self, field: &'static str) -> Result<Option<String>> {
        match self.take(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Error::invalid(field, "must be a string")),
        }
    }

    /// Removes a text and parses it.
    ///
    /// # Errors
    /// [`Error::InvalidField`] where the field is not a text, or what `parse` returns.
    pub(super) fn parse<T>(
        &mut self,
        field: &'static str,
        parse: impl FnOnce(String) -> Result<T>,
    ) -> Result<Option<T>> {
        self.text(field)?.map(parse).transpose()
    }

    /// Removes a text and parses it; `null` or an empty text clears what the account has.
    ///
    /// # Errors
    /// [`Error::InvalidField`] where the field is not a text, or what `parse` returns.
    pub(super) fn clearable<T>(
        &mut self,
        field: &'static str,
        parse: fn(String) -> Result<T>,
    ) -> Result<Option<Clearable<T>>> {
        match self.0.remove(field) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(Clearable::Cleared)),
            Some(Value::String(text)) => Clearable::parse(text, parse).map(Some),
            Some(_) => Err(Error::invalid(field, "must be a string")),
        }
    }

    /// A field that is a text, without removing it.
    pub(super) fn peek(&self, field: &str) -> Option<&str> {
        self.0.get(field)?.as_str()
    }

    /// Removes a field and returns it, also where it is `null`.
    pub(super) fn remove(&mut self, field: &str) -> Option<Value> {
        self.0.remove(field)
    }

    /// Removes a list of texts and returns it; `null` is an empty list.
    ///
    /// # Errors
    /// [`Error::InvalidField`] where the field is not a list of texts.
    pub(super) fn texts(&mut self, field: &'static str) -> Result<Option<Vec<String>>> {
        self.list(field, "must be a list of strings", |item| {
            if let Value::String(text) = item { Some(text) } else { None }
        })
    }

    /// Removes a list of links and returns it: each is a URL, or an object of a `label` and a
    /// `value`; `null` is an empty list.
    ///
    /// # Errors
    /// [`Error::InvalidField`] where the field is not a list of such links.
    pub(super) fn links(&mut self, field: &'static str) -> Result<Option<Vec<SentLink>>> {
        self.list(field, "must be a list of URLs, or of objects with a label and a value", |item| {
            match item {
                Value::String(value) => Some(SentLink { label: None, value }),
                Value::Object(mut link) => match (link.remove("label"), link.remove("value")) {
                    (Some(Value::String(label)), Some(Value::String(value))) => {
                        Some(SentLink { label: Some(label), value })
                    }
                    (None | Some(Value::Null), Some(Value::String(value))) => {
                        Some(SentLink { label: Some(String::new()), value })
                    }
                    _ => None,
                },
                _ => None,
            }
        })
    }

    fn list<T>(
        &mut self,
        field: &'static str,
        rule: &'static str,
        read: fn(Value) -> Option<T>,
    ) -> Result<Option<Vec<T>>> {
        match self.0.remove(field) {
            None => Some(None),
            Some(Value::Null) => Some(Some(Vec::new())),
            Some(Value::Array(items)) => {
                items.into_iter().map(read).collect::<Option<Vec<_>>>().map(Some)
            }
            Some(_) => None,
        }
        .ok_or(Error::invalid(field, rule))
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(UniqueKeys)
    }
}

/// Reads a map whose keys are all different.
struct UniqueKeys;

impl<'de> Visitor<'de> for UniqueKeys {
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
    fn object_with_a_repeated_key_or_any_other_value_is_refused() {
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
    fn links_are_read_from_texts_and_objects() {
        let links = |text: &str| serde_json::from_str::<Object>(text).unwrap().links("links");
        let read = links(
            r#"{"links": [
                "a", {"label": "x", "value": "b"}, {"value": "c"}, {"label": null, "value": "d"}
            ]}"#,
        );
        let link = |label: Option<&str>, value: &str| SentLink {
            label: label.map(String::from),
            value: value.to_owned(),
        };
        let expected =
            [link(None, "a"), link(Some("x"), "b"), link(Some(""), "c"), link(Some(""), "d")];
        assert_eq!(read.unwrap().unwrap(), expected);
        assert_eq!(links(r#"{"links": null}"#).unwrap(), Some(vec![]));
        assert_eq!(links("{}").unwrap(), None);
        for bent in [
            r#""a""#,
            "[1]",
            r#"[{"label": "a"}]"#,
            r#"[{"label": 1, "value": "a"}]"#,
            r#"[["a"]]"#,
        ] {
            assert!(links(&format!(r#"{{"links": {bent}}}"#)).is_err(), "{bent}");
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = || ".*|[a-d]".prop_map(String::from);
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            text().prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 16, 4, move |value| {
            let list = prop::collection::vec(value.clone(), 0..4).prop_map(Value::from);
            prop_oneof![
                list,
                prop::collection::hash_map(text(), value, 0..4)
                    .prop_map(|map| map.into_iter().collect())
            ]
        })
    }

    proptest! {
        #[test]
        fn object_is_read_whole_or_refused(
            entries in prop::collection::vec(("[a-d]", value()), 0..4),
            at: prop::sample::Index,
            letter in "[{}:,\"0]|."
        ) {
            let pairs = entries.iter().map(|(key, value)| format!("\"{key}\": {value}"));
            let text = format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "));
            let map: Map<String, Value> = entries.iter().cloned().collect();
            let read = |text: &[u8]| Object::read(text).ok().map(|object| object.0);
            let expected = (map.len() == entries.len()).then_some(map);
            prop_assert_eq!(read(text.as_bytes()), expected, "{}", text);
            let mut bent = text.clone().into_bytes();
            let at = at.index(bent.len());
            prop_assert_eq!(read(&bent[..at]), None);
            bent.splice(at..=at, letter.bytes());
            let by_library = serde_json::from_slice::<Value>(&bent).ok();
            prop_assert!(read(&bent).is_none_or(|map| by_library == Some(map.into())));
        }
    }
}
