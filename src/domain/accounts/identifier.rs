//! How users are named: by username, id or email address when they log in, and by selector in
//! paths.

use crate::domain::App;
use crate::error::{Error, Result};
use crate::normalization::{address, fold, trim};
use crate::storage::Connection;
use crate::storage::users::{self, User, UserId};

/// A parsed identifier of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// A user's id.
    Id(UserId),
    /// A username, folded.
    Username(String),
    /// An email address, as it was typed.
    Email(String),
}

impl Identifier {
    /// Parses what a user typed. `server` is this server's address. Surrounding white space, case,
    /// width and invisible characters are ignored. `None` if the text is empty, or a number that
    /// cannot be an id.
    #[must_use]
    pub fn parse(text: &str, server: &str) -> Option<Self> {
        let cleaned = address::clean(text);
        match cleaned.rsplit_once('@') {
            Some((name, host)) if fold(host) == fold(server) => Self::local(name),
            // An address may have been stored before addresses were cleaned.
            Some(_) => Some(Self::Email(text.trim().into())),
            None => Self::local(&cleaned),
        }
    }

    /// An id, if the number is one: 1 to 4294967295.
    #[must_use]
    pub fn from_number(number: u64) -> Option<Self> {
        u32::try_from(number).ok().filter(|id| *id > 0).map(|id| Self::Id(UserId(id)))
    }

    fn local(name: &str) -> Option<Self> {
        let name = fold(trim(name));
        if name.is_empty() {
            None
        } else if name.bytes().all(|byte| byte.is_ascii_digit()) {
            // Usernames of digits alone are refused, so this can only be an id.
            name.parse().ok().and_then(Self::from_number)
        } else {
            Some(Self::Username(name))
        }
    }

    /// Finds the user. An address finds one only if its owner has confirmed it.
    pub(crate) fn find(&self, connection: &Connection) -> Result<Option<User>> {
        match self {
            Self::Id(id) => users::find_by_id(connection, *id),
            Self::Username(name) => users::find_by_username(connection, name),
            Self::Email(address) => users::find_by_verified_email(connection, address),
        }
    }
}

/// Finds the user that an operator names on the command line: by username, id, or address, be it
/// confirmed or not.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::CommandRefused`] for a name of several accounts, or a fault.
pub(crate) fn by_name(app: &App, connection: &Connection, name: &str) -> Result<User> {
    let mut found = all_named(app, connection, name)?;
    match found.as_slice() {
        [] => Err(Error::UserNotFound),
        [_] => Ok(found.remove(0)),
        several => Err(ambiguous(name, several)),
    }
}

/// Finds the users whom a name may mean: by username, id, or address, be it confirmed or not. A
/// text with the server's own address may name two.
pub(crate) fn all_named(app: &App, connection: &Connection, name: &str) -> Result<Vec<User>> {
    let mut found = match Identifier::parse(name, app.config.server.address.as_str()) {
        // Found among all addresses, below.
        Some(Identifier::Email(_)) | None => Vec::new(),
        Some(local) => Vec::from_iter(local.find(connection)?),
    };
    // A name with this server's address may be an address of mail, too.
    if address::clean(name).contains('@') {
        let same = users::list_by_email(connection, name)?;
        let is_new = |user: &User| found.iter().all(|other| other.id != user.id);
        let new: Vec<User> = same.into_iter().filter(is_new).collect();
        found.extend(new);
    }
    Ok(found)
}

/// The refusal of a name that several accounts have.
fn ambiguous(name: &str, found: &[User]) -> Error {
    let accounts = found.iter().map(|user| format!("{} (id {})", user.username, user.id));
    let accounts = accounts.collect::<Vec<_>>().join(" and ");
    let reason = format!("{name:?} names {accounts}: use the username or the id of one");
    Error::CommandRefused { reason }
}

/// The user that a path names: the caller, or any user by id or username.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// The caller: `@me`.
    Me,
    /// An id or a username, with or without the prefix `u:`. Email addresses do not count.
    User(Identifier),
}

