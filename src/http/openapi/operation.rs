//! What the OpenAPI document says about one endpoint. It is declared beside the handler.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

pub(in crate::http) use super::refusal::Refusal;
use crate::error::Error;

/// Adds a type with all that it consists of to the document's schemas, and returns a reference to
/// it.
pub(super) type SchemaOf = fn(&mut Map<String, Value>) -> Value;

/// Who may call an endpoint.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    Public,
    Session,
    Relay,
}

/// What a request carries.
#[derive(Clone, Copy)]
pub(super) enum RequestBody {
    Nothing,
    Object(SchemaOf),
    /// An object, or nothing.
    OptionalObject(SchemaOf),
    /// Any content: it is ignored.
    Ignored,
    File,
}

/// What an answer carries.
#[derive(Clone, Copy)]
pub(super) enum ResponseBody {
    /// Something that is not in the document, such as a page.
    Unlisted,
    /// The document itself.
    Document,
    /// An object in the envelope.
    Data(SchemaOf),
    /// An object that is not in the envelope, and that another standard describes.
    Plain,
    Picture,
}

/// One method of one endpoint.
#[derive(Clone, Copy)]
pub(in crate::http) struct Operation {
    pub summary: &'static str,
    pub(super) caller: Caller,
    /// Whether a call that only the session cookie proves must come with an origin.
    is_change: bool,
    pub(super) queries: &'static [Parameter],
    pub(super) takes: RequestBody,
    pub(super) gives: ResponseBody,
    /// Refusals beyond those that follow from the rest.
    fails: &'static [Refusal],
}

/// A parameter of the query.
#[derive(Clone, Copy)]
pub(in crate::http) struct Parameter {
    pub(super) name: &'static str,
    pub(super) kind: ParameterKind,
}

#[derive(Clone, Copy)]
pub(super) enum ParameterKind {
    /// A whole number, with its default.
    Number(u32),
    /// Ids of users.
    Ids,
    Text,
}

impl Parameter {
    /// How many items of a list are wanted.
    pub(in crate::http) const LIMIT: Self = Self { name: "limit", kind: ParameterKind::Number(10) };
    /// How many items of a list are left out before them.
    pub(in crate::http) const OFFSET: Self =
        Self { name: "offset", kind: ParameterKind::Number(0) };

    pub(in crate::http) const fn ids(name: &'static str) -> Self {
        Self { name, kind: ParameterKind::Ids }
    }

    pub(in crate::http) const fn text(name: &'static str) -> Self {
        Self { name, kind: ParameterKind::Text }
    }
}

impl Operation {
    /// For pages and other paths outside the API.
    pub(in crate::http) const UNLISTED: Self = Self::new("");
    pub(in crate::http) const DOCUMENT: Self =
        Self { gives: ResponseBody::Document, ..Self::new("This document") };

    pub(in crate::http) const fn new(summary: &'static str) -> Self {
        Self {
            summary,
            caller: Caller::Public,
            is_change: false,
            queries: &[],
            takes: RequestBody::Nothing,
            gives: ResponseBody::Unlisted,
            fails: &[],
        }
    }

    /// An operation that differs from this one only in its summary.
    pub(in crate::http) const fn with_summary(self, summary: &'static str) -> Self {
        Self { summary, ..self }
    }

    /// A read that needs a session.
    pub(in crate::http) const fn reads(self) -> Self {
        Self { caller: Caller::Session, ..self }
    }

    /// A change that needs a session; one that only the cookie proves must come with an origin.
    pub(in crate::http) const fn changes(self) -> Self {
        Self { caller: Caller::Session, is_change: true, ..self }
    }

    pub(in crate::http) const fn relays(self) -> Self {
        Self { caller: Caller::Relay, ..self }
    }

    pub(in crate::http) const fn queries(self, queries: &'static [Parameter]) -> Self {
        Self { queries, ..self }
    }

    pub(in crate::http) const fn takes(self, schema: SchemaOf) -> Self {
        Self { takes: RequestBody::Object(schema), ..self }
    }

    pub(in crate::http) const fn takes_optionally(self, schema: SchemaOf) -> Self {
        Self { takes: RequestBody::OptionalObject(schema), ..self }
    }

    pub(in crate::http) const fn takes_nothing(self) -> Self {
        Self { takes: RequestBody::Nothing, ..self }
    }

    pub(in crate::http) const fn ignores_body(self) -> Self {
        Self { takes: RequestBody::Ignored, ..self }
    }

    pub(in crate::http) const fn takes_file(self) -> Self {
        Self { takes: RequestBody::File, ..self }
    }

    pub(in crate::http) const fn gives(self, schema: SchemaOf) -> Self {
        Self { gives: ResponseBody::Data(schema), ..self }
    }

    pub(in crate::http) const fn gives_plain(self) -> Self {
        Self { gives: ResponseBody::Plain, ..self }
    }

    pub(in crate::http) const fn gives_picture(self) -> Self {
        Self { gives: ResponseBody::Picture, ..self }
    }

    pub(in crate::http) const fn fails(self, fails: &'static [Refusal]) -> Self {
        Self { fails, ..self }
    }

    /// An error of every kind that a call may be answered with, by code.
    pub(super) fn errors(&self) -> Vec<Error> {
        // Every call can meet a fault or a busy server.
        let mut refusals = vec![Refusal::InternalError, Refusal::ServerNotReady];
        refusals.extend(self.fails);
        if self.caller != Caller::Public {
            refusals.push(Refusal::NotLogged);
        }
        if self.is_change {
            refusals.push(Refusal::UnAuthorized);
        }
        match self.takes {
            RequestBody::Nothing => (),
            RequestBody::Object(_)
            | RequestBody::OptionalObject(_)
            | RequestBody::Ignored
            | RequestBody::File => refusals.extend([
                Refusal::InvalidRequest,
                Refusal::PayloadTooLarge,
                Refusal::UnsupportedMediaType,
            ]),
        }
        let mut errors: Vec<Error> = refusals.into_iter().map(Refusal::example).collect();
        errors.sort_by_key(|error| error.facts().code);
        errors.dedup_by_key(|error| error.facts().code);
        errors
    }
}

/// The [`SchemaOf`] a type of requests.
pub(in crate::http) fn schema<T: ToSchema>(schemas: &mut Map<String, Value>) -> Value {
    insert::<T>(schemas, |_| ())
}

/// The [`SchemaOf`] a type of answers, in which a field that may be `null` is never absent.
pub(in crate::http) fn answer<T: ToSchema>(schemas: &mut Map<String, Value>) -> Value {
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

/// Marks every field of an object as required, but for one that is left out where it has no value:
/// its schema is not nullable. What a user sees of its own account has more fields than what others
/// see, so one answer may fit both schemas: `oneOf` becomes `anyOf`.
fn require_all(schema: &mut Value) {
    if let Some(variants) = schema.as_object_mut().and_then(|schema| schema.remove("oneOf")) {
        schema["anyOf"] = variants;
    }
    if let Some(Value::Array(parts)) = schema.get_mut("allOf") {
        parts.iter_mut().for_each(require_all);
    }
    if let Some(Value::Object(properties)) = schema.get("properties") {
        let known = schema["required"].as_array().cloned().unwrap_or_default();
        let is_there = |(name, property): &(&String, &Value)| {
            known.contains(&json!(name)) || property.to_string().contains("\"null\"")
        };
        let required = properties.iter().filter(is_there).map(|(name, _)| name.clone());
        schema["required"] = required.collect();
    }
}
