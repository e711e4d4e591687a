//! Why a row cannot be taken, and which option solves that.

use std::fmt;

use super::printable::printable;

/// A row that cannot be taken as it is, without any of its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The id of the row, as it was written.
    pub id: String,
    /// The old username, fit for a terminal.
    pub username: String,
    pub reason: Reason,
}

/// Every refusal of a row, so that a report names them all at once.
pub(crate) type Refusals = Vec<Refusal>;

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The id is not from 1 to 4294967295.
    Id,
    /// The username is digits alone, which would be taken for an id.
    Digits,
    /// The username breaks the rule.
    Username,
    /// Another row has the username, after both are in lower case.
    TakenUsername { by: String },
    /// A column holds what `PostgreSQL` would not write for its type.
    Malformed { column: &'static str },
    /// The account was made at a time that has no number of milliseconds.
    CreatedAt,
    /// The hash of the password is of no form that is known.
    Hash(&'static str),
    /// The authenticator app is on, and has no secret.
    NoTotpSecret,
    /// The secret of the authenticator app is not base32.
    TotpSecret,
    /// The secret of the authenticator app has less than 16 bytes.
    ShortTotpSecret,
    /// Another row has the address, and it is verified in both.
    SharedAddress { with: String },
    /// Codes by mail are the only second factor, and no mail can be sent.
    OnlyMail,
    /// Passkeys are the only second factor, and none of them can be used here.
    OnlyPasskeys,
}

impl Refusal {
    pub(crate) fn new(id: &str, username: &str, reason: Reason) -> Self {
        Self { id: printable(id), username: printable(username), reason }
    }

    /// What to do about it: an option, as it is typed.
    pub(crate) fn solution(&self) -> String {
        let Self { id, .. } = self;
        let skip = format!("--skip id:{id}");
        match self.reason {
            Reason::Id | Reason::Malformed { .. } | Reason::CreatedAt => {
                format!("correct the row in the old database, or leave it out: {skip}")
            }
            Reason::Digits | Reason::Username | Reason::TakenUsername { .. } => {
                format!("--rename id:{id}=NAME, or {skip}")
            }
            Reason::Hash(_) => {
                format!("--skip-passwords, and after the import nox user passwd; or {skip}")
            }
            Reason::NoTotpSecret | Reason::TotpSecret | Reason::ShortTotpSecret => format!(
                "set twofa_enabled to false in the old database, and after the import nox totp \
                 enroll; or {skip}"
            ),
            Reason::SharedAddress { .. } => {
                format!("change one of the two addresses in the old database, or {skip}")
            }
            Reason::OnlyMail => {
                format!(
                    "configure [mail], or take the account without it: --without-mail-factor; \
                    or {skip}"
                )
            }
            Reason::OnlyPasskeys => format!(
                "switch passkeys on (passkeys.enabled, and server.public_url with https), or {skip}"
            ),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id => f.write_str("the id is not a number from 1 to 4294967295"),
            Self::Digits => {
                f.write_str("the username is digits alone, and would be taken for an id")
            }
            Self::Username => {
                f.write_str("the username is not 3 to 16 characters from a-z, 0-9, _, . and -")
            }
            Self::TakenUsername { by } => {
                write!(f, "the username, in lower case, is also that of id {by}")
            }
            Self::Malformed { column } => {
                write!(f, "the column {column} holds what PostgreSQL does not write there")
            }
            Self::CreatedAt => f.write_str("created_at is no time from the year 0 to 9999"),
            Self::Hash(form) => write!(f, "the password is stored as {form}, which is not known"),
            Self::NoTotpSecret => {
                f.write_str("the authenticator app is on, but its secret is missing")
            }
            Self::TotpSecret => f.write_str("the secret of the authenticator app is not base32"),
            Self::ShortTotpSecret => {
                f.write_str("the secret of the authenticator app has less than 16 bytes")
            }
            Self::SharedAddress { with } => {
                write!(
                    f,
                    "the email address is that of id {with}, but for its spelling, and both \
                    are verified"
                )
            }
            Self::OnlyMail => {
                f.write_str("codes by mail are the only second factor, and no mail can be sent")
            }
            Self::OnlyPasskeys => {
                f.write_str("passkeys are the only second factor, and none can be used here")
            }
        }
    }
}
