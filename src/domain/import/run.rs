//! What every step of an import works with.

use super::dump::{Contents, Row};
use super::options::Options;
use super::report::Counts;
use super::staged::Staged;
use super::values::{self, Account, Assets, Context};
use crate::config::Config;
use crate::domain::accounts::fields::Username;
use crate::error::{Error, Result};
use crate::storage::staging::StagedAccount;
use crate::time::Timestamp;

/// How far an import is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Progress {
    /// The bytes of the dump that are read.
    Read(u64),
    /// The rows that are looked at.
    Looked(u64),
    /// The hashes that are wrapped, of how many.
    Wrapped {
        /// Those that are.
        done: u64,
        /// All of them.
        all: u64,
    },
    /// The accounts that are written, of how many.
    Written {
        /// Those that are.
        done: u64,
        /// All of them.
        all: u64,
    },
}

/// An import whose dump was read.
pub(super) struct Run<'a> {
    pub config: &'a Config,
    pub options: &'a Options,
    pub staged: Staged,
    pub contents: Contents,
    pub assets: Option<Assets>,
    pub now: Timestamp,
}

impl Run<'_> {
    pub(super) fn context(&self) -> Context<'_> {
        Context {
            config: self.config,
            shape: self.contents.shape,
            assets: self.assets.as_ref(),
            skip_passwords: self.options.skip_passwords,
            now: self.now,
        }
    }

    /// The highest id that an account of the old server ever had.
    pub(super) fn last_id(&self, counts: &Counts) -> u32 {
        let sequence = self.contents.last_id.and_then(|id| u32::try_from(id).ok());
        sequence.unwrap_or(0).max(counts.highest)
    }

    /// The account of a row that was looked at before, and was good.
    pub(super) fn account(&self, staged: &StagedAccount) -> Result<Account> {
        let failed = || Error::internal("read a row again", "it was good before");
        let username = Username::parse(staged.username.clone())?;
        let row: Row = self.staged.row_of(staged)?;
        let mut account =
            values::account(&self.context(), &row, Some(&username)).map_err(|_| failed())?;
        if staged.is_shared {
            account.user.email = None;
            account.user.email_verified = false;
            account.user.has_email_factor = false;
        }
        Ok(account)
    }
}
