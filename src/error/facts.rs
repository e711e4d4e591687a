//! The table of errors: the code, the HTTP status and the message of each.

use super::{AccountField, Error};

/// What a client of the API receives for an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The number in `error.code`.
    pub(crate) code: u16,
    /// The HTTP status, which is also in `error.status`.
    pub(crate) status: u16,
    /// The message. Its arguments replace `{0}` and `{1}`.
    pub(crate) message: &'static str,
}

/// `Retry-After` where the server is busy, in seconds.
const BUSY_SECONDS: u64 = 5;

const fn row(code: u16, status: u16, message: &'static str) -> Facts {
    Facts { code, status, message }
}

impl Error {
    /// The row of the table for this error. The match has no wildcard arm, so that a new variant
    /// does not compile without a row.
    pub(crate) const fn facts(&self) -> Facts {
        match self {
            Self::NotImplemented => row(1, 501, "This endpoint is not implemented."),
            Self::UserNotFound => row(2, 404, "User not found."),
            Self::NotFound { .. } => row(3, 404, "{0} not found."),
            Self::ServiceDisabled => row(4, 403, "This service is disabled."),
            Self::InvalidField { .. }
            | Self::InvalidInvitation { .. }
            | Self::InvalidAccountField { .. }
            | Self::WrongPassword { .. }
            | Self::GuessablePassword { .. }
            | Self::InvalidCode { .. }
            | Self::WrongCode { .. }
            | Self::RefusedPasskey(_)
            | Self::SetupExpired { .. }
            | Self::FactorNotEnabled
            | Self::EmailMissing
            | Self::EmailNotVerified
            | Self::EmailUnreachable
            | Self::EmailInUseAsFactor
            | Self::FactorDemanded { .. }
            | Self::FileMissing
            | Self::InvalidForm
            | Self::RefusedPicture { .. } => row(5, 400, "Invalid field: {0}, {1}."),
            Self::AlreadyExists(_) => row(6, 409, "{0} already exists with {1}."),
            Self::NotLogged => row(7, 401, "You are not logged in."),
            Self::UnAuthorized { .. }
            | Self::LoginPending(_)
            | Self::Suspended { .. }
            | Self::LastAdministrator => row(8, 401, "You are not authorized to {0}."),
            Self::InternalError { .. } | Self::MailRefused | Self::CommandRefused { .. } => {
                row(9, 500, "An internal error occurred while trying to {0}.")
            }
            Self::ServerNotReady { .. } => row(10, 503, "The server is not ready yet."),
            Self::InvalidChallenge => row(11, 400, "Invalid challenge."),
            Self::SessionNotFound => row(15, 404, "Session not found."),
            Self::InvalidRequest | Self::TooSlow => row(16, 400, "Invalid request."),
            Self::AlreadyValid => row(17, 400, "Already validated."),
            Self::VerificationRequired { .. } => row(20, 428, "Additional verification required."),
            Self::TooManyRequests { .. } => {
                row(1001, 429, "Too many attempts, try again in {0} seconds.")
            }
            Self::PayloadTooLarge { .. } => {
                row(1002, 413, "The request body is larger than {0} bytes.")
            }
            Self::UnsupportedMediaType { .. } | Self::NotAPicture { .. } => {
                row(1003, 415, "The request body must be {0}.")
            }
            Self::MethodNotAllowed { .. } => row(1004, 405, "{0} is not allowed here."),
        }
    }

