use std::collections::BTreeSet;

use super::*;
use crate::domain::accounts::UserId;
use crate::domain::testing::{add_user, app_with, suspend};
use crate::error::Error;

const NOW: Timestamp = Timestamp::from_millis(1_750_936_113_726);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const YEAR: Duration = Duration::from_hours(24 * 365);

/// What becomes of a stored instant, or of its row, that is ahead of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    /// It is only shown or only there, and stays.
    Stays,
    /// It comes this near.
    Within(Duration),
    /// The row is deleted.
    Deleted,
    /// It counts as none.
    Zero,
    /// The next look at the clock replaces it.
    Seen,
}

/// Every instant in the database.
const INSTANTS_IN_THE_SCHEMA: [(&str, After); 32] = [
    ("audit.at", After::Stays),
    ("clock.seen_at", After::Seen),
    ("clock.trusted_at", After::Seen),
    ("devices.last_seen_at", After::Within(Duration::ZERO)),
    ("email_confirmations.expires_at", After::Within(DAY)),
    ("invitations.created_at", After::Within(Duration::ZERO)),
    ("invitations.expires_at", After::Within(DAY)),
    ("observations.first_at", After::Within(Duration::ZERO)),
    ("observations.last_at", After::Within(Duration::ZERO)),
    ("passkeys.created_at", After::Stays),
    ("passkeys.last_used_at", After::Stays),
    ("password_links.created_at", After::Within(Duration::ZERO)),
    ("password_links.expires_at", After::Within(DAY)),
    ("rate_limits.resets_at", After::Deleted),
    ("recovery_codes.used_at", After::Stays),
    ("relays.created_at", After::Stays),
    ("sent_codes.expires_at", After::Within(Duration::from_mins(10))),
    ("sent_codes.used_at", After::Stays),
    ("sessions.created_at", After::Within(Duration::ZERO)),
    ("sessions.expires_at", After::Within(Duration::from_hours(24 * 30))),
    ("sessions.last_seen_at", After::Within(Duration::ZERO)),
    ("shown_recovery_codes.expires_at", After::Within(Duration::from_mins(15))),
    ("totp_enrollments.expires_at", After::Within(HOUR)),
    ("totp_factors.enabled_at", After::Stays),
    ("totp_factors.last_step", After::Zero),
    ("totp_used_steps.step", After::Stays),
    // A challenge that was made while the clock was ahead is good again when its time comes, and
    // must not be answered twice then.
    ("used_challenges.expires_at", After::Stays),
    ("users.created_at", After::Stays),
    ("users.factor_demanded_at", After::Within(Duration::ZERO)),
    ("users.password_changed_at", After::Stays),
    ("users.suspended_at", After::Within(Duration::ZERO)),
    ("users.suspended_until", After::Within(Duration::from_hours(24 * 7))),
];

