//! What an import has done, or would do.

use std::collections::BTreeMap;

use super::dump::Shape;
use super::staged::Staged;
use super::values::LossKind;
use crate::error::Error;
use crate::storage::staging::Note;

/// What an import has done, or would do.
pub(crate) struct Outcome {
    pub(crate) report: Report,
    pub(super) staged: Staged,
}

/// The numbers of an import.
#[derive(Debug)]
pub(crate) struct Report {
    pub shape: Shape,
    /// Versions and times, as the dump has them.
    pub about: Vec<String>,
    /// What was found of the rows.
    pub counts: Counts,
    /// The tables that are not imported, with the number of their rows.
    pub others: BTreeMap<String, u64>,
    /// The id that the next new account has.
    pub next_id: u64,
}

/// What was found of the rows.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// The rows of users.
    pub read: u64,
    /// Those of them that the operator left out.
    pub skipped: u64,
    /// Those that cannot be taken.
    pub refused: u64,
    /// The forms of the hashes of passwords.
    pub hashes: BTreeMap<String, u64>,
    /// What accounts lose, by its kind.
    pub lost: BTreeMap<LossKind, u64>,
    /// Accounts with an authenticator app.
    pub apps: u64,
    /// Accounts with codes by mail as a second factor.
    pub mail_factors: u64,
    pub passkeys: u64,
    /// Pictures from the folder of assets.
    pub pictures: u64,
    pub relays: u64,
    pub suspended: u64,
    pub administrators: Named,
    /// The highest id of a row, whether it is taken or not.
    pub(super) highest: u32,
    /// How many hashes are to be wrapped.
    pub(super) weak: u64,
}

/// Users of whom only the first are named.
#[derive(Debug, Default)]
pub(crate) struct Named {
    pub count: u64,
    pub first: Vec<String>,
}

impl Named {
    /// How many are named.
    const MOST: usize = 20;

    pub(super) fn add(&mut self, username: &str) {
        self.count += 1;
        if self.first.len() < Self::MOST {
            self.first.push(username.into());
        }
    }
}

impl Report {
    /// How many accounts are imported: none, if a row is refused.
    pub(crate) const fn imported(&self) -> u64 {
        if self.counts.refused > 0 { 0 } else { self.counts.read - self.counts.skipped }
    }
}

impl Outcome {
    /// Calls `visit` with every reason for which a row is refused.
    ///
    /// # Errors
    /// A fault, or what `visit` returns.
    pub(crate) fn for_each_refusal<E: From<Error>>(
        &self,
        visit: impl FnMut(Note) -> Result<(), E>,
    ) -> Result<(), E> {
        self.staged.for_each_refusal(visit)
    }

    /// Calls `visit` with everything that an account loses or has otherwise than before.
    ///
    /// # Errors
    /// A fault, or what `visit` returns.
    pub(crate) fn for_each_loss<E: From<Error>>(
        &self,
        visit: impl FnMut(Note) -> Result<(), E>,
    ) -> Result<(), E> {
        self.staged.for_each_loss(visit)
    }
}
