use std::fs;
use std::os::unix::fs::PermissionsExt;

use rusqlite::types::Value;

use super::*;
use crate::storage::users::Link;
use crate::storage::{Db, rate_limits};
use crate::time::Timestamp;

const FIRST: &str = include_str!("1.sql");

/// The definitions of all tables, indexes and views, without comments, and with single spaces.
fn layout(path: &Path) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let mut found = connection
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        .unwrap();
    let texts = found.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let plain = |text: String| {
        let lines = text.lines().map(|line| line.split("--").next().unwrap()).collect::<Vec<_>>();
        lines
            .join(" ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace(" )", ")")
            .replace("( ", "(")
            .replace(" ,", ",")
    };
    texts.map(|text| plain(text.unwrap())).collect()
}

fn old_database(folder: &Path) -> PathBuf {
    let path = folder.join("nox.db");
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.execute_batch(FIRST).unwrap();
    connection
        .execute_batch(
            "INSERT INTO users (id, username, display, email, email_verified, password_hash,
                 password_changed_at, created_at, links, banned_at, banned_until, ban_reason)
             VALUES (7, 'ada', 'Ada', 'ada@example.org', 1, 'hash', 1, 1,
                 'https://a.example/' || char(10) || 'https://b.example/', 11, 12, 'spam');
             INSERT INTO totp_factors VALUES (7, x'01', 5, 9);
             INSERT INTO sessions (id, user_id, created_at, expires_at, last_seen_at, ip,
                 user_agent, public_key, public_key_sha256)
             VALUES (zeroblob(16), 7, 1, 2, 3, '192.0.2.1', 'Nox', x'04', x'05');",
        )
        .unwrap();
    path
}

/// Every form that the subject of a budget had, and the row of `rate_limits` that it becomes.
const RATE_LIMITS: [(&str, [&str; 4]); 14] = [
    ("address 192.0.2.1", ["address", "", "192.0.2.1", ""]),
    ("address 2001:db8::", ["address", "", "2001:db8::", ""]),
    ("code 7", ["code", "7", "", ""]),
    ("current password 7", ["current password", "7", "", ""]),
    ("mail 7", ["mailed code", "7", "", ""]),
    ("mail a day 7", ["mailed code daily", "7", "", ""]),
    ("link 7", ["mailed link", "7", "", ""]),
    ("link a day 7", ["mailed link daily", "7", "", ""]),
    ("notices 7", ["notice", "7", "", ""]),
    ("password 7", ["password", "7", "", ""]),
    ("password 7 by aZ-_09", ["password", "7", "", "aZ-_09"]),
    ("password 7 from 2001:db8::", ["password", "7", "2001:db8::", ""]),
    (
        "password unknown-00000000000000ff from 192.0.2.1",
        ["password", "unknown-00000000000000ff", "192.0.2.1", ""],
    ),
    ("registration 192.0.2.1", ["registration", "", "192.0.2.1", ""]),
];

#[test]
fn upgrade_from_every_version_keeps_counted_attempts() {
    // Version 5 has no table `budgets`.
    for steps in 0..4 {
        let folder = tempfile::tempdir().unwrap();
        let path = old_database(folder.path());
        let old = Connection::open(&path).unwrap();
        STEPS[..steps].iter().for_each(|step| old.execute_batch(step).unwrap());
        for (count, (subject, _)) in (1..).zip(RATE_LIMITS) {
            let row = "INSERT INTO budgets VALUES (?1, ?2, ?3)";
            old.execute(row, (subject, count, 1000 + count)).unwrap();
        }
        drop(old);
        let mut found = Db::open(&path)
            .unwrap()
            .read(|connection| rate_limits::list(connection, Timestamp::from_millis(0)))
            .unwrap();
        found.sort_by_key(|row| row.count);
        let expected = (1..).zip(RATE_LIMITS).map(|(count, (_, parts))| {
            let [kind, account, network, browser] = parts;
            (kind, [account, network, browser].map(str::to_owned), count, 1000 + i64::from(count))
        });
        let found: Vec<_> = found
            .iter()
            .map(|row| {
                let scope = [&row.key.account, &row.key.network, &row.key.browser];
                let scope = scope.map(|part| part.clone().unwrap_or_default());
                (row.key.kind.as_str(), scope, row.count, row.resets_at.millis())
            })
            .collect();
        assert_eq!(found, expected.collect::<Vec<_>>());
    }
}