/// Rows that were all written at the instant `?1`.
const ROWS: &str = "
    INSERT INTO users (id, username, display, password_hash, password_changed_at, created_at,
        suspended_at, suspended_until, factor_demanded_at)
        VALUES (7, 'ada', 'Ada', 'hash', ?1, ?1, ?1, ?1 + 604800000, ?1);
    INSERT INTO totp_factors VALUES (7, x'01', ?1 / 30000, ?1, 0);
    INSERT INTO totp_used_steps VALUES (7, ?1 / 30000);
    INSERT INTO totp_enrollments VALUES (7, x'01', ?1 + 3600000);
    INSERT INTO recovery_codes VALUES (7, zeroblob(32), ?1);
    INSERT INTO sent_codes VALUES (7, 'email', zeroblob(32), ?1 + 600000, 5, ?1);
    INSERT INTO email_confirmations VALUES (zeroblob(32), 7, 'a@b.example', ?1 + 86400000);
    INSERT INTO invitations (id, seed, code_sha256, uses, created_at, expires_at)
        VALUES (1, zeroblob(16), zeroblob(32), 1, ?1, ?1 + 86400000);
    INSERT INTO password_links VALUES (7, zeroblob(32), 'operator', ?1, ?1 + 86400000);
    INSERT INTO passkeys (id, user_id, credential_id, public_key, rp_id, counter, is_syncable,
        is_synced, aaguid, name, created_at, last_used_at)
        VALUES (zeroblob(16), 7, x'01', x'01', 'a.example', 0, 0, 0, zeroblob(16), 'Key', ?1, ?1);
    INSERT INTO used_challenges VALUES (zeroblob(32), ?1);
    INSERT INTO devices VALUES (7, zeroblob(32), ?1);
    INSERT INTO sessions (user_id, id, created_at, expires_at, last_seen_at, ip)
        VALUES (7, zeroblob(16), ?1, ?1 + 2592000000, ?1, '192.0.2.1');
    INSERT INTO shown_recovery_codes VALUES (7, zeroblob(16), x'01', ?1 + 900000);
    INSERT INTO relays VALUES ('relay', zeroblob(32), ?1);
    INSERT INTO rate_limits VALUES ('password', '7', '', '', 10, ?1 + 900000);
    INSERT INTO rate_limits VALUES ('mailed code', '7', '', '', 1, ?1 + 60000);
    INSERT INTO rate_limits VALUES ('mailed code daily', '7', '', '', 10, ?1 + 86400000);
    INSERT INTO audit (at, event) VALUES (?1, 'password.changed');
    INSERT INTO observations VALUES ('mail.given_up', 1, ?1, ?1, 'refused');
    INSERT INTO clock VALUES (1, ?1, ?1)";

/// What a server does when it starts.
fn start(app: &App, now: Timestamp) -> Result<()> {
    watch(app, now)?;
    settle(app, now)
}

fn app_written_at(then: Timestamp) -> (tempfile::TempDir, App) {
    let (folder, app) = app_with("");
    let fill = |connection: &Connection| {
        for row in ROWS.split(';') {
            connection.execute(row, [then])?;
        }
        Ok::<_, Error>(())
    };
    app.db.write(fill).unwrap();
    (folder, app)
}

/// The columns of `schema.sql` whose names say that they hold an instant.
fn columns_of_the_schema() -> BTreeSet<String> {
    let mut table = "";
    let mut found = BTreeSet::new();
    for line in include_str!("../../../schema.sql").lines() {
        if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
            table = rest.trim_end_matches(" (");
        }
        let name = line.split_whitespace().next().unwrap_or_default();
        let is_instant = ["_at", "_until", "_step"].iter().any(|end| name.ends_with(end));
        let is_column = line.starts_with("    ") && line.contains(" INTEGER");
        if is_column && (is_instant || ["at", "until", "step"].contains(&name)) {
            found.insert(format!("{table}.{name}"));
        }
    }
    found
}

#[test]
fn every_instant_in_the_schema_has_a_meaning_ahead_of_the_clock() {
    let known = INSTANTS_IN_THE_SCHEMA.iter().map(|(column, _)| (*column).to_owned());
    assert_eq!(columns_of_the_schema(), known.collect());
}

#[test]
fn every_instant_ahead_of_the_clock_gets_its_meaning() {
    for ahead in [10 * MINUTE, 2 * HOUR, 2 * YEAR] {
        let then = NOW.after(ahead);
        let (_folder, app) = app_written_at(then);
        let found = |app: &App| app.db.read(|c| find_ahead(c, &app.config, NOW)).unwrap();
        let rows = found(&app).rows;
        assert_eq!(rows.len(), INSTANTS.len(), "{rows:?}");
        start(&app, NOW).unwrap();
        assert!(found(&app).rows.is_empty() && found(&app).seen_at.is_none());
        for (column, after) in INSTANTS_IN_THE_SCHEMA {
            let (table, name) = column.split_once('.').unwrap();
            let query = format!("SELECT max({name}) FROM {table}");
            let value: Option<i64> =
                app.db.read(|c| Ok(c.query_row(&query, [], |row| row.get(0))?)).unwrap();
            let written =
                if name.ends_with("step") { then.millis() / 30_000 } else { then.millis() };
            let expected = match after {
                After::Stays => Some(written),
                After::Within(span) => Some(NOW.after(span).millis()),
                After::Deleted => None,
                After::Zero => Some(0),
                After::Seen => Some(NOW.millis()),
            };
            assert_eq!(value, expected, "{column}, {ahead:?} ahead");
        }
    }
}

