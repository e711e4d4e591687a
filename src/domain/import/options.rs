//! What the operator chose for an import.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::path::PathBuf;

use super::error::ImportError;
use super::values::printable;
use crate::domain::accounts::fields::Username;
use crate::domain::password::Password;

/// What the operator chose for an import.
#[expect(clippy::struct_excessive_bools, reason = "they are flags of the command")]
pub(crate) struct Options {
    /// The folder with the pictures of the old server.
    pub assets: Option<PathBuf>,
    /// Nothing is written.
    pub dry_run: bool,
    /// Accounts that are renamed or left out.
    pub choices: Vec<Choice>,
    /// An account whose hash is of an unknown form is taken without a password.
    pub skip_passwords: bool,
    /// An account whose only second factor is mail is taken without it, where no mail can be sent.
    pub without_mail_factor: bool,
    /// The only user of the database is removed.
    pub replace_first_user: bool,
    /// A password that is known.
    pub check: Option<Check>,
}

/// A password that is known, to prove that hashes are understood.
pub(crate) struct Check {
    /// The username.
    pub name: String,
    /// The password.
    pub password: Password,
}

/// What becomes of one row.
#[derive(Clone)]
pub(crate) struct Choice {
    /// The row.
    pub old: Old,
    /// Its new username; `None` if it is left out.
    pub new: Option<Username>,
    /// How many rows it was.
    rows: Cell<u32>,
}

/// How an option names a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Old {
    /// By its id, as in `id:5`.
    Id(String),
    /// By its username in the dump, exactly.
    Username(String),
}

impl Old {
    /// Reads `id:5` or a username.
    pub(crate) fn parse(text: &str) -> Self {
        match text.strip_prefix("id:") {
            Some(id) => Self::Id(id.into()),
            None => Self::Username(text.into()),
        }
    }
}

impl fmt::Display for Old {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "id:{}", printable(id)),
            Self::Username(name) => f.write_str(&printable(name)),
        }
    }
}

impl Choice {
    /// Leaves a row out.
    pub(crate) const fn skip(old: Old) -> Self {
        Self { old, new: None, rows: Cell::new(0) }
    }

    /// Gives a row another username.
    pub(crate) const fn rename(old: Old, new: Username) -> Self {
        Self { old, new: Some(new), rows: Cell::new(0) }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.new {
            Some(new) => write!(f, "--rename {}={}", self.old, new.as_ref()),
            None => write!(f, "--skip {}", self.old),
        }
    }
}

/// The choices while the rows are read to which they belong.
pub(super) struct Choices<'a> {
    all: &'a [Choice],
    clashes: RefCell<Vec<String>>,
}

impl<'a> Choices<'a> {
    pub(super) fn of(options: &'a Options) -> Self {
        options.choices.iter().for_each(|choice| choice.rows.set(0));
        Self { all: &options.choices, clashes: RefCell::default() }
    }

    /// The choice for a row, if there is one.
    pub(super) fn find(&self, id: &str, username: &str) -> Option<&'a Choice> {
        let is_meant = |choice: &&Choice| match &choice.old {
            Old::Id(wanted) => wanted == id,
            Old::Username(wanted) => wanted == username,
        };
        let mut meant = self.all.iter().filter(is_meant);
        let first = meant.next()?;
        first.rows.set(first.rows.get() + 1);
        for other in meant {
            other.rows.set(other.rows.get() + 1);
            self.clashes.borrow_mut().push(format!("{first} and {other} are the same row"));
        }
        Some(first)
    }

    /// Checks that each choice was for one row.
    ///
    /// # Errors
    /// All those that were not.
    pub(super) fn finish(self) -> Result<(), ImportError> {
        let unused = self.all.iter().filter(|choice| choice.rows.get() == 0);
        let unused = unused.map(|choice| {
            format!("{choice}: the dump has no such row (a username as it is there, or id:N)")
        });
        let wrong: Vec<_> = self.clashes.into_inner().into_iter().chain(unused).collect();
        if wrong.is_empty() { Ok(()) } else { Err(ImportError::Options(wrong.join("; "))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Username {
        Username::parse(text.into()).unwrap()
    }

    fn options(choices: Vec<Choice>) -> Options {
        Options {
            assets: None,
            dry_run: false,
            choices,
            skip_passwords: false,
            without_mail_factor: false,
            replace_first_user: false,
            check: None,
        }
    }

    #[test]
    fn row_is_named_by_its_id_or_its_exact_username() {
        let renamed = Choice::rename(Old::parse("1234"), name("ada"));
        let options = options(vec![renamed, Choice::skip(Old::parse("id:5"))]);
        let choices = Choices::of(&options);
        let found = |id: &str, username: &str| {
            choices.find(id, username).map(|choice| choice.new.clone().map(Username::into_text))
        };
        assert_eq!(found("7", "1234"), Some(Some("ada".into())));
        assert_eq!(found("5", "x"), Some(None));
        assert_eq!(found("1234", "bob"), None, "a number without id: is a username");
        assert_eq!(found("6", "id:5"), None);
        assert!(choices.finish().is_ok());
    }

    #[test]
    fn choice_of_no_row_and_two_of_one_row_are_named() {
        let all = [("id:5", Some("ada")), ("Bob", None), ("bob", None)];
        let choice = |(old, new): (&str, Option<&str>)| match new {
            Some(new) => Choice::rename(Old::parse(old), name(new)),
            None => Choice::skip(Old::parse(old)),
        };
        let options = options(all.map(choice).to_vec());
        let choices = Choices::of(&options);
        choices.find("5", "Bob");
        let error = choices.finish().unwrap_err().to_string();
        assert!(error.contains("--rename id:5=ada and --skip Bob are the same row"), "{error}");
        assert!(error.contains("--skip bob: the dump has no such row"), "{error}");
    }
}
