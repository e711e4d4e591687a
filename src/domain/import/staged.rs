//! The rows of a dump, kept until all of it was read. They are on the disk as far as they do not
//! fit into a small cache, and what is there can be read only with a key that this process has in
//! memory.

use zeroize::Zeroizing;

use super::dump::{Row, Table};
use super::values::{Loss, Refusal};
use crate::crypto::{self, KEY_LENGTH, open_with, seal_with};
use crate::error::{Error, Result};
use crate::storage::staging::{Claim, Note, StagedAccount, StagedRow, Staging};

/// The contexts of what is sealed.
const ROW: &str = "import:row";
const HASH: &str = "import:hash";

/// The kinds of notes.
const REFUSAL: u8 = 0;
const LOSS: u8 = 1;

/// The rows of a dump, and what was found of them.
pub(super) struct Staged {
    pub(super) rows: Staging,
    key: Zeroizing<[u8; KEY_LENGTH]>,
}

/// A row with its number among those that are kept.
pub(super) struct Numbered {
    pub number: i64,
    pub row: Row,
}

impl Staged {
    pub(super) fn new() -> Result<Self> {
        Ok(Self { rows: Staging::new()?, key: Zeroizing::new(crypto::random()?) })
    }

    pub(super) fn add(&self, table: Table, row: &Row) -> Result<()> {
        let sealed = seal_with(&self.key, ROW, &row.to_bytes(table))?;
        self.rows.add_row(table as u8, i64::try_from(row.line()).unwrap_or(i64::MAX), &sealed)
    }

    /// Calls `visit` with every row of a table, in the order of the dump.
    pub(super) fn for_each(
        &self,
        table: Table,
        mut visit: impl FnMut(Numbered) -> Result<()>,
    ) -> Result<()> {
        let mut last = 0;
        while let Some(staged) = self.rows.next_row(table as u8, last)? {
            last = staged.number;
            visit(Numbered { number: last, row: self.open(table, &staged)? })?;
        }
        Ok(())
    }

    /// The row of an account.
    pub(super) fn row_of(&self, account: &StagedAccount) -> Result<Row> {
        self.open(Table::Users, &self.rows.find_row(account.number)?)
    }

    fn open(&self, table: Table, staged: &StagedRow) -> Result<Row> {
        let bytes = open_with(&self.key, ROW, &staged.sealed)?;
        let row = Row::from_bytes(table, staged.line.unsigned_abs(), &bytes);
        row.ok_or_else(|| Error::internal("read a row again", "it is not what was kept"))
    }

    /// Keeps the wrapped hash of an account.
    pub(super) fn put_hash(&self, account: &StagedAccount, hash: &str) -> Result<()> {
        let sealed = seal_with(&self.key, HASH, hash.as_bytes())?;
        self.rows.update_hash(account.number, &sealed)
    }

    pub(super) fn hash_of(&self, account: &StagedAccount) -> Result<Option<String>> {
        let Some(sealed) = &account.hash else { return Ok(None) };
        let hash = open_with(&self.key, HASH, sealed)?;
        Ok(Some(String::from_utf8_lossy(&hash).into_owned()))
    }

    /// A hash by which equal values are known, of which none can be read on the disk.
    pub(super) fn keyed_hash(&self, value: &[u8]) -> [u8; 32] {
        crypto::hmac_sha256(&self.key, value)
    }

    /// Whether this row is the first that has a value which only one can have.
    pub(super) fn claim(&self, what: Claim, value: &[u8], row: i64) -> Result<bool> {
        self.rows.claim(what, &self.keyed_hash(value), row)
    }

    pub(super) fn refuse(&self, refusal: &Refusal) -> Result<()> {
        self.rows.add_note(
            REFUSAL,
            &Note {
                id: refusal.id.clone(),
                username: refusal.username.clone(),
                name: String::new(),
                text: refusal.reason.to_string(),
                advice: refusal.solution(),
            },
        )
    }

    pub(super) fn lose(&self, id: &str, username: &str, loss: &Loss) -> Result<()> {
        self.rows.add_note(
            LOSS,
            &Note {
                id: id.into(),
                username: username.into(),
                name: loss.kind.name().into(),
                text: loss.kind.text().into(),
                advice: loss.what.clone(),
            },
        )
    }

    pub(super) fn for_each_refusal<E: From<Error>>(
        &self,
        visit: impl FnMut(Note) -> Result<(), E>,
    ) -> Result<(), E> {
        self.rows.for_each_note(REFUSAL, visit)
    }

    pub(super) fn for_each_loss<E: From<Error>>(
        &self,
        visit: impl FnMut(Note) -> Result<(), E>,
    ) -> Result<(), E> {
        self.rows.for_each_note(LOSS, visit)
    }
}