#[test]
fn upgraded_database_equals_a_new_one_and_keeps_its_rows() {
    let session = |connection: &Connection| {
        let query = "SELECT id = zeroblob(16), user_id, created_at, expires_at, last_seen_at, ip,
            user_agent,
            hex(public_key), hex(public_key_sha256) FROM sessions";
        connection.query_row(query, [], |row| {
            (0..9).map(|column| row.get(column)).collect::<Result<Vec<Value>, _>>()
        })
    };
    for steps in 0..STEPS.len() {
        let folder = tempfile::tempdir().unwrap();
        let path = old_database(folder.path());
        let old = Connection::open(&path).unwrap();
        STEPS[..steps].iter().for_each(|step| old.execute_batch(step).unwrap());
        let before = session(&old).unwrap();
        drop(old);
        let db = Db::open(&path).unwrap();
        assert!(folder.path().join(format!("nox.db.v{}", steps + 1)).exists());
        assert_eq!(db.read(|connection| Ok(session(connection)?)).unwrap(), before);
        let new = folder.path().join("new.db");
        drop(Db::open(&new).unwrap());
        assert_eq!(layout(&path), layout(&new));
        let user = db
            .read(|connection| super::super::users::find_by_username(connection, "ada"))
            .unwrap()
            .unwrap();
        assert!(
            user.email_verified
                && user.has_totp
                && !user.has_email_factor
                && user.recovery_codes == 0
        );
        assert_eq!(
            (user.suspended_at, user.suspended_until, user.suspension_reason.as_deref()),
            (Some(Timestamp::from_millis(11)), Some(Timestamp::from_millis(12)), Some("spam"))
        );
        let link = |value: &str| Link { value: value.into(), label: None };
        assert_eq!(user.links, [link("https://a.example/"), link("https://b.example/")]);
        assert_eq!(
            (user.pronoun, user.avatar, user.presence, user.presence_text),
            (None, None, None, None)
        );
    }
}

#[test]
fn copy_of_the_old_database_is_kept_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = old_database(folder.path());
    drop(Db::open(&path).unwrap());
    let copy = folder.path().join("nox.db.v1");
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!folder.path().join("nox.db.v1.draft").exists());
    let version: u32 = Connection::open(&copy)
        .unwrap()
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(version, 1);
    assert_eq!(layout(&copy), {
        let first = folder.path().join("first.db");
        Connection::open(&first).unwrap().execute_batch(FIRST).unwrap();
        layout(&first)
    });
}

#[test]
fn upgrade_that_cannot_write_its_copy_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = old_database(folder.path());
    fs::create_dir(folder.path().join("nox.db.v1.draft")).unwrap();
    assert!(matches!(Db::open(&path), Err(OpenError::File { .. })));
    let connection = Connection::open(&path).unwrap();
    let version: u32 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 1);
}

#[test]
fn two_accounts_with_one_address_stay_apart_and_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = old_database(folder.path());
    let add = |id: u32, name: &str, email: &str| {
        let row = "INSERT INTO users (id, username, display, email, email_verified, password_hash,
                       password_changed_at, created_at)
                   VALUES (?1, ?2, 'U\u{308}nal', ?3, 1, 'hash', 1, 1)";
        Connection::open(&path).unwrap().execute(row, (id, name, email)).unwrap();
    };
    add(8, "bob", "M\u{dc}LLER@example.org");
    add(9, "eve", "m\u{fc}ller@example.org");
    let db = Db::open(&path).unwrap();
    let name = |email: &str| {
        let found = db.read(|connection| users::find_by_verified_email(connection, email));
        found.unwrap().map(|user| user.username)
    };
    assert_eq!(name("M\u{dc}LLER@EXAMPLE.org").as_deref(), Some("bob"));
    assert_eq!(name("m\u{fc}ller@example.org").as_deref(), Some("eve"));
    assert_eq!(name("mu\u{308}ller@example.org"), None, "it is the spelling of neither");
    assert_eq!(name("ADA@example.org.").as_deref(), Some("ada"));
    let shared = |connection: &Connection| users::list_shared(connection).map_err(Into::into);
    let shared = db.read(shared).unwrap();
    assert!(shared.len() == 1 && shared[0].to_string().contains("bob (id 8) and eve (id 9)"));
    let mut eve = db.read(|c| users::find_by_username(c, "eve")).unwrap().unwrap();
    eve.bio = Some("x".into());
    db.write(|connection| users::update(connection, &eve)).unwrap();
    eve.email = Some("ada@EXAMPLE.org.".into());
    assert!(db.write(|connection| users::update(connection, &eve)).is_err(), "it is Ada's");
}