    /// The seconds after which a client may try again, where the server knows them.
    pub(crate) const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooManyRequests { seconds } => Some(*seconds),
            Self::ServerNotReady { .. } => Some(BUSY_SECONDS),
            _ => None,
        }
    }

    /// For errors of code 5: the name of the field, and a clause that says what is expected.
    pub(crate) fn invalid_field(&self) -> Option<(&str, &str)> {
        Some(match self {
            Self::InvalidField { field, rule } => (field, rule),
            Self::InvalidAccountField { field, rule } => (field.as_str(), rule),
            Self::WrongPassword { field } => (field, "is not correct"),
            Self::GuessablePassword { guess } => (AccountField::Password.as_str(), guess.rule()),
            Self::InvalidCode { field } => (field, "must be six digits or a recovery code"),
            Self::WrongCode { field } => (field, "is wrong, has expired or was used already"),
            Self::RefusedPasskey(fault) => (fault.field(), fault.rule()),
            Self::SetupExpired { field } => (field, "must follow a setup of the last hour"),
            Self::FactorNotEnabled => ("type", "must be a method that is enabled"),
            Self::EmailMissing => ("email", "must be set first"),
            Self::EmailNotVerified => ("email", "must be verified first"),
            Self::EmailUnreachable => ("email", "must be one that mail can be sent to"),
            Self::EmailInUseAsFactor => ("email", "is a second factor: switch that off first"),
            Self::FactorDemanded { field } => {
                (field, "is the only second factor, and this server demands one: set up another")
            }
            Self::FileMissing => ("file", "must be a part of the form"),
            Self::InvalidForm => (
                "file",
                "must be one part of a whole form, \
                 of at most 128 parts with names of at most 1024 bytes",
            ),
            Self::InvalidInvitation { rule } => ("invite", rule),
            Self::RefusedPicture { field, fault } => (field, fault.rule()),
            _ => return None,
        })
    }

    /// The arguments of the message, for `{0}` and `{1}`.
    pub(super) fn arguments(&self) -> (String, &str) {
        if let Some((field, rule)) = self.invalid_field() {
            return (field.into(), rule);
        }
        match self {
            Self::NotFound { what } => ((*what).into(), ""),
            Self::AlreadyExists(taken) => (taken.what().into(), taken.with()),
            Self::UnAuthorized { action } | Self::InternalError { action, .. } => {
                ((*action).into(), "")
            }
            Self::Suspended { .. } => ("log in".into(), ""),
            Self::LastAdministrator => ("delete the last administrator".into(), ""),
            Self::LoginPending(pending) => (pending.action(), ""),
            Self::MailRefused => ("send the mail".into(), ""),
            Self::CommandRefused { .. } => ("run a command".into(), ""),
            Self::TooManyRequests { seconds } => (seconds.to_string(), ""),
            Self::PayloadTooLarge { limit } => (limit.to_string(), ""),
            Self::UnsupportedMediaType { expected } => ((*expected).into(), ""),
            Self::NotAPicture { .. } => ("a PNG, JPEG, GIF or WebP picture".into(), ""),
            Self::MethodNotAllowed { method, .. } => (method.clone(), ""),
            _ => (String::new(), ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Taken;
    use std::collections::BTreeSet;

    /// One error of each code, with empty arguments.
    fn one_of_each() -> [Error; 19] {
        [
            Error::NotImplemented,
            Error::UserNotFound,
            Error::NotFound { what: "" },
            Error::ServiceDisabled,
            Error::invalid("", ""),
            Error::AlreadyExists(Taken::Username),
            Error::NotLogged,
            Error::UnAuthorized { action: "" },
            Error::internal("", ""),
            Error::ServerNotReady { source: None },
            Error::InvalidChallenge,
            Error::SessionNotFound,
            Error::InvalidRequest,
            Error::AlreadyValid,
            Error::VerificationRequired { challenge: Box::default() },
            Error::TooManyRequests { seconds: 0 },
            Error::PayloadTooLarge { limit: 0 },
            Error::UnsupportedMediaType { expected: "" },
            Error::MethodNotAllowed { method: String::new(), allow: String::new() },
        ]
    }

    /// All rows of the table, by code.
    fn table() -> Vec<Facts> {
        one_of_each().iter().map(Error::facts).collect()
    }

    #[test]
    fn table_has_every_row_once_and_no_code_zero() {
        let codes: BTreeSet<u16> = table().iter().map(|facts| facts.code).collect();
        let source = include_str!("facts.rs").split("#[cfg(test)]").next().unwrap();
        let starts_with_code = |rest: &&str| rest.starts_with(|first: char| first.is_ascii_digit());
        let rows = source.split(" row(").filter(starts_with_code).count();
        assert_eq!((codes.len(), table().len()), (rows, rows));
        assert!(!codes.contains(&0));
    }

    #[test]
    fn documentation_shows_this_table() {
        let is_row = |line: &&str| {
            line.starts_with("| ")
                && line.split('|').nth(1).is_some_and(|code| code.trim().parse::<u16>().is_ok())
        };
        let shown: Vec<&str> = include_str!("../../docs/api.md").lines().filter(is_row).collect();
        let row =
            |facts: &Facts| format!("| {} | {} | {} |", facts.code, facts.status, facts.message);
        assert_eq!(shown, table().iter().map(row).collect::<Vec<_>>());
    }

    #[test]
    fn messages_contain_their_arguments_but_no_causes() {
        for (error, message) in [
            (Error::invalid("password", "is wrong"), "Invalid field: password, is wrong."),
            (Error::AlreadyExists(Taken::Email), "User already exists with this email."),
            (Error::TooManyRequests { seconds: 90 }, "Too many attempts, try again in 90 seconds."),
            (
                Error::internal("log in", "secret detail"),
                "An internal error occurred while trying to log in.",
            ),
            (
                Error::ServerNotReady { source: Some("secret detail".into()) },
                "The server is not ready yet.",
            ),
        ] {
            assert_eq!(error.to_string(), message);
        }
    }
}
