use super::*;
use crate::domain::testing::app_with;
use crate::error::Error;

const NOW: Timestamp = Timestamp::from_millis(1_750_936_113_726);
const DAY: Duration = Duration::from_hours(24);

/// Rows that have expired a minute before `?1`, are too old by a minute, or are good for more.
const ROWS: &str = "
    INSERT INTO users (id, username, display, password_hash, password_changed_at, created_at)
        VALUES (7, 'ada', 'Ada', 'hash', 1, 1), (8, 'bob', 'Bob', 'hash', 1, 1);
    INSERT INTO totp_factors VALUES (7, x'01', 1, 1, 0);
    INSERT INTO totp_used_steps VALUES
        (7, (?1 - 2592060000) / 30000), (7, (?1 - 2591940000) / 30000);
    INSERT INTO totp_enrollments VALUES (7, x'01', ?1 - 60000), (8, x'01', ?1 + 60000);
    INSERT INTO sent_codes VALUES (7, 'email', zeroblob(32), ?1 - 60000, 5, NULL),
        (7, 'operator', zeroblob(32), ?1 + 60000, 5, NULL);
    INSERT INTO email_confirmations VALUES (randomblob(32), 7, 'a@b.example', ?1 - 60000),
        (randomblob(32), 7, 'a@b.example', ?1 + 60000);
    INSERT INTO password_links VALUES (7, randomblob(32), 'mail', 1, ?1 - 60000),
        (8, randomblob(32), 'operator', 1, ?1 + 60000);
    INSERT INTO sessions (user_id, id, created_at, expires_at, last_seen_at, ip)
        VALUES (7, randomblob(16), 1, ?1 - 60000, 1, ''), (7, randomblob(16), 1, ?1 + 60000, 1, '');
    INSERT INTO rate_limits VALUES ('code', '7', '', '', 1, ?1 - 60000),
        ('code', '8', '', '', 1, ?1 + 60000);
    INSERT INTO used_challenges VALUES (randomblob(32), ?1 - 60000), (randomblob(32), ?1 + 60000);
    INSERT INTO audit (at, event)
        VALUES (?1 - 31536060000, 'key.rotated'), (?1 - 31535940000, 'key.rotated')";

const TABLES: [&str; 9] = [
    "totp_used_steps",
    "totp_enrollments",
    "sent_codes",
    "email_confirmations",
    "password_links",
    "sessions",
    "rate_limits",
    "used_challenges",
    "audit",
];

fn fill(app: &App, now: Timestamp) {
    let fill = |connection: &Connection| {
        for row in ROWS.split(';') {
            connection
                .execute(row, rusqlite::params_from_iter(row.contains("?1").then_some(now)))?;
        }
        Ok::<_, Error>(())
    };
    app.db.write(fill).unwrap();
}

fn counts(app: &App) -> [u32; 9] {
    TABLES.map(|table| {
        let query = format!("SELECT count(*) FROM {table}");
        app.db.read(|c| Ok(c.query_row(&query, [], |row| row.get(0))?)).unwrap()
    })
}

#[test]
fn expired_and_old_rows_are_deleted_without_a_login() {
    let (_folder, app) = app_with("");
    fill(&app, NOW);
    sweep(&app, Depth::Quick, NOW).unwrap();
    assert_eq!(counts(&app), [2, 2, 2, 2, 2, 1, 1, 1, 1]);
    sweep(&app, Depth::Thorough, NOW).unwrap();
    assert_eq!(counts(&app), [1; 9]);
    sweep(&app, Depth::Thorough, NOW).unwrap();
    assert_eq!(counts(&app), [1; 9]);
}

#[test]
fn clock_that_leaps_ahead_for_a_while_deletes_nothing_for_its_age() {
    for leap in [Duration::from_hours(2), 730 * DAY] {
        let (_folder, app) = app_with("");
        let start = NOW.before(Duration::from_hours(3));
        sweep(&app, Depth::Thorough, start).unwrap();
        fill(&app, start.after(leap));
        for minutes in 0..60 {
            let now = start.after(leap + Duration::from_mins(minutes));
            sweep(&app, Depth::Thorough, now).unwrap();
        }
        // Limits that have expired count nothing, whether they are there or not.
        assert_eq!(counts(&app), [2, 2, 2, 2, 2, 2, 0, 2, 2], "{leap:?}");
        sweep(&app, Depth::Thorough, start.after(Duration::from_hours(1))).unwrap();
        assert_eq!(counts(&app)[5..], [2, 0, 2, 2], "{leap:?}");
    }
}

