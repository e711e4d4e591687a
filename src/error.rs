//! What can go wrong, as the callers of the API see it.

use std::borrow::Cow;
use std::error::Error as StdError;

/// An outcome that a caller can see; the variants carry the names of the API's error table.
#[derive(Debug)]
pub enum Error {
    /// The path is none of this server's.
    NotImplemented,
    /// Nobody by that name or id.
    UserNotFound,
    /// A field breaks its rule.
    InvalidField {
        /// The field's name as the caller sent it.
        field: &'static str,
        /// A clause that says what would be right.
        rule: Cow<'static, str>,
    },
    /// Something else is not there.
    NotFound {
        /// What, such as `Thumbnail`.
        what: &'static str,
    },
    /// What this server does not offer.
    ServiceDisabled,
    /// Something unique is there already.
    AlreadyExists {
        /// What is there, such as `User`.
        what: &'static str,
        /// By which property, such as `this username`.
        with: &'static str,
    },
    /// No session, or one that has ended.
    NotLogged,
    /// The caller is known, but may not do this.
    UnAuthorized {
        /// What was refused, such as `log in`.
        action: &'static str,
    },
    /// A fault of the server's own.
    InternalError {
        /// What it was trying to do.
        action: &'static str,
        /// The cause, for the log; it never leaves the server.
        source: Source,
    },
    /// The server cannot serve this now, but may soon.
    ServerNotReady {
        /// The cause, for the log; none where the server is merely busy.
        source: Option<Source>,
    },
    /// The session is not there, or not the caller's.
    SessionNotFound,
    /// The challenge is none of this server's, or its time is over.
    InvalidChallenge,
    /// The body is not what the endpoint reads.
    InvalidRequest,
    /// What was to be confirmed is confirmed already.
    AlreadyValid,
    /// A second factor is due.
    VerificationRequired,
    /// The budget of attempts is spent.
    TooManyRequests {
        /// Seconds until there is a new one.
        seconds: u64,
    },
    /// The body is too large.
    PayloadTooLarge {
        /// The largest accepted, in bytes.
        limit: usize,
    },
    /// The body is of the wrong type.
    UnsupportedMediaType {
        /// The type accepted.
        expected: &'static str,
    },
    /// The path exists, but not for this method.
    MethodNotAllowed {
        /// The method as it was sent.
        method: String,
        /// The methods accepted, as the `Allow` header lists them (RFC 9110, 10.2.1).
        allow: String,
    },
}

/// The cause of a fault.
pub type Source = Box<dyn StdError + Send + Sync>;

/// A result that a caller of the API can see.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// How one [`Error`] looks on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The number in `error.code`.
    pub code: u16,
    /// The HTTP status, in `error.status` too.
    pub status: u16,
    /// The message, with `{0}` and `{1}` for its arguments.
    pub message: &'static str,
}

/// How long a client is asked to wait where the server is busy, in seconds.
const BUSY_SECONDS: u64 = 5;

impl Error {
    /// A field that breaks its rule.
    #[must_use]
    pub const fn invalid(field: &'static str, rule: &'static str) -> Self {
        Self::InvalidField { field, rule: Cow::Borrowed(rule) }
    }

    /// A fault of the server's own, with its cause.
    pub fn internal(action: &'static str, source: impl Into<Source>) -> Self {
        Self::InternalError { action, source: source.into() }
    }

    /// The one table of codes, statuses and messages.
    #[must_use]
    pub const fn facts(&self) -> Facts {
        const fn row(code: u16, status: u16, message: &'static str) -> Facts {
            Facts { code, status, message }
        }
        match self {
            Self::NotImplemented => row(1, 501, "This endpoint is not implemented."),
            Self::UserNotFound => row(2, 404, "User not found."),
            Self::NotFound { .. } => row(3, 404, "{0} not found."),
            Self::ServiceDisabled => row(4, 403, "This service is disabled."),
            Self::InvalidField { .. } => row(5, 400, "Invalid field: {0}, {1}."),
            Self::AlreadyExists { .. } => row(6, 409, "{0} already exists with {1}."),
            Self::NotLogged => row(7, 401, "You are not logged in."),
            Self::UnAuthorized { .. } => row(8, 401, "You are not authorized to {0}."),
            Self::InternalError { .. } => row(9, 500, "An internal error occurred while trying to {0}."),
            Self::ServerNotReady { .. } => row(10, 503, "The server is not ready yet."),
            Self::InvalidChallenge => row(11, 400, "Invalid challenge."),
            Self::SessionNotFound => row(15, 404, "Session not found."),
            Self::InvalidRequest => row(16, 400, "Invalid request."),
            Self::AlreadyValid => row(17, 400, "Already validated."),
            Self::VerificationRequired => row(20, 428, "Additional verification required."),
            Self::TooManyRequests { .. } => row(1001, 429, "Too many attempts, try again in {0} seconds."),
            Self::PayloadTooLarge { .. } => row(1002, 413, "The request body is larger than {0} bytes."),
            Self::UnsupportedMediaType { .. } => row(1003, 415, "The request body must be {0}."),
            Self::MethodNotAllowed { .. } => row(1004, 405, "{0} is not allowed here."),
        }
    }

