//! The snapshot that the reads of a busy thread share.
//!
//! A read of its own takes a lock of the system and gives it back, while all other threads of the
//! process wait at one mutex. A thread with many reads before it keeps its snapshot instead, and
//! asks before each whether it is still the newest. SQLite tells by the head of the WAL index,
//! which every commit of any process changes before it is acknowledged
//! (<https://www.sqlite.org/walformat.html>, 2.1).

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use thread_local::ThreadLocal;

use super::session_cache::SessionCache;
use super::sessions::SessionRef;
use super::users::{self, SessionUser};
use crate::error::{Error, Result};

/// The first of the two copies of the head, in bytes.
const HEAD_LENGTH: usize = 48;

/// The snapshots of all threads that have one.
#[derive(Default)]
pub(super) struct Snapshots {
    threads: ThreadLocal<Snapshot>,
    /// How many are writing.
    writers: AtomicUsize,
    /// Opened once and closed last: closing a file gives back all locks that the process has on it,
    /// SQLite's too.
    index: Mutex<Option<Arc<File>>>,
}

impl Snapshots {
    /// That of this thread, where it is held.
    fn held(&self) -> Option<&Snapshot> {
        self.threads.get().filter(|snapshot| snapshot.is_held.get())
    }

    /// Keeps snapshots from being held: a log that is never without readers cannot start anew after
    /// a commit, and grows.
    pub(super) fn pause(&self) -> Pause<'_> {
        self.writers.fetch_add(1, Ordering::Relaxed);
        Pause(self)
    }

    /// What a read of this thread has: a snapshot with every commit until now, where it holds one.
    pub(super) fn newest(&self) -> Result<Option<&Snapshot>> {
        let Some(snapshot) = self.held() else { return Ok(None) };
        if self.writers.load(Ordering::Relaxed) > 0 {
            snapshot.end()?;
        } else {
            snapshot.renew()?;
        }
        Ok(Some(snapshot))
    }

    /// Holds that of this thread, on a connection that `open` makes where it has none yet. Says
    /// whether it was not held before.
    ///
    /// # Errors
    /// What `open` returns, or the index cannot be opened.
    pub(super) fn hold(&self, open: impl FnOnce() -> Result<Connection>) -> Result<bool> {
        let snapshot = self.threads.get_or_try(|| {
            let connection = open()?;
            let index = self.index_of(&connection)?;
            let (head, sessions) = (Cell::new([0; HEAD_LENGTH]), RefCell::default());
            Ok::<_, Error>(Snapshot {
                connection,
                index,
                is_held: Cell::new(false),
                head,
                sessions,
            })
        })?;
        Ok(!snapshot.is_held.replace(true))
    }

    /// Lets go of that of this thread.
    pub(super) fn let_go(&self) -> Result<()> {
        let Some(snapshot) = self.held() else { return Ok(()) };
        snapshot.is_held.set(false);
        snapshot.end()
    }

    fn index_of(&self, connection: &Connection) -> Result<Arc<File>> {
        let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = &*index {
            return Ok(Arc::clone(index));
        }
        // The index is there from the first read on.
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        let path = connection.path().unwrap_or_default();
        let opened = Arc::new(File::open(format!("{path}-shm")).map_err(unreadable)?);
        Ok(Arc::clone(index.insert(opened)))
    }
}

/// While somebody writes.
pub(super) struct Pause<'snapshots>(&'snapshots Snapshots);

impl Drop for Pause<'_> {
    fn drop(&mut self) {
        self.0.writers.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A connection of one thread.
pub(super) struct Snapshot {
    pub(super) connection: Connection,
    index: Arc<File>,
    is_held: Cell<bool>,
    /// As it was before the snapshot was taken.
    head: Cell<[u8; HEAD_LENGTH]>,
    /// What was read with the snapshot is read with it again.
    sessions: RefCell<SessionCache<SessionRef, SessionUser>>,
}

impl Snapshot {
    /// The user of a session, see [`users::find_by_session`].
    pub(super) fn find_by_session(&self, session: SessionRef) -> Result<Option<SessionUser>> {
        let known = self.sessions.borrow().get(&session);
        if known.is_some() {
            return Ok(known);
        }
        let found = users::find_by_session(&self.connection, session)?;
        if let Some(found) = &found
            && !self.connection.is_autocommit()
        {
            self.sessions.borrow_mut().put(session, found.clone());
        }
        Ok(found)
    }

    /// Takes a new one, unless this has every commit until now.
    fn renew(&self) -> Result<()> {
        let mut head = [0; HEAD_LENGTH];
        self.index.read_exact_at(&mut head, 0).map_err(unreadable)?;
        if head != self.head.get() {
            self.end()?;
        }
        if self.connection.is_autocommit() {
            self.connection.prepare_cached("BEGIN")?.execute([])?;
            self.head.set(head);
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

    /// A database, and another program's connection to it.
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
    fn the_next_read_has_what_anybody_committed() {
        let (_folder, db, other) = opened();
        assert!(db.hold().unwrap());
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
    fn a_snapshot_is_kept_until_there_is_a_newer_one() {
        let (_folder, db, other) = opened();
        assert!(db.hold().unwrap() && !db.hold().unwrap());
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
            "nobody else holds one"
        );
    }

    #[test]
    fn a_session_that_was_ended_is_not_known_any_more() {
        let (_folder, db, other) = opened();
        other.execute_batch(
            "INSERT INTO users (id, username, display, password_hash, password_changed_at, created_at) VALUES (1, 'ada', 'Ada', '', 0, 0);
             INSERT INTO sessions (id, user_id, created_at, expires_at, last_seen_at, ip) VALUES (zeroblob(16), 1, 0, 1, 0, '')",
        ).unwrap();
        let session = SessionRef { session: SessionId(uuid::Uuid::nil()), user: UserId(1) };
        assert!(db.hold().unwrap());
        let name = || db.find_by_session(session).unwrap().map(|found| found.user.username.clone());
        assert_eq!((name().as_deref(), name().as_deref()), (Some("ada"), Some("ada")));
        other.execute("UPDATE users SET username = 'lovelace'", []).unwrap();
        assert_eq!((name().as_deref(), name().as_deref()), (Some("lovelace"), Some("lovelace")));
        other.execute("DELETE FROM sessions", []).unwrap();
        assert_eq!(name(), None);
    }

    #[test]
    fn nothing_is_held_while_somebody_writes() {
        let (_folder, db, _other) = opened();
        assert!(db.hold().unwrap());
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
    fn the_log_starts_anew_once_a_snapshot_is_let_go() {
        let (_folder, db, other) = opened();
        let is_held_up = || {
            other
                .query_row("PRAGMA wal_checkpoint(RESTART)", [], |row| row.get::<_, bool>(0))
                .unwrap()
        };
        assert!(db.hold().unwrap());
        add(&other, 1);
        assert_eq!(db.read(|connection| Ok(relays(connection))).unwrap(), 1);
        add(&other, 2);
        other.busy_timeout(Duration::ZERO).unwrap();
        assert!(is_held_up());
        db.let_go().unwrap();
        assert!(!is_held_up());
        assert!(db.hold().unwrap(), "it is not held any more");
    }
}
