//! The refusals that an operation lists.

use crate::error::{Error, Taken};

/// A refusal, named as the variant of [`Error`] that stands for its code.
#[derive(Clone, Copy)]
pub(in crate::http) enum Refusal {
    UserNotFound,
    NotFound,
    ServiceDisabled,
    InvalidField,
    AlreadyExists,
    NotLogged,
    UnAuthorized,
    InternalError,
    ServerNotReady,
    InvalidChallenge,
    SessionNotFound,
    InvalidRequest,
    AlreadyValid,
    VerificationRequired,
    TooManyRequests,
    PayloadTooLarge,
    UnsupportedMediaType,
}

impl Refusal {
    /// An error of this kind, with nothing in its message.
    pub(super) fn example(self) -> Error {
        match self {
            Self::UserNotFound => Error::UserNotFound,
            Self::NotFound => Error::NotFound { what: "" },
            Self::ServiceDisabled => Error::ServiceDisabled,
            Self::InvalidField => Error::invalid("", ""),
            Self::AlreadyExists => Error::AlreadyExists(Taken::Username),
            Self::NotLogged => Error::NotLogged,
            Self::UnAuthorized => Error::UnAuthorized { action: "" },
            Self::InternalError => Error::internal("", ""),
            Self::ServerNotReady => Error::ServerNotReady { source: None },
            Self::InvalidChallenge => Error::InvalidChallenge,
            Self::SessionNotFound => Error::SessionNotFound,
            Self::InvalidRequest => Error::InvalidRequest,
            Self::AlreadyValid => Error::AlreadyValid,
            Self::VerificationRequired => Error::VerificationRequired { challenge: Box::default() },
            Self::TooManyRequests => Error::TooManyRequests { seconds: 0 },
            Self::PayloadTooLarge => Error::PayloadTooLarge { limit: 0 },
            Self::UnsupportedMediaType => Error::UnsupportedMediaType { expected: "" },
        }
    }
}