    /// The whole table: the facts of every variant, by code.
    #[must_use]
    pub fn table() -> Vec<Facts> {
        Self::one_of_each().iter().map(Self::facts).collect()
    }

    /// An error of every variant, by code; what they say is empty.
    #[must_use]
    pub fn one_of_each() -> [Self; 19] {
        [
            Self::NotImplemented,
            Self::UserNotFound,
            Self::NotFound { what: "" },
            Self::ServiceDisabled,
            Self::invalid("", ""),
            Self::AlreadyExists { what: "", with: "" },
            Self::NotLogged,
            Self::UnAuthorized { action: "" },
            Self::internal("", ""),
            Self::ServerNotReady { source: None },
            Self::InvalidChallenge,
            Self::SessionNotFound,
            Self::InvalidRequest,
            Self::AlreadyValid,
            Self::VerificationRequired,
            Self::TooManyRequests { seconds: 0 },
            Self::PayloadTooLarge { limit: 0 },
            Self::UnsupportedMediaType { expected: "" },
            Self::MethodNotAllowed { method: String::new(), allow: String::new() },
        ]
    }

    /// Seconds after which it is worth trying again, where that is known.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooManyRequests { seconds } => Some(*seconds),
            Self::ServerNotReady { .. } => Some(BUSY_SECONDS),
            _ => None,
        }
    }

    fn arguments(&self) -> (String, &str) {
        match self {
            Self::NotFound { what } => ((*what).into(), ""),
            Self::InvalidField { field, rule } => ((*field).into(), rule),
            Self::AlreadyExists { what, with } => ((*what).into(), with),
            Self::UnAuthorized { action } | Self::InternalError { action, .. } => ((*action).into(), ""),
            Self::TooManyRequests { seconds } => (seconds.to_string(), ""),
            Self::PayloadTooLarge { limit } => (limit.to_string(), ""),
            Self::UnsupportedMediaType { expected } => ((*expected).into(), ""),
            Self::MethodNotAllowed { method, .. } => (method.clone(), ""),
            _ => (String::new(), ""),
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (first, second) = self.arguments();
        f.write_str(&self.facts().message.replace("{1}", second).replace("{0}", &first))
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::InternalError { source, .. } | Self::ServerNotReady { source: Some(source) } => Some(source.as_ref()),
            _ => None,
        }
    }
}

/// The causes of an error, outermost first, in one line; some libraries repeat a cause in the text of the next.
#[must_use]
pub fn causes(error: &dyn StdError) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if texts.last().is_none_or(|last| !last.ends_with(&text)) {
            texts.push(text);
        }
        cause = error.source();
    }
    texts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_never_zero_and_the_table_is_whole() {
        let codes: BTreeSet<u16> = Error::table().iter().map(|facts| facts.code).collect();
        let rows = include_str!("error.rs").split("#[cfg(test)]").next().unwrap().matches("=> row(").count();
        assert_eq!((codes.len(), Error::table().len()), (rows, rows));
        assert!(!codes.contains(&0));
    }

    #[test]
    fn the_readme_shows_this_table() {
        let is_row = |line: &&str| {
            line.starts_with("| ") && line.split('|').nth(1).is_some_and(|code| code.trim().parse::<u16>().is_ok())
        };
        let shown: Vec<&str> = include_str!("../README.md").lines().filter(is_row).collect();
        let row = |facts: &Facts| format!("| {} | {} | {} |", facts.code, facts.status, facts.message);
        assert_eq!(shown, Error::table().iter().map(row).collect::<Vec<_>>());
    }

    #[test]
    fn messages_fill_in_their_arguments_and_never_their_causes() {
        for (error, message) in [
            (Error::invalid("password", "is wrong"), "Invalid field: password, is wrong."),
            (Error::AlreadyExists { what: "User", with: "this email" }, "User already exists with this email."),
            (Error::TooManyRequests { seconds: 90 }, "Too many attempts, try again in 90 seconds."),
            (Error::internal("log in", "secret detail"), "An internal error occurred while trying to log in."),
            (Error::ServerNotReady { source: Some("secret detail".into()) }, "The server is not ready yet."),
        ] {
            assert_eq!(error.to_string(), message);
        }
    }
}
