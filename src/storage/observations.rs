//! The table `observations`: what the server noticed while it ran, for `nox doctor`.

use std::time::Duration;

use rusqlite::types::{ToSql, ToSqlOutput};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Bound;
use crate::error::Result;
use crate::time::Timestamp;

/// The first schema version that has this table.
pub(crate) const SINCE_VERSION: u32 = 6;
/// An observation that was not repeated for so long is over: the next one is counted as the first.
pub(crate) const LIFETIME: Duration = Duration::from_hours(7 * 24);

/// What was noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A mail was given up: the mail server refused it, or could not be reached.
    MailGivenUp,
    /// The addresses that the server has had, one in each line; see `domain::address`.
    NoxAddress,
    /// A backup that was due failed; over once one is made.
    BackupFailed,
    /// A proxy says that browsers use https, although the public URL is http; over once it is not.
    HttpsInFront,
    /// Every login came from one address, which no proxy named; over once one comes from another.
    OneClient,
    /// A backup with the key file was made; the text identifies the key.
    KeyCopied,
    /// The server tried whether the database takes a write.
    Probe,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::MailGivenUp => "mail.given_up",
            Self::NoxAddress => "server.address",
            Self::BackupFailed => "backup.failed",
            Self::HttpsInFront => "proxy.https",
            Self::OneClient => "proxy.one_client",
            Self::KeyCopied => "backup.with_key",
            Self::Probe => "ready.probed",
        }
    }
}

impl ToSql for Kind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Observation {
    pub count: u32,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    pub text: String,
}

/// Counts an observation, and keeps the text of the last one.
pub(crate) fn put(connection: &Connection, kind: Kind, text: &str, now: Timestamp) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO observations (kind, count, first_at, last_at, text)
             VALUES (?1, 1, ?2, ?2, ?3)
             ON CONFLICT (kind) DO UPDATE SET
                 count = iif(last_at BETWEEN ?4 AND ?2, count + 1, 1),
                 first_at = iif(last_at BETWEEN ?4 AND ?2, first_at, ?2),
                 last_at = ?2,
                 text = ?3",
        )?
        .execute(params![kind, now, text, now.before(LIFETIME)])?;
    Ok(())
}

/// Finds what was noticed of one kind, unless it is over.
pub(crate) fn find_active(
    connection: &Connection,
    kind: Kind,
    now: Timestamp,
) -> Result<Option<Observation>> {
    let query = "SELECT count, first_at, last_at, text FROM observations
        WHERE kind = ?1 AND last_at >= ?2";
    let observation = |row: &Row<'_>| {
        Ok(Observation {
            count: row.get("count")?,
            first_at: row.get("first_at")?,
            last_at: row.get("last_at")?,
            text: row.get("text")?,
        })
    };
    Ok(connection.query_row(query, params![kind, now.before(LIFETIME)], observation).optional()?)
}

/// Finds the last text of one kind, however old it is.
pub(crate) fn find_text(connection: &Connection, kind: Kind) -> Result<Option<String>> {
    let query = "SELECT text FROM observations WHERE kind = ?1";
    Ok(connection.query_row(query, [kind], |row| row.get(0)).optional()?)
}

/// Forgets what was noticed of one kind, since it is mended.
pub(crate) fn delete(connection: &Connection, kind: Kind) -> Result<()> {
    connection.execute("DELETE FROM observations WHERE kind = ?1", [kind])?;
    Ok(())
}

/// Counts the kinds that were noticed later than they can have been.
pub(crate) fn count_later(connection: &Connection, noticed: Bound) -> Result<u32> {
    let query = "SELECT count(*) FROM observations WHERE last_at > ?1";
    Ok(connection.query_row(query, [noticed.tolerated], |row| row.get(0))?)
}

/// Stores that they were noticed as late as they can have been.
pub(crate) fn update_later(connection: &Connection, noticed: Bound) -> Result<()> {
    connection.execute(
        "UPDATE observations SET first_at = min(first_at, ?2), last_at = ?2 WHERE last_at > ?1",
        [noticed.tolerated, noticed.latest],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Db;
    use super::*;

    #[test]
    fn observation_is_counted_until_it_has_not_been_repeated_for_a_week() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("nox.db")).unwrap();
        let at = |hours: i64| Timestamp::from_millis(hours * 3_600_000);
        let put = |text, hours| db.write(|c| put(c, Kind::MailGivenUp, text, at(hours))).unwrap();
        let find = |hours| db.read(|c| find_active(c, Kind::MailGivenUp, at(hours))).unwrap();
        let found = |count, first: i64, last: i64, text: &str| {
            Some(Observation { count, first_at: at(first), last_at: at(last), text: text.into() })
        };
        assert_eq!(find(1000), None);
        put("refused", 1000);
        put("slow", 1100);
        assert_eq!(find(1268), found(2, 1000, 1100, "slow"));
        assert_eq!(find(1269), None);
        put("refused", 1269);
        assert_eq!(find(1269), found(1, 1269, 1269, "refused"));
        // One of a clock that was ahead does not hide what happens now.
        put("slow", 1200);
        assert_eq!(find(1200), found(1, 1200, 1200, "slow"));
    }
}
