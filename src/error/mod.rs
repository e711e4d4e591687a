//! What can go wrong, as the callers of the API see it.

use std::borrow::Cow;
use std::error::Error as StdError;

mod challenge;
mod facts;
mod fields;

pub use challenge::Challenge;
pub use facts::Facts;
pub use fields::AccountField;

/// An outcome that a caller can see; the variants carry the names of the API's error table.
#[derive(Debug)]
pub enum Error {
    /// The path is none of this server's.
    NotImplemented,
    /// Nobody by that name or id.
    UserNotFound,
    /// A field of a request breaks its rule.
    InvalidField {
        /// The field's name as the caller sent it.
        field: &'static str,
        /// A clause that says what would be right.
        rule: Cow<'static, str>,
    },
    /// A field of an account breaks its rule.
    InvalidAccountField {
        /// Which.
        field: AccountField,
        /// A clause that says what would be right.
        rule: Cow<'static, str>,
    },
    /// The password is not the account's.
    WrongPassword {
        /// The name of the field that it came in.
        field: &'static str,
    },
    /// What was sent can be no code of a second factor.
    InvalidCode {
        /// The name of the field that it came in.
        field: &'static str,
    },
    /// The code of the second factor is wrong, stale or used: all the same to its sender.
    WrongCode {
        /// The name of the field that it came in.
        field: &'static str,
    },
    /// No authenticator app was set up in this session within the last hour.
    SetupExpired {
        /// The name of the field that its first code came in.
        field: &'static str,
    },
    /// The second factor that a request names is not on.
    FactorNotEnabled,
    /// The account has no email address.
    EmailMissing,
    /// The account's address is not confirmed.
    EmailNotVerified,
    /// No mail can be sent to the account's address.
    EmailUnreachable,
    /// Codes of the second factor go to the address that was to be changed.
    EmailInUseAsFactor,
    /// No file was sent.
    FileMissing,
    /// The form around an uploaded file cannot be read.
    InvalidForm,
    /// A picture has no size, or too many pixels.
    InvalidPictureSize {
        /// `thumbnail` or `banner`.
        field: &'static str,
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
    VerificationRequired {
        /// What can prove it.
        challenge: Box<Challenge>,
    },
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

impl Error {
    /// A field of a request that breaks its rule.
    #[must_use]
    pub const fn invalid(field: &'static str, rule: &'static str) -> Self {
        Self::InvalidField { field, rule: Cow::Borrowed(rule) }
    }

    /// A field of an account that breaks its rule.
    #[must_use]
    pub const fn invalid_account(field: AccountField, rule: &'static str) -> Self {
        Self::InvalidAccountField { field, rule: Cow::Borrowed(rule) }
    }

    /// A fault of the server's own, with its cause.
    pub fn internal(action: &'static str, source: impl Into<Source>) -> Self {
        Self::InternalError { action, source: source.into() }
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
            Self::InternalError { source, .. } | Self::ServerNotReady { source: Some(source) } => {
                Some(source.as_ref())
            }
            _ => None,
        }
    }
}

/// The causes of an error, outermost first, in one line; some libraries repeat a cause in the text
/// of the next.
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
