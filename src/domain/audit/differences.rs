//! What an event changed: the old and the new values of fields.

use serde_json::{Map, Value, json};

/// The fields that differ, with their old and new values. Secrets are never among them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::domain) struct Differences(Map<String, Value>);

impl Differences {
    /// None: what changed is a secret, or is told by the event itself.
    pub(in crate::domain) fn none() -> Self {
        Self::default()
    }

    /// Adds a field if its values differ.
    pub(in crate::domain) fn with(
        mut self,
        field: &str,
        old: impl Into<Value>,
        new: impl Into<Value>,
    ) -> Self {
        let (old, new) = (old.into(), new.into());
        if old != new {
            self.0.insert(field.into(), json!([old, new]));
        }
        self
    }

    /// A field that has come to be.
    pub(in crate::domain) fn added(field: &str, new: impl Into<Value>) -> Self {
        Self::none().with(field, Value::Null, new)
    }

    /// A field that is no more.
    pub(in crate::domain) fn removed(field: &str, old: impl Into<Value>) -> Self {
        Self::none().with(field, old, Value::Null)
    }

    pub(in crate::domain) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The JSON that is stored.
    pub(super) fn into_text(self) -> Option<String> {
        (!self.is_empty()).then(|| Value::Object(self.0).to_string())
    }
}
