//! The OpenAPI documents (openapis.org, 3.1), one for each dialect: made from the table of routes
//! and the types that the handlers use.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::operation::{Caller, Operation, ParameterKind, RequestBody, ResponseBody, answer};
use crate::error::Error;
use crate::http::dialect::{Code, Dialect};
use crate::http::routes::api_endpoints;
use crate::http::verification::VerificationData;

const JSON: &str = "application/json";
const BYTES: &str = "application/octet-stream";

/// The document for the dialect with numbers, as one line of JSON.
pub(crate) fn document() -> String {
    document_of(Dialect::Numbers)
}

/// The document for a dialect.
pub(in crate::http) fn document_of(dialect: Dialect) -> String {
    let mut schemas = Map::new();
    let mut paths = Map::new();
    for endpoint in api_endpoints() {
        let mut item = Map::new();
        for (method, operation) in &endpoint.operations {
            item.insert(
                method.to_lowercase(),
                describe(&endpoint.path, operation, dialect, &mut schemas),
            );
        }
        paths.insert(endpoint.path, item.into());
    }
    if dialect.has_labels() {
        schemas.insert("Link".into(), labelled_link());
    }
    let prefix = if dialect.has_names() { "/api/v2" } else { "/api" };
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Nox",
            "description": "The identity API of a Nox server. Below /api, error codes are numbers \
                and links are strings; below /api/v2, error codes are names and links are objects. \
                No field of an answer is ever absent; which may be null, its schema says. \
                Where the public URL is https, the cookie is called __Host-_uid; an operator may \
                want longer passwords.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": prefix }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
                "cookie": { "type": "apiKey", "in": "cookie", "name": "_uid" },
                "relay": { "type": "apiKey", "in": "header", "name": "Authorization" },
            },
        },
    })
    .to_string()
}

/// A link in the dialects that have labels.
fn labelled_link() -> Value {
    json!({
        "type": "object",
        "required": ["label", "value"],
        "properties": { "label": { "type": "string" }, "value": { "type": "string" } },
    })
}

fn describe(
    path: &str,
    operation: &Operation,
    dialect: Dialect,
    schemas: &mut Map<String, Value>,
) -> Value {
    let mut described = json!({
        "summary": operation.summary,
        "parameters": parameters(path, operation),
        "responses": responses(operation, dialect, schemas),
    });
    match operation.caller {
        Caller::Public => (),
        Caller::Session => described["security"] = json!([{ "bearer": [] }, { "cookie": [] }]),
        Caller::Relay => described["security"] = json!([{ "relay": [] }]),
    }
    match operation.takes {
        RequestBody::Nothing => (),
        RequestBody::Object(schema) => described["requestBody"] = body(JSON, &schema(schemas)),
        RequestBody::OptionalObject(schema) => {
            described["requestBody"] = body(JSON, &schema(schemas));
            described["requestBody"]["required"] = false.into();
        }
        RequestBody::Ignored => {
            described["requestBody"] = json!({ "content": { "*/*": { "schema": {} } } });
        }
        RequestBody::File => {
            let file = json!({ "type": "string", "contentMediaType": BYTES });
            let form = json!({
                "type": "object",
                "required": ["file"],
                "properties": { "file": file },
            });
            described["requestBody"] = body(BYTES, &json!({}));
            described["requestBody"]["content"]["multipart/form-data"] = json!({ "schema": form });
        }
    }
    described
}

fn body(media_type: &str, schema: &Value) -> Value {
    json!({ "required": true, "content": { media_type: { "schema": schema } } })
}

/// The parts of the path in braces, and the queries.
fn parameters(path: &str, operation: &Operation) -> Vec<Value> {
    let in_path = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = in_path.map(|name| {
        let schema = json!({ "type": "string", "minLength": 1 });
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    });
    let in_query = operation.queries.iter().map(|parameter| {
        let schema = match parameter.kind {
            ParameterKind::Number(default) => {
                json!({ "anyOf": [{ "type": "integer" }, { "const": "" }], "default": default })
            }
            ParameterKind::Ids => {
                json!({ "type": "array", "items": { "type": "string" }, "maxItems": 100 })
            }
            ParameterKind::Text => json!({ "type": "string" }),
        };
        json!({ "name": parameter.name, "in": "query", "schema": schema })
    });
    in_path.chain(in_query).collect()
}

