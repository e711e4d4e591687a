//! Snapshots that a thread shares between its reads.
//!
//! A read transaction of its own costs every read more than its query: SQLite takes a lock of the
//! operating system and releases it, and for both, all threads of the process wait for one mutex. A
//! worker that has many requests to answer therefore leaves its read transaction open, and asks
//! before each read whether another connection has committed since. If not, the transaction still
//! shows the latest state, and so a session that was revoked is refused at once; if so, it is ended
//! and a new one begins.
//!
//! SQLite has no function that says so: `PRAGMA data_version` sees no commit while the transaction
//! is open. But every commit of any process changes the header of the WAL index before it is
//! acknowledged (<https://www.sqlite.org/walformat.html>, 2.1), and the index is a file,
//! `nox.db-shm`. The 48 bytes of the header are read and compared, which is one system call without
//! a lock.
//!
//! An open read transaction has a price: the write-ahead log cannot be reset while one is open, and
//! grows. So a thread holds its snapshot only for moments (`SNAPSHOT_TTL` in `http/bridge.rs`), and
//! not at all while this process writes.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use thread_local::ThreadLocal;

use super::session_cache::SessionCache;
use super::session_users::{self, SessionUser};
use super::sessions::SessionRef;
use crate::error::{Error, Result};

/// The length of the header of the WAL index, in bytes. The file has two copies of it; the first is
/// read.
const HEADER_LENGTH: usize = 48;

/// The snapshots of all threads.
#[derive(Default)]
pub(super) struct Snapshots {
    threads: ThreadLocal<Snapshot>,
    /// How many threads are writing or wait for the write lock.
    writers: AtomicUsize,
    /// The WAL index. It is opened once, and closed after all connections, since closing a file
    /// releases all locks that the process has on it, and so those of SQLite.
    index: Mutex<Option<Arc<File>>>,
}

impl Snapshots {
    /// The snapshot of this thread, if it holds one.
    fn held(&self) -> Option<&Snapshot> {
        self.threads.get().filter(|snapshot| snapshot.is_held.get())
    }

    /// Keeps all threads from leaving a read transaction open, as long as the guard lives: after a
    /// commit, the write-ahead log can be reset only in a moment without readers.
    pub(super) fn pause(&self) -> Pause<'_> {
        self.writers.fetch_add(1, Ordering::Relaxed);
        Pause(self)
    }

    /// The snapshot of this thread, if it holds one, with the latest state of the database.
    pub(super) fn latest(&self) -> Result<Option<&Snapshot>> {
        let Some(snapshot) = self.held() else { return Ok(None) };
        if self.writers.load(Ordering::Relaxed) > 0 {
            snapshot.end()?;
        } else {
            snapshot.refresh()?;
        }
        Ok(Some(snapshot))
    }

    /// Lets this thread hold a snapshot, on a connection that `open` opens the first time. Returns
    /// false if it already did.
    pub(super) fn hold(&self, open: impl FnOnce() -> Result<Connection>) -> Result<bool> {
        let snapshot = self.threads.get_or_try(|| {
            let connection = open()?;
            Ok::<_, Error>(Snapshot {
                index: self.index_of(&connection)?,
                connection,
                is_held: Cell::new(false),
                header: Cell::new([0; HEADER_LENGTH]),
                sessions: RefCell::default(),
            })
        })?;
        Ok(!snapshot.is_held.replace(true))
    }

    /// Ends the snapshot of this thread. The connection stays open for the next one.
    pub(super) fn release(&self) -> Result<()> {
        let Some(snapshot) = self.held() else { return Ok(()) };
        snapshot.is_held.set(false);
        snapshot.end()
    }

    fn index_of(&self, connection: &Connection) -> Result<Arc<File>> {
        let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = &*index {
            return Ok(Arc::clone(index));
        }
        // SQLite creates the index at the first read.
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        let path = connection.path().unwrap_or_default();
        let opened = Arc::new(File::open(format!("{path}-shm")).map_err(unreadable)?);
        Ok(Arc::clone(index.insert(opened)))
    }
}

/// Keeps threads from leaving a read transaction open; see [`Snapshots::pause`].
pub(super) struct Pause<'snapshots>(&'snapshots Snapshots);

