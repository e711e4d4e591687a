//! The schema: made where there is no database, checked and brought up to date where there is one.

use std::fs::{File, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::header::{self, Header, VERSION, check};
use super::{OpenError, connection, upgrades};
use crate::error;
use crate::files;

const SCHEMA: &str = include_str!("../../schema.sql");

/// Opens the database at `path`, which is created or upgraded first if need be, on a connection that
/// reads and writes; or fails without having changed anything.
pub(super) fn open(path: &Path) -> Result<Connection, OpenError> {
    let failed = |action| move |source| OpenError::File { action, path: path.to_owned(), source };
    if let Some(header) = header::read(path).map_err(failed("read"))? {
        // The first look goes around SQLite, which would leave its companion files beside a
        // database of a later version.
        check(path, header)?;
    } else {
        create_file(path).map_err(failed("create"))?;
    }
    install(path)
}

/// Checks the database again through SQLite, which knows of commits that the file's header does not
/// show yet; fills an empty database, and upgrades an old one.
fn install(path: &Path) -> Result<Connection, OpenError> {
    let sqlite = |source| OpenError::Sqlite { path: path.to_owned(), source };
    let mut connection = connection::open(path).map_err(sqlite)?;
    let found = current(&connection).map_err(sqlite)?;
    check(path, found)?;
    if found.version < VERSION || !is_wal(&connection).map_err(sqlite)? {
        // One process at a time: the switch to the write-ahead log does not wait for another's.
        let folder =
            File::open(files::parent(path)).and_then(|folder| folder.lock().map(|()| folder));
        let _held = folder.map_err(|source| OpenError::File {
            action: "lock",
            path: path.to_owned(),
            source,
        })?;
        match current(&connection).map_err(sqlite)?.version {
            0 if is_empty(&connection).map_err(sqlite)? => fill(&mut connection).map_err(sqlite)?,
            from @ 1..VERSION => upgrades::run(&mut connection, path, from)?,
            // A copy that was put back is in another mode, in which a long read holds up every
            // change.
            VERSION => connection.pragma_update(None, "journal_mode", "WAL").map_err(sqlite)?,
            _ => (),
        }
    }
    match current(&connection).map_err(sqlite)? {
        Header { version: 0, .. } => Err(OpenError::Foreign { path: path.to_owned() }),
        header => check(path, header).map(|()| connection),
    }
}

fn fill(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    transaction.execute_batch(SCHEMA)?;
    transaction.commit()
}

fn is_wal(connection: &Connection) -> rusqlite::Result<bool> {
    connection.pragma_query_value(None, "journal_mode", |row| Ok(row.get::<_, String>(0)? == "wal"))
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", [], |row| row.get(0))
}

/// The schema version of a database, which is an earlier one only where it was opened as it is, such
/// as a backup.
pub(crate) fn schema_version(connection: &Connection) -> error::Result<u32> {
    Ok(current(connection)?.version)
}

fn current(connection: &Connection) -> rusqlite::Result<Header> {
    // Both at once: another process may be filling the database.
    let query =
        "SELECT user_version, application_id FROM pragma_user_version, pragma_application_id";
    connection.query_row(query, [], |row| {
        Ok(Header { version: row.get(0)?, application_id: row.get(1)?, length: 0 })
    })
}

/// Makes the file before SQLite does, for its mode: the companion files take it over.
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
            // An empty file may have been there with another mode.
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
    fn a_new_database_has_the_settings_that_it_needs() {
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
        let strict: i64 = db
            .read(|c| Ok(c.query_row("SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' AND NOT strict", [], |row| row.get(0))?))
            .unwrap();
        assert_eq!(strict, 0, "every table is STRICT");
        for file in ["nox.db", "nox.db-wal", "nox.db-shm"] {
            let mode = fs::metadata(path.with_file_name(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
    }

    #[test]
    fn a_newer_database_is_refused_and_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nox.db");
        drop(Db::open(&path).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", VERSION + 1).unwrap();
        let before = fs::read(&path).unwrap();
        let message = Db::open(&path).err().unwrap().to_string();
        assert!(message.contains("schema version 6") && message.contains("newer nox"), "{message}");
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_newer_version_that_is_only_in_the_wal_is_refused_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nox.db");
        drop(Db::open(&path).unwrap());
        let open = Connection::open(&path).unwrap();
        open.pragma_update(None, "user_version", 9).unwrap();
        assert!(matches!(Db::open(&path), Err(OpenError::Newer { found: 9, .. })));
    }

    #[test]
    fn what_is_no_nox_database_is_refused_and_not_touched() {
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
    fn a_folder_that_cannot_be_written_is_an_error_at_once() {
        let error = Db::open(Path::new("/proc/nox/nox.db")).err().unwrap();
        assert!(
            error.to_string().contains("cannot create the database /proc/nox/nox.db"),
            "{error}"
        );
    }
}
