//! The two ways to write an answer: programs of different generations read the same data differently.

use serde::Serialize;
use serde_json::{Value, json};

use crate::error::Error;

/// A way to write an answer, told by the path of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `/api/…`, and `/api/v2/api/…`: error codes are numbers, links are texts.
    Numbers,
    /// `/api/v2/…`: error codes are names, links are objects, and a missing right is no 401.
    Names,
}

/// An error's code in either dialect.
#[derive(Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Code {
    Number(u16),
    Name(&'static str),
}

impl Dialect {
    /// The dialect in which a path is answered.
    pub(super) fn of(path: &str) -> Self {
        if is_below(path, "/api/v2") && !is_below(path, "/api/v2/api") { Self::Names } else { Self::Numbers }
    }

    /// Whether a path is answered in a dialect at all.
    pub(super) fn speaks(path: &str) -> bool {
        is_below(path, "/api")
    }

    /// An error's code and HTTP status.
    pub(super) const fn code(self, error: &Error) -> (Code, u16) {
        match self {
            Self::Numbers => {
                let facts = error.facts();
                (Code::Number(facts.code), facts.status)
            }
            Self::Names => {
                let (name, status) = name(error);
                (Code::Name(name), status)
            }
        }
    }

    /// Rewrites what the dialects write differently in an answer's data: the links of users.
    pub(super) fn adapt(self, data: &mut Value) {
        if self == Self::Numbers {
            return;
        }
        match data {
            Value::Array(items) => items.iter_mut().for_each(|item| self.adapt(item)),
            Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| match (key.as_str(), value) {
                ("links", Value::Array(links)) => links.iter_mut().for_each(label),
                (_, value) => self.adapt(value),
            }),
            _ => (),
        }
    }
}

fn is_below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Gives a link the label that it has none of: its own text.
fn label(link: &mut Value) {
    *link = json!({ "label": link, "value": link });
}

const fn name(error: &Error) -> (&'static str, u16) {
    match error {
        Error::NotImplemented => ("NOT_IMPLEMENTED", 501),
        Error::UserNotFound | Error::NotFound { .. } | Error::SessionNotFound => ("NOT_FOUND", 404),
        Error::ServiceDisabled | Error::UnAuthorized { .. } => ("FORBIDDEN", 403),
        Error::InvalidField { .. } => ("VALIDATION_ERROR", 422),
        Error::AlreadyExists { .. } => ("CONFLICT", 409),
        Error::NotLogged => ("UNAUTHORIZED", 401),
        Error::InternalError { .. } => ("INTERNAL_SERVER_ERROR", 500),
        Error::ServerNotReady { .. } => ("SERVICE_UNAVAILABLE", 503),
        Error::InvalidChallenge | Error::InvalidRequest | Error::AlreadyValid => ("BAD_REQUEST", 400),
        Error::VerificationRequired => ("VERIFICATION_REQUIRED", 428),
        Error::TooManyRequests { .. } => ("RATE_LIMITED", 429),
        Error::PayloadTooLarge { .. } => ("BAD_REQUEST", 413),
        Error::UnsupportedMediaType { .. } => ("BAD_REQUEST", 415),
        Error::MethodNotAllowed { .. } => ("METHOD_NOT_ALLOWED", 405),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_tells_the_dialect() {
        for (path, dialect) in [
            ("/api/auth/login", Dialect::Numbers),
            ("/api/v2/auth/login", Dialect::Names),
            ("/api/v2", Dialect::Names),
            ("/api/v2/api/auth/login", Dialect::Numbers),
            ("/api/v22/auth/login", Dialect::Numbers),
            ("/api/v2/apis", Dialect::Names),
        ] {
            assert_eq!(Dialect::of(path), dialect, "{path}");
        }
    }

    #[test]
    fn a_missing_right_is_no_401_in_names() {
        let error = Error::UnAuthorized { action: "log in" };
        assert_eq!(Dialect::Numbers.code(&error), (Code::Number(8), 401));
        assert_eq!(Dialect::Names.code(&error), (Code::Name("FORBIDDEN"), 403));
    }

    #[test]
    fn links_are_objects_in_names_wherever_they_stand() {
        let data = json!({ "user": { "links": ["https://a.example"], "tags": ["x"] }, "users": [{ "links": [] }] });
        let adapted = |dialect: Dialect| {
            let mut data = data.clone();
            dialect.adapt(&mut data);
            data
        };
        assert_eq!(adapted(Dialect::Numbers), data);
        let link = json!({ "label": "https://a.example", "value": "https://a.example" });
        let expected = json!({ "user": { "links": [link], "tags": ["x"] }, "users": [{ "links": [] }] });
        assert_eq!(adapted(Dialect::Names), expected);
    }
}
