//! What every step of an import works with.

use super::dump::{Contents, Row, Shape};
use super::options::Options;
use super::report::Counts;
use super::staged::{Numbered, Staged};
use super::values::{self, Account, Assets, Context, ImportedRelay, Loss, LossKind};
use crate::config::Config;
use crate::domain::accounts::fields::Username;
use crate::error::{Error, Result};
use crate::storage::passkeys::Passkey;
use crate::storage::staging::{Claim, StagedAccount};
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

    /// A passkey. Of two with one id, the first comes along.
    pub(super) fn passkey(&self, numbered: &Numbered) -> Result<Result<Passkey, Loss>> {
        let Numbered { number, row } = numbered;
        let read = match values::passkey(self.config, row, self.now)? {
            Ok(read) => read,
            Err(loss) => return Ok(Err(loss)),
        };
        let is_first = self.staged.claim(Claim::Credential, &read.credential_id, *number)?;
        let lost = || Loss::new(LossKind::Passkey, "another row has its credential_id");
        Ok(if is_first { Ok(read) } else { Err(lost()) })
    }

    /// A relay. Of two with one name or one token, the first comes along.
    pub(super) fn relay(&self, numbered: &Numbered) -> Result<Result<ImportedRelay, Loss>> {
        let Numbered { number, row } = numbered;
        let left_out = |what: &str| Ok(Err(Loss::new(LossKind::Relay, what)));
        if self.contents.shape == Shape::Second {
            return left_out("it is of the generation before");
        }
        let read = match values::relay(row, self.now) {
            Ok(read) => read,
            Err(loss) => return Ok(Err(loss)),
        };
        let name = read.relay.name.as_bytes();
        if !self.staged.claim(Claim::RelayName, name, *number)? {
            return left_out("there is another relay of its name");
        }
        if !self.staged.claim(Claim::RelayToken, &read.token_sha256, *number)? {
            return left_out("another relay has its token");
        }
        Ok(Ok(read))
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
