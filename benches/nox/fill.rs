//! Databases with many rows, written directly and not through the server.

use anyhow::Result;
use rusqlite::{Connection, params};

use crate::server::Instance;

/// Adds users until there are `?1`. All have the password of the first one.
const USERS: &str = "
    INSERT INTO users (id, username, display, email, password_hash, password_changed_at, created_at,
        display_folded, email_folded)
    WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)
    SELECT n, printf('user%07d', n), printf('User %d', n), printf('user%07d@example.org', n),
        ?2, ?3, ?3, printf('user %d', n), printf('user%07d@example.org', n)
    FROM numbers";

/// Adds `?1` sessions. The first is opened at `?2`, and each other one a millisecond later.
const SESSIONS: &str = "
    INSERT INTO sessions (id, user_id, created_at, expires_at, last_seen_at, ip, user_agent)
    WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1 - 1)
    SELECT unhex(printf('%012x7%03x8%015x', ?2 + n, n & 4095, random() & 0xfffffffffffffff)),
        1 + n % (SELECT max(id) FROM users), ?2 + n, ?2 + n + 30 * 86400000, ?2 + n,
        printf('192.0.2.%d', n & 255), 'NoxVR/2026.4 (Windows)'
    FROM numbers";

/// Whether the sessions were opened a day or 60 days ago; they last 30 days.
#[derive(Clone, Copy)]
pub enum Age {
    Active,
    Expired,
}

pub fn users(instance: &Instance, count: u32) -> Result<()> {
    let database = open_without_sync(instance)?;
    let (hash, at): (String, i64) =
        database.query_row("SELECT password_hash, created_at FROM users", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    database.execute(USERS, params![count, hash, at])?;
    checkpoint(&database)
}

pub fn sessions(instance: &Instance, count: u32, age: Age) -> Result<()> {
    let days = match age {
        Age::Active => 1,
        Age::Expired => 60,
    };
    let database = open_without_sync(instance)?;
    let now: i64 = database.query_row("SELECT unixepoch() * 1000", [], |row| row.get(0))?;
    database.execute(SESSIONS, params![count, now - days * 86_400_000])?;
    checkpoint(&database)
}

/// The size of the database in bytes, without free pages.
pub fn size(instance: &Instance) -> Result<f64> {
    let database = instance.database()?;
    database.execute_batch("VACUUM")?;
    let query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    Ok(database.query_row(query, [], |row| row.get(0))?)
}

fn open_without_sync(instance: &Instance) -> Result<Connection> {
    let database = instance.database()?;
    database.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000")?;
    Ok(database)
}

/// Moves the WAL into the database, so that the server does not have to.
fn checkpoint(database: &Connection) -> Result<()> {
    Ok(database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}
