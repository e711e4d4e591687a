//! Which passwords are refused because they are guessed first (NIST SP 800-63B-4, 3.1.1.2). Always
//! a whole password is compared, never a part of it: there are no rules of composition.

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::common::is_common;
use super::text::Password;
use crate::error::Guess;
use crate::normalization::{fold, fold_secret};

/// How many digits and signs around a name leave it easy to guess: a year, a date, `123!`.
const MOST_AROUND: usize = 6;

/// A password in the form in which it is compared.
pub(crate) struct Candidate {
    /// Without differences of case, width and composition.
    folded: Zeroizing<String>,
    /// Of that, the letters and digits.
    plain: Zeroizing<String>,
}

impl Candidate {
    pub(crate) fn new(password: &Password) -> Self {
        let folded = fold_secret(password.normalized.expose_secret());
        Self { plain: plain(&folded), folded }
    }

    /// Why the password is guessed first, whosever it is.
    pub(crate) fn guess(&self) -> Option<Guess> {
        let mut letters = self.folded.chars();
        let first = letters.next();
        if letters.all(|letter| Some(letter) == first) {
            Some(Guess::OneCharacter)
        } else if is_common(&self.folded) {
            Some(Guess::Common)
        } else {
            None
        }
    }

    /// Whether the password is a name: alone, repeated, or with a few digits and signs around it.
    pub(crate) fn is_name(&self, name: &str) -> bool {
        let folded = fold(name);
        let name = plain(&folded);
        let is_equal = *self.folded == folded;
        is_equal || is_repeated(&name, &self.plain) || self.is_surrounded(&name)
    }

    fn is_surrounded(&self, name: &str) -> bool {
        let core = name.trim_matches(char::is_numeric);
        let around = self.folded.chars().count().saturating_sub(core.chars().count());
        !core.is_empty()
            && around <= MOST_AROUND
            && self.plain.trim_matches(char::is_numeric) == core
    }
}

fn is_repeated(name: &str, text: &str) -> bool {
    !name.is_empty() && text.len() >= name.len() && text.replace(name, "").is_empty()
}

/// The letters and digits of a text.
fn plain(text: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    plain.extend(text.chars().filter(|letter| letter.is_alphanumeric()));
    plain
}
