//! What the OpenAPI document says of one endpoint; it stands beside the handler.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// Adds a type with all that it consists of to the document's schemas, and returns a reference to
/// it.
pub(super) type SchemaOf = fn(&mut Map<String, Value>) -> Value;

/// Who may call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    Anybody,
    Session,
    Relay,
}

/// What a request carries.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    Nothing,
    Object(SchemaOf),
    /// An object, or nothing.
    Optional(SchemaOf),
    /// Whatever it is, nobody looks at it.
    Anything,
    File,
}

/// What an answer carries.
#[derive(Clone, Copy)]
pub(super) enum Gives {
    /// Nothing that the document describes: a page.
    Unlisted,
    /// The document itself.
    Document,
    Data(SchemaOf),
    /// An object that is not in the envelope, and that another standard describes.
    Plain,
    Picture,
}

/// One endpoint.
#[derive(Clone, Copy)]
pub(super) struct Doc {
    pub summary: &'static str,
    pub caller: Caller,
    /// Whether the cookie alone must come with an origin.
    pub is_change: bool,
    /// Names with their kinds.
    pub queries: &'static [(&'static str, &'static str)],
    pub takes: Takes,
    pub gives: Gives,
    /// Error codes beyond those that follow from the rest.
    pub fails: &'static [u16],
}

impl Doc {
    /// For pages and other paths outside the API.
    pub(super) const UNLISTED: Self = Self { gives: Gives::Unlisted, ..Self::new("") };
    pub(super) const DOCUMENT: Self = Self { gives: Gives::Document, ..Self::new("This document") };

    pub(super) const fn new(summary: &'static str) -> Self {
        Self {
            summary,
            caller: Caller::Anybody,
            is_change: false,
            queries: &[],
            takes: Takes::Nothing,
            gives: Gives::Unlisted,
            fails: &[],
        }
    }

    /// For whoever has a session.
    pub(super) const fn reads(self) -> Self {
        Self { caller: Caller::Session, ..self }
    }

    /// For whoever has a session; the cookie alone must come with an origin.
    pub(super) const fn changes(self) -> Self {
        Self { caller: Caller::Session, is_change: true, ..self }
    }

    pub(super) const fn relays(self) -> Self {
        Self { caller: Caller::Relay, ..self }
    }

    pub(super) const fn queries(self, queries: &'static [(&'static str, &'static str)]) -> Self {
        Self { queries, ..self }
    }

    pub(super) const fn takes(self, schema: SchemaOf) -> Self {
        Self { takes: Takes::Object(schema), ..self }
    }

    pub(super) const fn takes_optionally(self, schema: SchemaOf) -> Self {
        Self { takes: Takes::Optional(schema), ..self }
    }

    pub(super) const fn takes_nothing(self) -> Self {
        Self { takes: Takes::Nothing, ..self }
    }

    pub(super) const fn takes_anything(self) -> Self {
        Self { takes: Takes::Anything, ..self }
    }

    pub(super) const fn takes_file(self) -> Self {
        Self { takes: Takes::File, ..self }
    }

    pub(super) const fn gives(self, schema: SchemaOf) -> Self {
        Self { gives: Gives::Data(schema), ..self }
    }

    pub(super) const fn gives_plain(self) -> Self {
        Self { gives: Gives::Plain, ..self }
    }

    pub(super) const fn gives_picture(self) -> Self {
        Self { gives: Gives::Picture, ..self }
    }

    pub(super) const fn fails(self, fails: &'static [u16]) -> Self {
        Self { fails, ..self }
    }

    /// Every error code that a call may be answered with.
    pub(super) fn codes(&self) -> Vec<u16> {
        // Any call may meet a fault or a busy server.
        let mut codes = vec![9, 10];
        codes.extend(self.fails);
        if self.caller != Caller::Anybody {
            codes.push(7);
        }
        if self.is_change {
            codes.push(8);
        }
        match self.takes {
            Takes::Nothing => (),
            Takes::Object(_) | Takes::Optional(_) | Takes::Anything | Takes::File => {
                codes.extend([16, 1002, 1003]);
            }
        }
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

/// The [`SchemaOf`] a type of requests.
pub(super) fn schema<T: ToSchema>(schemas: &mut Map<String, Value>) -> Value {
    insert::<T>(schemas, |_| ())
}

/// The [`SchemaOf`] a type of answers: what may be `null` is there all the same.
pub(super) fn answer<T: ToSchema>(schemas: &mut Map<String, Value>) -> Value {
    insert::<T>(schemas, require_all)
}

fn insert<T: ToSchema>(schemas: &mut Map<String, Value>, finish: fn(&mut Value)) -> Value {
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    parts.push((T::name().into(), T::schema()));
    for (name, part) in parts {
        let mut part = json!(part);
        finish(&mut part);
        schemas.insert(name, part);
    }
    json!({ "$ref": format!("#/components/schemas/{}", T::name()) })
}

/// Says that every field of an object is always there, and that what one sees of oneself fits what
/// others see, too.
fn require_all(schema: &mut Value) {
    if let Some(variants) = schema.as_object_mut().and_then(|schema| schema.remove("oneOf")) {
        schema["anyOf"] = variants;
    }
    if let Some(Value::Array(parts)) = schema.get_mut("allOf") {
        parts.iter_mut().for_each(require_all);
    }
    if let Some(Value::Object(properties)) = schema.get("properties") {
        schema["required"] = properties.keys().cloned().collect();
    }
}