impl Drop for Pause<'_> {
    fn drop(&mut self) {
        self.0.writers.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The snapshot of one thread.
pub(super) struct Snapshot {
    pub(super) connection: Connection,
    index: Arc<File>,
    is_held: Cell<bool>,
    /// The header of the WAL index, read before the transaction began: a commit in between leads to
    /// one refresh too many, and not to one too few.
    header: Cell<[u8; HEADER_LENGTH]>,
    /// The sessions that were found in this transaction, which the same query would find again.
    sessions: RefCell<SessionCache<SessionRef, SessionUser>>,
}

impl Snapshot {
    /// Finds a session and its user, see [`session_users::find`].
    pub(super) fn find_by_session(&self, session: SessionRef) -> Result<Option<SessionUser>> {
        let cached = self.sessions.borrow().get(&session);
        if cached.is_some() {
            return Ok(cached);
        }
        let found = session_users::find(&self.connection, session)?;
        // Without an open transaction, each read has a snapshot of its own.
        if let Some(found) = &found
            && !self.connection.is_autocommit()
        {
            self.sessions.borrow_mut().put(session, found.clone());
        }
        Ok(found)
    }

    /// Begins a new transaction, unless the open one shows the latest state.
    fn refresh(&self) -> Result<()> {
        let mut header = [0; HEADER_LENGTH];
        self.index.read_exact_at(&mut header, 0).map_err(unreadable)?;
        if header != self.header.get() {
            self.end()?;
        }
        if self.connection.is_autocommit() {
            self.connection.prepare_cached("BEGIN")?.execute([])?;
            self.header.set(header);
        }
        Ok(())
    }

    fn end(&self) -> Result<()> {
        if !self.connection.is_autocommit() {
            self.sessions.borrow_mut().clear();
            self.connection.prepare_cached("COMMIT")?.execute([])?;
        }
        Ok(())
    }
}

fn unreadable(error: io::Error) -> Error {
    Error::ServerNotReady { source: Some(error.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Db;
    use crate::storage::sessions::SessionId;
    use crate::storage::users::UserId;
    use std::thread;
    use std::time::Duration;

    /// A database, and a connection of another program to it.
    fn opened() -> (tempfile::TempDir, Db, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nox.db");
        let db = Db::open(&path).unwrap();
        let other = Connection::open(&path).unwrap();
        (folder, db, other)
    }

    fn relays(connection: &Connection) -> u32 {
        connection.query_row("SELECT count(*) FROM relays", [], |row| row.get(0)).unwrap()
    }

    fn add(connection: &Connection, number: u32) {
        let sql =
            "INSERT INTO relays (name, token_sha256, created_at) VALUES (?1, randomblob(32), 0)";
        connection.execute(sql, [format!("relay{number}")]).unwrap();
    }

    #[test]
    fn next_read_shows_every_commit() {
        let (_folder, db, other) = opened();
        assert!(db.hold_snapshot().unwrap());
        for number in 0..20 {
            assert_eq!(db.read(|connection| Ok(relays(connection))).unwrap(), number);
            if number % 2 == 0 {
                add(&other, number);
            } else {
                let changed: Result<_> = db.write(|connection| {
                    add(connection, number);
                    Ok(())
                });
                changed.unwrap();
            }
        }
    }

    #[test]
    fn snapshot_is_kept_until_a_commit() {
        let (_folder, db, other) = opened();
        assert!(db.hold_snapshot().unwrap() && !db.hold_snapshot().unwrap());
        let is_kept = || db.read(|connection| Ok(!connection.is_autocommit())).unwrap();
        db.read(|connection| Ok(relays(connection))).unwrap();
        let before_its_end = db.read(|connection| {
            add(&other, 1);
            Ok(relays(connection))
        });
        assert_eq!(
            before_its_end.unwrap(),
            0,
            "a read has one state of the database from its start to its end"
        );
        assert_eq!(db.read(|connection| Ok(relays(connection))).unwrap(), 1);
        assert!(is_kept());
        assert!(
            thread::scope(|scope| scope.spawn(|| !is_kept()).join().unwrap()),
            "another thread holds none"
        );
    }

    #[test]
    fn revoked_session_is_not_found_in_the_cache() {
        let (_folder, db, other) = opened();
        other
            .execute_batch(
                "INSERT INTO users
                     (id, username, display, password_hash, password_changed_at, created_at)
                 VALUES (1, 'ada', 'Ada', '', 0, 0);
                 INSERT INTO sessions (id, user_id, created_at, expires_at, last_seen_at, ip)
                 VALUES (zeroblob(16), 1, 0, 1, 0, '')",
            )
            .unwrap();
        let session = SessionRef { session: SessionId(uuid::Uuid::nil()), user: UserId(1) };
        assert!(db.hold_snapshot().unwrap());
        let name = || db.find_by_session(session).unwrap().map(|found| found.user.username.clone());
        assert_eq!((name().as_deref(), name().as_deref()), (Some("ada"), Some("ada")));
        other.execute("UPDATE users SET username = 'lovelace'", []).unwrap();
        assert_eq!((name().as_deref(), name().as_deref()), (Some("lovelace"), Some("lovelace")));
        other.execute("DELETE FROM sessions", []).unwrap();
        assert_eq!(name(), None);
    }

    #[test]
    fn no_snapshot_is_held_during_a_write() {
        let (_folder, db, _other) = opened();
        assert!(db.hold_snapshot().unwrap());
        let is_kept = || db.read(|connection| Ok(!connection.is_autocommit())).unwrap();
        assert!(is_kept());
        let written: Result<_> = db.write(|_| {
            assert!(!is_kept());
            Ok(())
        });
        written.unwrap();
        assert!(is_kept());
    }

    #[test]
    fn write_ahead_log_is_reset_after_a_release() {
        let (_folder, db, other) = opened();
        let is_blocked = || {
            other
                .query_row("PRAGMA wal_checkpoint(RESTART)", [], |row| row.get::<_, bool>(0))
                .unwrap()
        };
        assert!(db.hold_snapshot().unwrap());
        add(&other, 1);
        assert_eq!(db.read(|connection| Ok(relays(connection))).unwrap(), 1);
        add(&other, 2);
        other.busy_timeout(Duration::ZERO).unwrap();
        assert!(is_blocked());
        db.release_snapshot().unwrap();
        assert!(!is_blocked());
        assert!(db.hold_snapshot().unwrap(), "the snapshot was released");
    }
}
