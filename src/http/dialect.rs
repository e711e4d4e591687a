//! Dialects: programs of different generations read the same data in different forms (contract,
//! clients.md 1).

use actix_web::HttpRequest;
use actix_web::http::header::ORIGIN;
use serde::Serialize;

use super::bridge::Bridge;
use super::prefix;
use crate::config::Origin;
use crate::error::Error;

/// The form of an answer. The path of a request decides it, and for one kind of front its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `/api/…`, and `/api/v2/api/…`: error codes are numbers, links are strings.
    Numbers,
    /// `/api/v2/…`: error codes are names, links are objects, and a missing right is a 403.
    Names,
    /// `/api/v2/…` for the pages of `server.numeric_origins`: error codes are numbers, links are
    /// objects.
    NumbersWithLabels,
}

/// An error's code as it is written.
#[derive(Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Code {
    Number(u16),
    Name(&'static str),
}

impl Dialect {
    /// The dialect in which a request is answered.
    pub(super) fn of(request: &HttpRequest) -> Self {
        // As it was routed: a path may be percent-encoded.
        match Self::of_path(request.match_info().as_str()) {
            Self::Names if has_numeric_origin(request) => Self::NumbersWithLabels,
            dialect => dialect,
        }
    }

    /// The dialect of a path, for a request without an origin.
    pub(super) fn of_path(path: &str) -> Self {
        if prefix::of(path) == Some(prefix::NAMES) { Self::Names } else { Self::Numbers }
    }

    /// Whether a path belongs to the API, and is answered in a dialect.
    pub(super) fn applies_to(path: &str) -> bool {
        prefix::of(path).is_some()
    }

    /// Whether links are objects with a label, and not strings.
    pub(super) const fn has_labels(self) -> bool {
        matches!(self, Self::Names | Self::NumbersWithLabels)
    }

    /// Whether error codes are names, and HTTP statuses as clients with names expect them.
    pub(super) const fn has_names(self) -> bool {
        matches!(self, Self::Names)
    }

    /// An error's code and HTTP status.
    pub(super) const fn code(self, error: &Error) -> (Code, u16) {
        if self.has_names() {
            let (name, status) = name(error);
            (Code::Name(name), status)
        } else {
            let facts = error.facts();
            (Code::Number(facts.code), facts.status)
        }
    }

    /// An error's message.
    pub(super) fn message(self, error: &Error) -> String {
        match error {
            // Older builds of the front of 2026 recognize a second factor only by these words.
            Error::VerificationRequired { .. } if self.has_names() => {
                "Additional verification required: second factor (2FA).".into()
            }
            error => error.to_string(),
        }
    }
}

/// Whether the page that sent a request is of `server.numeric_origins`.
fn has_numeric_origin(request: &HttpRequest) -> bool {
    let Ok(bridge) = Bridge::of(request) else { return false };
    let origins = &bridge.config().server.numeric_origins;
    let sender = || Origin::parse(request.headers().get(ORIGIN)?.to_str().ok()?);
    !origins.is_empty() && sender().is_some_and(|sender| origins.contains(&sender))
}

/// The name of an error's code, and its HTTP status in the dialect with names.
const fn name(error: &Error) -> (&'static str, u16) {
    match error {
        Error::NotImplemented => ("NOT_IMPLEMENTED", 501),
        Error::UserNotFound | Error::NotFound { .. } | Error::SessionNotFound => ("NOT_FOUND", 404),
        Error::ServiceDisabled
        | Error::UnAuthorized { .. }
        | Error::LoginPending(_)
        | Error::Suspended { .. }
        | Error::LastAdministrator => ("FORBIDDEN", 403),
        Error::InvalidField { .. }
        | Error::InvalidAccountField { .. }
        | Error::InvalidInvitation { .. }
        | Error::WrongPassword { .. }
        | Error::GuessablePassword { .. }
        | Error::InvalidCode { .. }
        | Error::WrongCode { .. }
        | Error::RefusedPasskey(_)
        | Error::SetupExpired { .. }
        | Error::FactorNotEnabled
        | Error::EmailMissing
        | Error::EmailNotVerified
        | Error::EmailUnreachable
        | Error::EmailInUseAsFactor
        | Error::FactorDemanded { .. }
        | Error::FileMissing
        | Error::InvalidForm
        | Error::RefusedPicture { .. } => ("VALIDATION_ERROR", 422),
        Error::AlreadyExists(_) => ("CONFLICT", 409),
        Error::NotLogged => ("UNAUTHORIZED", 401),
        Error::InternalError { .. } | Error::MailRefused | Error::CommandRefused { .. } => {
            ("INTERNAL_SERVER_ERROR", 500)
        }
        Error::ServerNotReady { .. } => ("SERVICE_UNAVAILABLE", 503),
        Error::InvalidChallenge | Error::InvalidRequest | Error::TooSlow | Error::AlreadyValid => {
            ("BAD_REQUEST", 400)
        }
        Error::VerificationRequired { .. } => ("VERIFICATION_REQUIRED", 428),
        Error::TooManyRequests { .. } => ("RATE_LIMITED", 429),
        Error::PayloadTooLarge { .. } => ("BAD_REQUEST", 413),
        Error::UnsupportedMediaType { .. } | Error::NotAPicture { .. } => ("BAD_REQUEST", 415),
        Error::MethodNotAllowed { .. } => ("METHOD_NOT_ALLOWED", 405),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_decides_the_dialect() {
        for (path, dialect) in [
            ("/api/auth/login", Dialect::Numbers),
            ("/api/v2/auth/login", Dialect::Names),
            ("/api/v2", Dialect::Names),
            ("/api/v2/api/auth/login", Dialect::Numbers),
            ("/api/v22/auth/login", Dialect::Numbers),
            ("/api/v2/apis", Dialect::Names),
            ("/apis", Dialect::Numbers),
        ] {
            assert_eq!(Dialect::of_path(path), dialect, "{path}");
        }
    }

    #[test]
    fn missing_right_is_403_in_the_dialect_with_names() {
        let error = Error::UnAuthorized { action: "log in" };
        assert_eq!(Dialect::Numbers.code(&error), (Code::Number(8), 401));
        assert_eq!(Dialect::Names.code(&error), (Code::Name("FORBIDDEN"), 403));
        assert_eq!(Dialect::NumbersWithLabels.code(&error), (Code::Number(8), 401));
    }
}