#[test]
fn instants_of_a_right_clock_stay_as_they_are() {
    let all = |app: &App| {
        INSTANTS_IN_THE_SCHEMA.map(|(column, _)| {
            let (table, name) = column.split_once('.').unwrap();
            let query = format!("SELECT group_concat({name}) FROM {table}");
            app.db.read(|c| Ok(c.query_row(&query, [], |row| row.get::<_, String>(0))?)).unwrap()
        })
    };
    // The clocks of two requests may differ by seconds.
    for ahead in [Duration::ZERO, 20 * Duration::from_secs(1), MINUTE] {
        let (_folder, app) = app_written_at(NOW.after(ahead));
        let before = all(&app);
        start(&app, NOW).unwrap();
        assert_eq!(all(&app), before, "{ahead:?}");
    }
}

/// Sets one instant of a row, where all of the others are right.
fn found_with(column: &str, at: Timestamp) -> (App, tempfile::TempDir, usize) {
    let (folder, app) = app_written_at(NOW);
    let (table, name) = column.split_once('.').unwrap();
    let set = format!("UPDATE {table} SET {name} = ?1");
    let value = if name.ends_with("step") { at.millis() / 30_000 } else { at.millis() };
    app.db.write(|c| Ok::<_, Error>(c.execute(&set, [value])?)).unwrap();
    let found = app.db.read(|c| find_ahead(c, &app.config, NOW)).unwrap().rows.len();
    (app, folder, found)
}

#[test]
fn each_instant_is_found_and_settled_by_itself() {
    for (column, after) in INSTANTS_IN_THE_SCHEMA {
        // An end that is set by the operator or by an earlier setting says nothing of the clock,
        // and what was noticed first was not noticed after the last.
        let says_nothing = [
            "invitations.expires_at",
            "observations.first_at",
            "password_links.expires_at",
            "sessions.expires_at",
            "users.suspended_until",
        ];
        let is_settled =
            !matches!(after, After::Stays | After::Seen) && !says_nothing.contains(&column);
        let (app, _folder, found) = found_with(column, NOW.after(2 * YEAR));
        assert_eq!(found, usize::from(is_settled), "{column}");
        start(&app, NOW).unwrap();
        assert!(app.db.read(|c| find_ahead(c, &app.config, NOW)).unwrap().rows.is_empty());
    }
}

#[test]
fn shorter_lifetime_of_sessions_is_no_sign_of_a_clock_that_went_back() {
    let (app, _folder, found) = found_with("sessions.expires_at", NOW.after(90 * DAY));
    assert_eq!(found, 0);
    start(&app, NOW).unwrap();
    let query = "SELECT expires_at FROM sessions";
    let ends: i64 = app.db.read(|c| Ok(c.query_row(query, [], |row| row.get(0))?)).unwrap();
    assert_eq!(ends, NOW.after(30 * DAY).millis());
}

#[test]
fn what_is_ahead_is_described_by_its_number_and_meaning() {
    let (_folder, app) = app_written_at(NOW.after(2 * HOUR));
    let ahead = app.db.read(|c| find_ahead(c, &app.config, NOW)).unwrap();
    let text = ahead.describe(NOW);
    for words in [
        "the clock says 2025-06-26T11:08:33Z",
        "the clock has gone back",
        "the server was running at 2025-06-26T13:08:33Z",
        "1 session(s), which last session.lifetime from now on",
        "3 rate limit(s), which are over",
        "1 line(s) of the audit log",
        "set the clock",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn suspension_without_an_end_keeps_having_none() {
    let (_folder, app) = app_with("");
    let ada: UserId = add_user(&app, "ada", "hunter22");
    suspend(&app, "ada", NOW.after(2 * YEAR));
    start(&app, NOW).unwrap();
    let user = app.db.read(|c| crate::storage::users::find_by_id(c, ada)).unwrap().unwrap();
    assert_eq!((user.suspended_at, user.suspended_until), (Some(NOW), None));
}
