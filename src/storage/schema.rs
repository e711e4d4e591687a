//! The schema of the database: created in a new one, checked and upgraded in an old one.

use std::fs::{File, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::header::{self, Header, VERSION, check, check_rights};
use super::{OpenError, connection, upgrades};
use crate::error;
use crate::files;

const SCHEMA: &str = include_str!("../../schema.sql");

/// Opens a connection that writes to the database at `path`, which is created or upgraded first if
/// it has to be. If that fails, nothing is changed.
pub(super) fn open(path: &Path) -> Result<Connection, OpenError> {
    let failed = |action| move |source| OpenError::file(action, path, source);
    if let Some(header) = header::read(path).map_err(failed("read"))? {
        // This is read without SQLite, which would create files beside a database of a later
        // version.
        check(path, header)?;
        check_rights(path).map_err(failed("open"))?;
    } else {
        create_file(path).map_err(failed("create"))?;
    }
    install(path)
}

/// Checks the database again by SQLite, which also reads the write-ahead log. Creates the schema in
/// an empty database, and upgrades an old one.
fn install(path: &Path) -> Result<Connection, OpenError> {
    let sqlite = |error| OpenError::Sqlite { path: path.to_owned(), error };
    let mut connection = connection::open(path).map_err(sqlite)?;
    let found = current(&connection).map_err(sqlite)?;
    check(path, found)?;
    if found.version < VERSION || !is_wal(&connection).map_err(sqlite)? {
        // One process at a time: SQLite does not wait for a lock when it switches to the
        // write-ahead log, but fails.
        let folder =
            File::open(files::parent(path)).and_then(|folder| folder.lock().map(|()| folder));
        let _lock = folder.map_err(|source| OpenError::file("lock", path, source))?;
        match current(&connection).map_err(sqlite)?.version {
            0 if is_empty(&connection).map_err(sqlite)? => fill(&mut connection).map_err(sqlite)?,
            from @ 1..VERSION => upgrades::run(&mut connection, path, from)?,
            // A restored backup is in another journal mode, in which a long read blocks all
            // changes.
            VERSION => connection.pragma_update(None, "journal_mode", "WAL").map_err(sqlite)?,
            _ => (),
        }
    }
    match current(&connection).map_err(sqlite)? {
        Header { version: 0, .. } => Err(OpenError::Foreign { path: path.to_owned() }),
        header => check(path, header).map(|()| connection),
    }
}

/// Creates the schema.
pub(super) fn fill(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    transaction.execute_batch(SCHEMA)?;
    transaction.commit()?;
    // Programs that read only the header of the file find the marks of a Nox database in it, though
    // the connection stays open and SQLite would keep them in the write-ahead log.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

fn is_wal(connection: &Connection) -> rusqlite::Result<bool> {
    connection.pragma_query_value(None, "journal_mode", |row| Ok(row.get::<_, String>(0)? == "wal"))
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", [], |row| row.get(0))
}

/// The schema version of a database. It is an earlier one only in a database that was opened
/// without an upgrade, such as a backup.
pub(crate) fn schema_version(connection: &Connection) -> error::Result<u32> {
    Ok(current(connection)?.version)
}

fn current(connection: &Connection) -> rusqlite::Result<Header> {
    // Both in one query: another process may be creating the schema.
    let query =
        "SELECT user_version, application_id FROM pragma_user_version, pragma_application_id";
    connection.query_row(query, [], |row| {
        Ok(Header { version: row.get(0)?, application_id: row.get(1)?, length: 0 })
    })
}

/// Creates the file before SQLite does, so that only its owner may read it. SQLite gives the same
/// mode to the files that it creates beside it.
fn create_file(path: &Path) -> io::Result<()> {
    files::create_parent(path)?;
    match files::create(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let nowhere = |_| {
                io::Error::new(
                    error.kind(),
                    "its name is that of a symbolic link that leads nowhere",
                )
            };
            // An empty file was there, perhaps with another mode.
            File::open(path).map_err(nowhere)?.set_permissions(Permissions::from_mode(0o600))
        }
        made => made.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Db;
    use super::*;
    use crate::error::Error;
    use std::fs;

    #[test]
    fn new_database_has_its_settings_and_modes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sub/nox.db");
        let db = Db::open(&path).unwrap();
        let pragma = |name: &str| {
            db.write::<_, Error>(|connection| {
                Ok(connection.pragma_query_value(None, name, |row| {
                    row.get::<_, rusqlite::types::Value>(0)
                })?)
            })
        };
        assert_eq!(pragma("journal_mode").unwrap(), "wal".to_owned().into());
        assert_eq!(pragma("synchronous").unwrap(), 2.into());
        assert_eq!(pragma("foreign_keys").unwrap(), 1.into());
        assert_eq!(pragma("busy_timeout").unwrap(), 5000.into());
        assert_eq!(pragma("user_version").unwrap(), i64::from(VERSION).into());
        let query = "SELECT count(*) FROM pragma_table_list WHERE schema = 'main'
            AND type = 'table' AND name NOT LIKE 'sqlite_%' AND NOT strict";
        let strict: i64 = db.read(|c| Ok(c.query_row(query, [], |row| row.get(0))?)).unwrap();
        assert_eq!(strict, 0, "every table is STRICT");
        for file in ["nox.db", "nox.db-wal", "nox.db-shm"] {
            let mode = fs::metadata(path.with_file_name(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
    }

    #[test]
    fn database_of_a_later_version_is_refused_and_not_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nox.db");
        drop(Db::open(&path).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", VERSION + 1).unwrap();
        let before = fs::read(&path).unwrap();
        let message = Db::open(&path).err().unwrap().to_string();
        assert!(
            message.contains("schema version 10") && message.contains("newer nox"),
            "{message}"
        );
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn later_version_that_is_only_in_the_log_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nox.db");
        drop(Db::open(&path).unwrap());
        let open = Connection::open(&path).unwrap();
        open.pragma_update(None, "user_version", 10).unwrap();
        assert!(matches!(Db::open(&path), Err(OpenError::Newer { found: 10, .. })));
    }

    #[test]
    fn other_files_are_refused_and_not_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nox.db");
        for content in [&b"hello"[..], &[b'x'; 4096]] {
            fs::write(&path, content).unwrap();
            assert!(matches!(Db::open(&path), Err(OpenError::Foreign { .. })));
            assert_eq!(fs::read(&path).unwrap(), content);
        }
        fs::remove_file(&path).unwrap();
        for marks in ["PRAGMA application_id = 7", ""] {
            Connection::open(&path)
                .unwrap()
                .execute_batch(&format!("{marks}; CREATE TABLE t (x)"))
                .unwrap();
            let before = fs::read(&path).unwrap();
            assert!(matches!(Db::open(&path), Err(OpenError::Foreign { .. })), "{marks}");
            assert_eq!(fs::read(&path).unwrap(), before);
            fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn folder_that_cannot_be_written_is_an_error() {
        let error = Db::open(Path::new("/proc/nox/nox.db")).err().unwrap();
        assert!(
            error.to_string().contains("cannot create the database /proc/nox/nox.db"),
            "{error}"
        );
    }
}