fn responses(operation: &Operation, dialect: Dialect, schemas: &mut Map<String, Value>) -> Value {
    let mut responses = Map::new();
    match operation.gives {
        ResponseBody::Unlisted => (),
        ResponseBody::Document => {
            responses
                .insert("200".into(), response("The document", JSON, &json!({ "type": "object" })));
        }
        ResponseBody::Plain => {
            responses.insert(
                "200".into(),
                response("Not in the envelope", JSON, &json!({ "type": "object" })),
            );
        }
        ResponseBody::Data(schema) => {
            let envelope = json!({
                "type": "object",
                "required": ["data", "request", "time"],
                "properties": {
                    "data": schema(schemas),
                    "request": { "type": "string" },
                    "time": { "type": "integer", "format": "int64" },
                },
            });
            responses.insert("200".into(), response("Done", JSON, &envelope));
        }
        ResponseBody::Picture => {
            let types = ["image/png", "image/jpeg", "image/gif", "image/webp"]
                .map(|kind| (kind.to_owned(), json!({})));
            responses.insert(
                "200".into(),
                json!({ "description": "The picture", "content": Map::from_iter(types) }),
            );
            responses.insert("302".into(), json!({ "description": "The picture is elsewhere" }));
            responses.insert("304".into(), json!({ "description": "The client has it" }));
        }
    }
    let mut by_status = BTreeMap::<u16, Vec<Error>>::new();
    for error in operation.errors() {
        by_status.entry(dialect.code(&error).1).or_default().push(error);
    }
    for (status, errors) in by_status {
        let said: Vec<&str> = errors.iter().map(|error| error.facts().message).collect();
        let schema = refusal(status, &errors, dialect, schemas);
        responses.insert(status.to_string(), response(&said.join(" "), JSON, &schema));
    }
    responses.into()
}

fn refusal(
    status: u16,
    errors: &[Error],
    dialect: Dialect,
    schemas: &mut Map<String, Value>,
) -> Value {
    let codes: Vec<Code> = errors.iter().map(|error| dialect.code(error).0).collect();
    let kind = if dialect.has_names() { "string" } else { "integer" };
    let is_verification =
        errors.iter().any(|error| matches!(error, Error::VerificationRequired { .. }));
    let data = if is_verification {
        answer::<VerificationData<'_>>(schemas)
    } else {
        json!({ "type": "null" })
    };
    json!({
        "type": "object",
        "required": ["error", "data", "request", "time"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["message", "code", "status"],
                "properties": {
                    "message": { "type": "string" },
                    "code": { "type": kind, "enum": codes },
                    "status": { "type": "integer", "enum": [status] },
                },
            },
            "data": data,
            "request": { "type": "string" },
            "time": { "type": "integer", "format": "int64" },
        },
    })
}

fn response(description: &str, media_type: &str, schema: &Value) -> Value {
    json!({ "description": description, "content": { media_type: { "schema": schema } } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_of_the_api_is_described() {
        for dialect in [Dialect::Numbers, Dialect::Names] {
            is_described_whole(dialect);
        }
    }

    fn is_described_whole(dialect: Dialect) {
        let document: Value = serde_json::from_str(&document_of(dialect)).unwrap();
        let paths = document["paths"].as_object().unwrap();
        assert_eq!(paths.len(), api_endpoints().len(), "no path stands twice");
        for endpoint in api_endpoints() {
            for (method, operation) in &endpoint.operations {
                let described = &paths[&endpoint.path][method.to_lowercase()];
                assert_eq!(described["summary"], operation.summary);
                assert!(
                    !operation.summary.is_empty()
                        && !matches!(operation.gives, ResponseBody::Unlisted),
                    "{} {method}",
                    endpoint.path
                );
                for error in operation.errors() {
                    let status = dialect.code(&error).1;
                    assert!(
                        described["responses"][status.to_string()].is_object(),
                        "{} {method} {error:?}",
                        endpoint.path
                    );
                }
            }
        }
    }

    #[test]
    fn every_reference_in_the_document_resolves() {
        for text in [document(), document_of(Dialect::Names)] {
            let document: Value = serde_json::from_str(&text).unwrap();
            for name in text
                .split("#/components/schemas/")
                .skip(1)
                .map(|rest| rest.split('"').next().unwrap())
            {
                assert!(document["components"]["schemas"][name].is_object(), "{name}");
            }
        }
    }
}