impl Selector {
    /// Parses a selector, with or without this server's address after it. `None` if it cannot name
    /// a user of this server.
    #[must_use]
    pub fn parse(text: &str, server: &str) -> Option<Self> {
        // `@me` begins with the sign that otherwise separates the server's address.
        let (name, host) = match text.strip_prefix("@me") {
            Some(rest) => ("@me", rest.strip_prefix('@')),
            None => text.split_once('@').map_or((text, None), |(name, host)| (name, Some(host))),
        };
        let is_here = host.is_none_or(|host| fold(host) == fold(server));
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
            Self::Email(address) => f.write_str(&address::fold(address)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::accounts::fields::{Email, Username};
    use proptest::prelude::*;

    const SERVER: &str = "nox.example";

    proptest! {
        #[test]
        fn id_in_any_notation_is_parsed(id in 1_u32..) {
            let expected = Identifier::Id(UserId(id));
            let parsed = Identifier::parse(&id.to_string(), SERVER);
            prop_assert_eq!(parsed, Some(expected.clone()));
            for text in ["{id}", "u:{id}", "{id}@nox.example", "u:{id}@nox.example"] {
                let text = text.replace("{id}", &id.to_string());
                let selector = Selector::parse(&text, SERVER);
                prop_assert_eq!(selector, Some(Selector::User(expected.clone())));
            }
        }

        #[test]
        fn username_in_any_case_is_parsed(name in "[a-z_.-][a-z0-9_.-]{2,15}", upper: bool) {
            let text = if upper { name.to_uppercase() } else { name.clone() };
            let expected = Identifier::Username(name);
            let parsed = Identifier::parse(&format!(" {text}\t"), SERVER);
            prop_assert_eq!(parsed, Some(expected.clone()));
            prop_assert_eq!(Selector::parse(&text, "nox.example"), Some(Selector::User(expected)));
        }

        #[test]
        fn valid_username_or_email_is_parsed_as_itself(
            name in "[a-z0-9_.@-]{3,16}",
            email in "[a-z@\".]{1,5}@[a-z.:]{1,9}",
        ) {
            if Username::parse(name.clone()).is_ok() {
                let expected = Identifier::Username(name.clone());
                prop_assert_eq!(Identifier::parse(&name, "nox.example"), Some(expected.clone()));
                let selector = Selector::parse(&name, SERVER);
                prop_assert_eq!(selector, Some(Selector::User(expected)));
            }
            if Email::parse(email.clone()).is_ok() {
                let parsed = Identifier::parse(&email, SERVER);
                prop_assert_eq!(parsed, Some(Identifier::Email(email.clone())));
            }
            prop_assert_eq!(Selector::parse(&email, SERVER), None, "an address is no selector");
        }

        #[test]
        fn selector_with_another_server_is_refused(
            name in "@me|u:[1-9][0-9]{0,8}|[a-z]{3,16}",
            host in "[a-z.:@]{0,12}",
        ) {
            prop_assert_eq!(Selector::parse(&format!("{name}@{host}"), "nox.example"), None);
            let here = Selector::parse(&format!("{name}@nox.EXAMPLE"), "nox.example");
            prop_assert!(here.is_some() && here == Selector::parse(&name, "nox.example"));
        }

        #[test]
        fn parsed_id_has_the_digits_of_its_text(text in ".*|(u:|@me|[0-9]|@|nox.example| )*") {
            let selected = match Selector::parse(&text, SERVER) {
                Some(Selector::User(identifier)) => Some(identifier),
                _ => None,
            };
            for found in [Identifier::parse(&text, SERVER), selected] {
                let Some(Identifier::Id(id)) = found else { continue };
                let digits: String = fold(&text).chars().filter(char::is_ascii_digit).collect();
                prop_assert_eq!(digits.trim_start_matches('0'), id.to_string());
            }
        }
    }

    #[test]
    fn identifier_examples_are_parsed() {
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
            ("７", id(7)),
            ("\u{200b}Ａｄａ\u{a0}", username("ada")),
            ("ada＠nox.example:53032", username("ada")),
            ("mailto:ada@nox.example:53032", username("ada")),
            (" \u{feff}Ada@elsewhere.example", email("\u{feff}Ada@elsewhere.example")),
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
    fn selector_examples_are_parsed() {
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
