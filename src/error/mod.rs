//! The errors of the domain and of the API.

use std::borrow::Cow;
use std::error::Error as StdError;

mod challenge;
mod facts;
mod fields;
mod guess;
mod passkey;
mod pending;
mod picture;
mod taken;

use crate::time::Timestamp;

pub use challenge::Challenge;
pub use fields::AccountField;
pub use guess::Guess;
pub use passkey::PasskeyFault;
pub use pending::{LoginStep, PendingLogin};
pub use picture::PictureFault;
pub use taken::Taken;

/// An error that a client of the API can receive; [`facts`](Error::facts) has the code, the status
/// and the message of each.
#[derive(Debug)]
pub enum Error {
    /// The server has no such path.
    NotImplemented,
    /// There is no user with this name or id.
    UserNotFound,
    /// A field of a request breaks its rule.
    InvalidField {
        /// The name of the field in the request.
        field: &'static str,
        /// A clause that says what is expected, such as `must be true or false`.
        rule: Cow<'static, str>,
    },
    /// A field of an account breaks its rule.
    InvalidAccountField {
        /// The field.
        field: AccountField,
        /// A clause that says what is expected, such as `must be true or false`.
        rule: Cow<'static, str>,
    },
    /// The invitation cannot be used for this account.
    InvalidInvitation {
        /// A clause that says what is expected.
        rule: &'static str,
    },
    /// The password is wrong.
    WrongPassword {
        /// The name of the field in the request.
        field: &'static str,
    },
    /// The new password is one that is guessed first.
    GuessablePassword {
        /// What it is.
        guess: Guess,
    },
    /// The text does not have the form of a code of a second factor.
    InvalidCode {
        /// The name of the field in the request.
        field: &'static str,
    },
    /// The code of the second factor is wrong, expired or used. The client is not told which.
    WrongCode {
        /// The name of the field in the request.
        field: &'static str,
    },
    /// A passkey is refused, or what a browser sent of it.
    RefusedPasskey(PasskeyFault),
    /// No authenticator app was set up in this session in the last hour.
    SetupExpired {
        /// The name of the field in the request.
        field: &'static str,
    },
    /// The second factor that the request names is not active.
    FactorNotEnabled,
    /// The account has no email address.
    EmailMissing,
    /// The email address of the account is not verified.
    EmailNotVerified,
    /// No mail can be sent to the email address of the account.
    EmailUnreachable,
    /// The mail server refuses the mail, or cannot be used as it is configured.
    MailRefused,
    /// The email address cannot be changed, because it is a second factor.
    EmailInUseAsFactor,
    /// The second factor is the last one, and the server demands one of this account.
    FactorDemanded {
        /// What the request is about: `type` or `email`.
        field: &'static str,
    },
    /// The form has no file.
    FileMissing,
    /// The form of an upload is not valid.
    InvalidForm,
    /// The file is no picture of a format that is taken.
    NotAPicture {
        /// The name of its format, where that is known.
        format: Option<&'static str>,
    },
    /// The picture cannot be used.
    RefusedPicture {
        /// `thumbnail` or `banner`.
        field: &'static str,
        /// Why.
        fault: PictureFault,
    },
    /// Something other than a user or a session does not exist.
    NotFound {
        /// A noun, such as `Thumbnail`.
        what: &'static str,
    },
    /// The configuration does not allow this, or this account does not use it.
    ServiceDisabled,
    /// A unique property is taken.
    AlreadyExists(Taken),
    /// The request has no session, or its session has ended.
    NotLogged,
    /// The user is not allowed to do this.
    UnAuthorized {
        /// A verb phrase, such as `log in`.
        action: &'static str,
    },
    /// The account is suspended. The user is told so after the right password.
    Suspended {
        /// When the suspension ends; `None` for one without an end.
        until: Option<Timestamp>,
        /// The reason that the operator gave.
        reason: Option<String>,
    },
    /// The user is the last administrator who can log in, and so cannot delete the account.
    LastAdministrator,
    /// The password was right, but the user has to do something else before a session opens.
    LoginPending(Box<PendingLogin>),
    /// A command of the operator is refused. No request of a client comes to this.
    CommandRefused {
        /// What was refused and what to do, for the operator.
        reason: String,
    },
    /// A fault in the server.
    InternalError {
        /// What the server tried to do, as a verb phrase.
        action: &'static str,
        /// The cause. It is logged, and never sent to a client.
        source: Cause,
    },
    /// The server is busy, or cannot use its database.
    ServerNotReady {
        /// The cause, for the log; `None` where the server is only busy.
        source: Option<Cause>,
    },
    /// The session does not exist, or belongs to another user.
    SessionNotFound,
    /// The challenge is not of this server, or has expired.
    InvalidChallenge,
    /// The body does not have the form that the endpoint expects.
    InvalidRequest,
    /// The body took longer to arrive than a body may.
    TooSlow,
    /// The email address is already verified.
    AlreadyValid,
    /// The request needs a code of the second factor.
    VerificationRequired {
        /// The factors whose codes are accepted.
        challenge: Box<Challenge>,
    },
    /// A rate limit is used up.
    TooManyRequests {
        /// The seconds until it is reset.
        seconds: u64,
    },
    /// The body is too large.
    PayloadTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The media type of the body is not accepted.
    UnsupportedMediaType {
        /// The media types that are accepted.
        expected: &'static str,
    },
    /// The path does not accept this method.
    MethodNotAllowed {
        /// The method of the request.
        method: String,
        /// The methods that are accepted, in the form of the `Allow` header (RFC 9110, 10.2.1).
        allow: String,
    },
}

/// The cause of a fault.
pub type Cause = Box<dyn StdError + Send + Sync>;

/// A result whose error a client of the API can receive.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An [`Error::InvalidField`].
    pub(crate) const fn invalid(field: &'static str, rule: &'static str) -> Self {
        Self::InvalidField { field, rule: Cow::Borrowed(rule) }
    }

    /// An [`Error::InvalidAccountField`].
    pub(crate) const fn invalid_account(field: AccountField, rule: &'static str) -> Self {
        Self::InvalidAccountField { field, rule: Cow::Borrowed(rule) }
    }

    /// An [`Error::InternalError`].
    pub(crate) fn internal(action: &'static str, source: impl Into<Cause>) -> Self {
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

/// The causes of an error in one line, the outermost first. A cause that the message before it
/// already contains is left out, since some libraries repeat it.
pub(crate) fn causes(error: &dyn StdError) -> String {
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
