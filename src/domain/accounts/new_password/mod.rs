//! New passwords. Where one is chosen, it has the configured length, and it is not one that is
//! guessed first.

use crate::config::Config;
use crate::domain::password::{Candidate, MAX_LENGTH, Password};
use crate::error::{AccountField, Error, Guess, Result};
use crate::storage::users::User;

/// A new password that follows the configured rules. It can be hashed only for an account whose
/// names it is not, see [`Self::of`].
pub struct NewPassword {
    password: Password,
    candidate: Candidate,
}

/// What others know of an account, and try as its password.
pub(crate) struct Names<'a> {
    pub username: &'a str,
    pub display: Option<&'a str>,
    pub email: Option<&'a str>,
}

impl NewPassword {
    /// Checks the length of a new password: at most so many characters as they were typed, and at
    /// least so many in NFC, in which an accent of its own does not count. Then checks that it is
    /// neither common, nor one character, nor the title or the address of the instance.
    ///
    /// # Errors
    /// [`Error::InvalidAccountField`] if it is too short or too long; [`Error::GuessablePassword`].
    pub(crate) fn parse(password: Password, config: &Config) -> Result<Self> {
        let shortest = config.password.min_length.get() as usize;
        if password.normalized_length() < shortest || password.length() > MAX_LENGTH {
            let rule = format!("must be between {shortest} and {MAX_LENGTH} characters long");
            return Err(Error::InvalidAccountField {
                field: AccountField::Password,
                rule: rule.into(),
            });
        }
        let candidate = Candidate::new(&password);
        let address = &config.server.address;
        let names = [config.instance.title.as_str(), address.as_str(), &address.host()];
        let is_server = names.into_iter().any(|name| candidate.is_name(name));
        match candidate.guess().or(is_server.then_some(Guess::Title)) {
            Some(guess) => Err(Error::GuessablePassword { guess }),
            None => Ok(Self { password, candidate }),
        }
    }

    /// The password, if it is none of the account's names.
    ///
    /// # Errors
    /// [`Error::GuessablePassword`].
    pub(crate) fn of<'a>(&'a self, names: &Names<'_>) -> Result<&'a Password> {
        let local_part = names.email.and_then(|email| email.rsplit_once('@')).map(|parts| parts.0);
        let known = [
            (Guess::Username, Some(names.username)),
            (Guess::Display, names.display),
            (Guess::Email, names.email),
            (Guess::Email, local_part),
        ];
        let is_name = |name: Option<&str>| name.is_some_and(|name| self.candidate.is_name(name));
        match known.into_iter().find(|(_, name)| is_name(*name)) {
            Some((guess, _)) => Err(Error::GuessablePassword { guess }),
            None => Ok(&self.password),
        }
    }
}

impl<'a> From<&'a User> for Names<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            username: &user.username,
            display: Some(&user.display),
            email: user.email.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests;