#[test]
fn clock_that_goes_on_after_a_pause_is_trusted_again() {
    let (_folder, app) = app_with("");
    sweep(&app, Depth::Thorough, NOW).unwrap();
    let mut now = NOW.after(365 * DAY);
    fill(&app, now);
    for _ in 0..7 * 24 * 3 {
        sweep(&app, Depth::Quick, now).unwrap();
        now = now.after(Duration::from_mins(20));
    }
    assert_eq!(counts(&app)[5], 2);
    sweep(&app, Depth::Quick, now).unwrap();
    assert_eq!(counts(&app)[5], 0);
}

#[test]
fn audit_entries_are_deleted_in_the_order_in_which_they_were_written() {
    let days = |days: i64| NOW.millis() + days * 86_400_000;
    // Days from now; what is behind the bar stays.
    for (written, kept) in [
        (&[-400, -380, -370, -360, -1][..], 2),
        // The clock was ahead for a while, long ago or lately.
        (&[-400, 300, 300, -380, -360], 1),
        (&[-400, -360, 300, 300, -1], 4),
        (&[-400, 300, 300], 2),
        // It was behind for a while.
        (&[-400, -30, -9000, -9000, -1], 4),
        (&[-400, -380], 0),
    ] {
        let (_folder, app) = app_with("");
        let insert = |connection: &Connection| {
            for at in written {
                let row = "INSERT INTO audit (at, event) VALUES (?1, 'key.rotated')";
                connection.execute(row, [days(*at)])?;
            }
            Ok::<_, Error>(())
        };
        app.db.write(insert).unwrap();
        sweep(&app, Depth::Quick, NOW).unwrap();
        let left: Vec<i64> = app
            .db
            .read(|connection| {
                let mut rows = connection.prepare("SELECT at FROM audit ORDER BY id")?;
                let found = rows.query_map([], |row| row.get(0))?;
                Ok(found.collect::<rusqlite::Result<_>>()?)
            })
            .unwrap();
        let expected: Vec<i64> =
            written[written.len() - kept..].iter().map(|at| days(*at)).collect();
        assert_eq!(left, expected, "{written:?}");
    }
}

#[test]
fn account_that_is_not_confirmed_in_seven_days_is_removed_and_told() {
    let mail = "[mail]\nhost = 'mail.example'\nfrom = 'nox@b.example'";
    for (required, kept, removed) in
        [("true", "new old-but-used", Some("old")), ("false", "new old old-but-used", None)]
    {
        let settings = format!("[users]\nrequire_email = {required}\n{mail}");
        let (_folder, app) = app_with(&settings);
        let insert = "INSERT INTO users (username, display, email, password_hash,
            password_changed_at, created_at, awaits_confirmation) VALUES
            ('old', 'Old', 'old@b.example', 'hash', 1, ?1 - 604800001, 1),
            ('new', 'New', 'new@b.example', 'hash', 1, ?1 - 604799999, 1),
            ('old-but-used', 'Used', 'used@b.example', 'hash', 1, 1, 0)";
        app.db.write(|c| Ok::<_, Error>(c.execute(insert, [NOW])?)).unwrap();
        clock::watch(&app, NOW).unwrap();
        sweep(&app, Depth::Thorough, NOW).unwrap();
        let text = |query: &str| {
            app.db
                .read(|c| Ok(c.query_row(query, [], |row| row.get::<_, Option<String>>(0))?))
                .unwrap()
        };
        let names = text("SELECT group_concat(username, ' ') FROM users");
        let told = text("SELECT max(username) FROM audit WHERE event = 'account.expired'");
        assert_eq!((names.as_deref(), told.as_deref()), (Some(kept), removed));
    }
}
