//! Who somebody says they are: a username, an id or an email address.

use crate::domain::App;
use crate::error::{Error, Result};
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
    /// Reads what a person typed on the server that is called `server`: white space around it and
    /// case do not count. `None` where it is empty, or a number that no id can be.
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
    pub(crate) fn find(&self, connection: &Connection) -> Result<Option<User>> {
        match self {
            Self::Id(id) => users::find_by_id(connection, *id),
            Self::Username(name) => users::find_by_username(connection, name),
            Self::Email(address) => users::find_by_verified_email(connection, address),
        }
    }
}

/// The user whom an operator names.
pub(crate) fn by_name(app: &App, connection: &Connection, name: &str) -> Result<User> {
    let identifier =
        Identifier::parse(name, app.config.server.address.as_str()).ok_or(Error::UserNotFound)?;
    identifier.find(connection)?.ok_or(Error::UserNotFound)
}

/// Whom a path names: oneself, or somebody by id or name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// `@me`
    Me,
    /// An id or a username, with or without `u:` before it; no address.
    User(Identifier),
}

impl Selector {
    /// Reads a selector with or without this server's address behind it; `None` where it can be
    /// nobody here.
    #[must_use]
    pub fn parse(text: &str, server: &str) -> Option<Self> {
        // `@me` has a sign of its own.
        let (name, host) = match text.strip_prefix("@me") {
            Some(rest) => ("@me", rest.strip_prefix('@')),
            None => text.split_once('@').map_or((text, None), |(name, host)| (name, Some(host))),
        };
        let is_here = host.is_none_or(|host| host.eq_ignore_ascii_case(server));
        let is_whole = name != "@me" || host.is_some() || text == "@me";
        if !is_here || !is_whole {
            return None;
        }
        if name == "@me" {
            return Some(Self::Me);
        }
        Identifier::local(name.strip_prefix("u:").unwrap_or(name)).map(Self::User)
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
    use crate::domain::accounts::fields::{Email, Username};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_id_is_understood_in_each_way_to_write_it(id in 1_u32..) {
            let expected = Identifier::Id(UserId(id));
            prop_assert_eq!(Identifier::parse(&id.to_string(), "nox.example"), Some(expected.clone()));
            for text in [id.to_string(), format!("u:{id}"), format!("{id}@nox.example"), format!("u:{id}@nox.example")] {
                prop_assert_eq!(Selector::parse(&text, "nox.example"), Some(Selector::User(expected.clone())));
            }
        }

        #[test]
        fn every_username_is_understood_in_any_case(name in "[a-z_.-][a-z0-9_.-]{2,15}", upper: bool) {
            let text = if upper { name.to_uppercase() } else { name.clone() };
            let expected = Identifier::Username(name);
            prop_assert_eq!(Identifier::parse(&format!(" {text}\t"), "nox.example"), Some(expected.clone()));
            prop_assert_eq!(Selector::parse(&text, "nox.example"), Some(Selector::User(expected)));
        }

        #[test]
        fn every_name_and_address_that_an_account_may_have_leads_to_it(name in "[a-z0-9_.@-]{3,16}", email in "[a-z@\".]{1,5}@[a-z.:]{1,9}") {
            if Username::parse(name.clone()).is_ok() {
                let expected = Identifier::Username(name.clone());
                prop_assert_eq!(Identifier::parse(&name, "nox.example"), Some(expected.clone()));
                prop_assert_eq!(Selector::parse(&name, "nox.example"), Some(Selector::User(expected)));
            }
            if Email::parse(email.clone()).is_ok() {
                prop_assert_eq!(Identifier::parse(&email, "nox.example"), Some(Identifier::Email(email.clone())));
            }
            prop_assert_eq!(Selector::parse(&email, "nox.example"), None, "an address selects nobody");
        }

        #[test]
        fn a_selector_of_another_server_selects_nobody(name in "@me|u:[1-9][0-9]{0,8}|[a-z]{3,16}", host in "[a-z.:@]{0,12}") {
            prop_assert_eq!(Selector::parse(&format!("{name}@{host}"), "nox.example"), None);
            let here = Selector::parse(&format!("{name}@nox.EXAMPLE"), "nox.example");
            prop_assert!(here.is_some() && here == Selector::parse(&name, "nox.example"));
        }

        #[test]
        fn no_text_leads_to_an_id_that_it_does_not_spell(text in ".*|(u:|@me|[0-9]|@|nox.example| )*") {
            let found = [Identifier::parse(&text, "nox.example"), match Selector::parse(&text, "nox.example") {
                Some(Selector::User(identifier)) => Some(identifier),
                _ => None,
            }];
            for id in found.into_iter().flatten().filter_map(|one| if let Identifier::Id(id) = one { Some(id) } else { None }) {
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                prop_assert_eq!(digits.trim_start_matches('0'), id.to_string());
            }
        }
    }

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

    #[test]
    fn each_selector_is_understood() {
        let username = |name: &str| Some(Selector::User(Identifier::Username(name.into())));
        let id = |number| Some(Selector::User(Identifier::Id(UserId(number))));
        for (text, expected) in [
            ("@me", Some(Selector::Me)),
            ("@me@nox.example", Some(Selector::Me)),
            ("@me@elsewhere.example", None),
            ("@meow", None),
            ("7", id(7)),
            ("u:7", id(7)),
            ("u:7@NOX.example", id(7)),
            ("7@nox.example", id(7)),
            ("Ada", username("ada")),
            ("ada@nox.example", username("ada")),
            ("ada@elsewhere.example", None),
            ("ada@", None),
            ("@", None),
            ("", None),
            ("u:", None),
            ("u:ada", username("ada")),
            ("u:ADA@nox.example", username("ada")),
            ("u:u:7", username("u:7")),
            ("u:0", None),
        ] {
            assert_eq!(Selector::parse(text, "nox.example"), expected, "{text:?}");
        }
    }
}
