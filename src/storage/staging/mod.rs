//! The rows of an import while they are checked: in a temporary database, which SQLite deletes when
//! it is closed, and which is on the disk as far as it does not fit into a small cache. What is
//! secret in it was sealed by the caller.

mod claims;

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::connection;
use super::users::UserId;
use crate::error::{Error, Result};
pub(crate) use claims::{Claim, STORED};

const SCHEMA: &str = "
    CREATE TABLE rows (
        number INTEGER PRIMARY KEY,
        kind   INTEGER NOT NULL,
        line   INTEGER NOT NULL,
        sealed BLOB    NOT NULL
    ) STRICT;
    CREATE INDEX rows_by_kind ON rows (kind, number);
    CREATE TABLE accounts (
        number      INTEGER PRIMARY KEY,
        id          INTEGER NOT NULL,
        username    TEXT    NOT NULL,
        old         TEXT    NOT NULL,
        address     BLOB,
        is_verified INTEGER NOT NULL,
        is_weak     INTEGER NOT NULL,
        hash        BLOB,
        is_shared   INTEGER NOT NULL DEFAULT 0,
        pictures    INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX accounts_by_id ON accounts (id, number);
    CREATE INDEX accounts_by_username ON accounts (username);
    CREATE INDEX accounts_by_old ON accounts (old);
    CREATE INDEX accounts_by_address ON accounts (address) WHERE address IS NOT NULL;
    CREATE TABLE passkeys (user_id INTEGER NOT NULL, is_usable INTEGER NOT NULL) STRICT;
    CREATE INDEX passkeys_by_user ON passkeys (user_id);
    CREATE TABLE claims (
        kind   INTEGER NOT NULL,
        value  BLOB    NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (kind, value)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE notes (
        number   INTEGER PRIMARY KEY,
        kind     INTEGER NOT NULL,
        id       TEXT    NOT NULL,
        username TEXT    NOT NULL,
        name     TEXT    NOT NULL,
        text     TEXT    NOT NULL,
        advice   TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX notes_by_kind ON notes (kind, number);";

/// A temporary database.
pub(crate) struct Staging(Connection);

/// A row of the dump.
pub(crate) struct StagedRow {
    pub number: i64,
    pub line: i64,
    pub sealed: Vec<u8>,
}

/// An account that can be imported as far as its own row tells.
#[derive(Clone, Debug)]
pub(crate) struct StagedAccount {
    /// The number of its row.
    pub number: i64,
    pub id: UserId,
    pub username: String,
    /// The username in the dump.
    pub old: String,
    /// A hash of the address, in the form in which addresses are compared.
    pub address: Option<[u8; 32]>,
    pub is_verified: bool,
    /// Whether its password hash has to be wrapped.
    pub is_weak: bool,
    /// The wrapped one, sealed.
    pub hash: Option<Vec<u8>>,
    /// Whether another account keeps its address.
    pub is_shared: bool,
    /// How many of its pictures could be read.
    pub pictures: u32,
}

/// A line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    pub id: String,
    pub username: String,
    pub name: String,
    pub text: String,
    pub advice: String,
}

/// The passkeys that the dump has of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StagedPasskeys {
    pub all: u32,
    pub usable: u32,
}

impl Staging {
    pub(crate) fn new() -> Result<Self> {
        let connection = connection::open_temporary()?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(connection))
    }

    pub(crate) fn add_row(&self, kind: u8, line: i64, sealed: &[u8]) -> Result<()> {
        let statement = "INSERT INTO rows (kind, line, sealed) VALUES (?1, ?2, ?3)";
        self.0.prepare_cached(statement)?.execute(params![kind, line, sealed])?;
        Ok(())
    }

    /// The first row of a kind after another, in the order of the dump.
    pub(crate) fn next_row(&self, kind: u8, after: i64) -> Result<Option<StagedRow>> {
        let query = "SELECT number, line, sealed FROM rows WHERE kind = ?1 AND number > ?2
            ORDER BY number LIMIT 1";
        let mut statement = self.0.prepare_cached(query)?;
        let found = statement.query_row(params![kind, after], |row| {
            Ok(StagedRow { number: row.get(0)?, line: row.get(1)?, sealed: row.get(2)? })
        });
        Ok(found.optional()?)
    }

    pub(crate) fn find_row(&self, number: i64) -> Result<StagedRow> {
        let query = "SELECT number, line, sealed FROM rows WHERE number = ?1";
        Ok(self.0.prepare_cached(query)?.query_row([number], |row| {
            Ok(StagedRow { number: row.get(0)?, line: row.get(1)?, sealed: row.get(2)? })
        })?)
    }

    pub(crate) fn add_account(&self, new: &StagedAccount) -> Result<()> {
        let statement = "INSERT INTO accounts
                (number, id, username, old, address, is_verified, is_weak, pictures)
            VALUES (:number, :id, :username, :old, :address, :is_verified, :is_weak,
                :pictures)";
        self.0.prepare_cached(statement)?.execute(named_params! {
            ":number": new.number,
            ":id": new.id,
            ":username": new.username,
            ":old": new.old,
            ":address": new.address,
            ":is_verified": new.is_verified,
            ":is_weak": new.is_weak,
            ":pictures": new.pictures,
        })?;
        Ok(())
    }

    /// The account with the lowest id after another one.
    pub(crate) fn next_account(&self, after: UserId) -> Result<Option<StagedAccount>> {
        let query = "SELECT * FROM accounts WHERE id > ?1 ORDER BY id, number LIMIT 1";
        Ok(self.0.prepare_cached(query)?.query_row([after], read_account).optional()?)
    }

    /// The account that has this username, or had it in the dump.
    pub(crate) fn find_account(&self, name: &str) -> Result<Option<StagedAccount>> {
        let query = "SELECT * FROM accounts WHERE username = ?1 OR old = ?1
            ORDER BY username = ?1 DESC LIMIT 1";
        Ok(self.0.prepare(query)?.query_row([name], read_account).optional()?)
    }

    /// The account that keeps its id or username among those that have it.
    pub(crate) fn find_keeper(&self, of: Unique, account: &StagedAccount) -> Result<StagedAccount> {
        let query = match of {
            Unique::Id => "SELECT * FROM accounts WHERE id = ?1 ORDER BY number LIMIT 1",
            // One whose username is as it was comes before one that got it only now.
            Unique::Username => {
                "SELECT * FROM accounts WHERE username = ?1
                 ORDER BY old = username DESC, id LIMIT 1"
            }
        };
        let mut statement = self.0.prepare_cached(query)?;
        Ok(match of {
            Unique::Id => statement.query_row([account.id], read_account),
            Unique::Username => statement.query_row([&account.username], read_account),
        }?)
    }

    /// The account whose row comes first after another one.
    pub(crate) fn next_account_by_row(&self, after: i64) -> Result<Option<StagedAccount>> {
        let query = "SELECT * FROM accounts WHERE number > ?1 ORDER BY number LIMIT 1";
        Ok(self.0.prepare_cached(query)?.query_row([after], read_account).optional()?)
    }

    pub(crate) fn update_shared(&self, number: i64) -> Result<()> {
        self.0.execute("UPDATE accounts SET is_shared = 1 WHERE number = ?1", [number])?;
        Ok(())
    }

    /// The first account after another one whose hash is weak.
    pub(crate) fn next_weak(&self, after: i64) -> Result<Option<StagedAccount>> {
        let query = "SELECT * FROM accounts WHERE is_weak AND number > ?1
            ORDER BY number LIMIT 1";
        Ok(self.0.prepare_cached(query)?.query_row([after], read_account).optional()?)
    }

    /// The account with this id.
    pub(crate) fn find_by_id(&self, id: UserId) -> Result<Option<StagedAccount>> {
        let query = "SELECT * FROM accounts WHERE id = ?1 ORDER BY number LIMIT 1";
        Ok(self.0.prepare_cached(query)?.query_row([id], read_account).optional()?)
    }

    /// The accounts that have an address, of which those that verified it come first; at most
    /// three, which is enough to know who keeps it.
    pub(crate) fn list_sharers(&self, address: &[u8; 32]) -> Result<Vec<StagedAccount>> {
        let query = "SELECT * FROM accounts WHERE address = ?1
            ORDER BY is_verified DESC, id LIMIT 3";
        let mut statement = self.0.prepare_cached(query)?;
        Ok(statement.query_map([address], read_account)?.collect::<rusqlite::Result<_>>()?)
    }

    pub(crate) fn update_hash(&self, number: i64, sealed: &[u8]) -> Result<()> {
        let statement = "UPDATE accounts SET hash = ?2 WHERE number = ?1";
        self.0.prepare_cached(statement)?.execute(params![number, sealed])?;
        Ok(())
    }

    pub(crate) fn add_passkey(&self, user_id: UserId, is_usable: bool) -> Result<()> {
        let statement = "INSERT INTO passkeys (user_id, is_usable) VALUES (?1, ?2)";
        self.0.prepare_cached(statement)?.execute(params![user_id, is_usable])?;
        Ok(())
    }

    pub(crate) fn count_passkeys(&self, user_id: UserId) -> Result<StagedPasskeys> {
        let query = "SELECT count(*), count(*) FILTER (WHERE is_usable) FROM passkeys
            WHERE user_id = ?1";
        Ok(self.0.prepare_cached(query)?.query_row([user_id], |row| {
            Ok(StagedPasskeys { all: row.get(0)?, usable: row.get(1)? })
        })?)
    }

    pub(crate) fn add_note(&self, kind: u8, note: &Note) -> Result<()> {
        let statement = "INSERT INTO notes (kind, id, username, name, text, advice)
            VALUES (:kind, :id, :username, :name, :text, :advice)";
        self.0.prepare_cached(statement)?.execute(named_params! {
            ":kind": kind,
            ":id": note.id,
            ":username": note.username,
            ":name": note.name,
            ":text": note.text,
            ":advice": note.advice,
        })?;
        Ok(())
    }

    /// Calls `visit` with the notes of a kind, in the order in which they were added.
    pub(crate) fn for_each_note<E: From<Error>>(
        &self,
        kind: u8,
        mut visit: impl FnMut(Note) -> Result<(), E>,
    ) -> Result<(), E> {
        let query = "SELECT id, username, name, text, advice FROM notes WHERE kind = ?1
            ORDER BY number";
        let mut statement = self.0.prepare(query).map_err(Error::from)?;
        let notes = statement.query_map([kind], |row| {
            Ok(Note {
                id: row.get(0)?,
                username: row.get(1)?,
                name: row.get(2)?,
                text: row.get(3)?,
                advice: row.get(4)?,
            })
        });
        notes.map_err(Error::from)?.try_for_each(|note| visit(note.map_err(Error::from)?))
    }
}

/// What no two accounts have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unique {
    Id,
    Username,
}

fn read_account(row: &Row<'_>) -> rusqlite::Result<StagedAccount> {
    Ok(StagedAccount {
        number: row.get("number")?,
        id: row.get("id")?,
        username: row.get("username")?,
        old: row.get("old")?,
        address: row.get("address")?,
        is_verified: row.get("is_verified")?,
        is_weak: row.get("is_weak")?,
        hash: row.get("hash")?,
        is_shared: row.get("is_shared")?,
        pictures: row.get("pictures")?,
    })
}
