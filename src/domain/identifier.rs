//! Who somebody says they are: a username, an id or an email address.

use crate::error::Result;
use crate::storage::Connection;
use crate::storage::users::{self, User, UserId};

/// An identifier, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// A user's number.
    Id(UserId),
    /// A username in lower case.
    Username(String),
    /// An email address as it was typed.
    Email(String),
}

impl Identifier {
    /// Reads what a person typed on the server that is called `server`: white space around it and case do not count.
    /// `None` where it is empty, or a number that no id can be.
    #[must_use]
    pub fn parse(text: &str, server: &str) -> Option<Self> {
        let text = text.trim();
        match text.rsplit_once('@') {
            Some((name, host)) if host.eq_ignore_ascii_case(server) => Self::local(name),
            Some(_) => Some(Self::Email(text.into())),
            None => Self::local(text),
        }
    }

    /// An id, where it can be one: 1 to 4294967295.
    #[must_use]
    pub fn from_number(number: u64) -> Option<Self> {
        u32::try_from(number).ok().filter(|id| *id > 0).map(|id| Self::Id(UserId(id)))
    }

    fn local(name: &str) -> Option<Self> {
        if name.is_empty() {
            None
        } else if name.bytes().all(|byte| byte.is_ascii_digit()) {
            // No account gets a name of digits alone.
            name.parse().ok().and_then(Self::from_number)
        } else {
            Some(Self::Username(name.to_ascii_lowercase()))
        }
    }

    /// Looks the user up.
    ///
    /// # Errors
    /// The database fails.
    pub(super) fn find(&self, connection: &Connection) -> Result<Option<User>> {
        match self {
            Self::Id(id) => users::find_by_id(connection, *id),
            Self::Username(name) => users::find_by_username(connection, name),
            Self::Email(address) => users::find_by_verified_email(connection, address),
        }
    }
}

impl std::fmt::Display for Identifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Username(name) => f.write_str(name),
            Self::Email(address) => f.write_str(&address.to_lowercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_name_a_user_is_understood() {
        let username = |name: &str| Some(Identifier::Username(name.into()));
        let email = |address: &str| Some(Identifier::Email(address.into()));
        let id = |number| Some(Identifier::Id(UserId(number)));
        for (text, expected) in [
            ("ada", username("ada")),
            (" \tADA\n", username("ada")),
            ("7", id(7)),
            ("4294967295", id(u32::MAX)),
            ("007", id(7)),
            ("Ada@Nox.Example:53032", username("ada")),
            ("7@nox.example:53032", id(7)),
            ("ada@elsewhere.example", email("ada@elsewhere.example")),
            ("a@b@nox.example:53032", username("a@b")),
            ("@", email("@")),
            ("７", username("７")),
            ("' OR 1=1 --", username("' or 1=1 --")),
            ("", None),
            ("  ", None),
            ("@nox.example:53032", None),
            ("0", None),
            ("4294967296", None),
            ("99999999999999999999999", None),
        ] {
            assert_eq!(Identifier::parse(text, "nox.example:53032"), expected, "{text:?}");
        }
    }
}
