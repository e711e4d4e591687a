//! Files that are no plain dump of one instance change nothing, and are called by their names.

use super::moving::{database_of, imported, refused};
use super::people::{of_the_first, of_the_second, packed};
use super::postgres::{Database, Row};
use super::shapes::{FIRST, RENAMED, SECOND};
use crate::harness::Instance;

/// The dump of a database with users, as text.
fn dump() -> String {
    String::from_utf8(database_of(&FIRST, &of_the_first()).dump()).unwrap()
}

/// Checks that the import is refused with these words.
#[track_caller]
fn refuses(dump: impl AsRef<[u8]>, words: &str) {
    let said = refused(&Instance::new(), dump, "");
    assert!(said.contains(words), "{words:?} is not in {said:?}");
}

#[test]
fn formats_other_than_plain_copy_are_called_by_their_names() {
    let database = database_of(&SECOND, &of_the_second());
    refuses(database.dump_with(&["-Fc"]), "pg_restore");
    refuses(database.dump_with(&["-Ft"]), "pg_restore");
    refuses(database.dump_with(&["--inserts"]), "--inserts");
    refuses(database.dump_with(&["--column-inserts"]), "--inserts");
    refuses(database.dump_with(&["--rows-per-insert=5"]), "--inserts");
    refuses(database.pg_dump([]), "--data-only");
    let plain = database.dump();
    refuses(packed("gzip", &plain), "gzip");
    refuses(b"\x28\xb5\x2f\xfd packed", "zstd");
    let text = String::from_utf8(plain).unwrap();
    let wide = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(order).collect()
    };
    refuses(wide(u16::to_le_bytes), "UTF-16");
    refuses(wide(u16::to_be_bytes), "UTF-16");
}

#[test]
fn dump_that_is_cut_anywhere_is_refused() {
    let whole = dump();
    let end = whole.find("-- PostgreSQL database dump complete").unwrap();
    // The last lines, one by one: after the last row, its block, and the sequence.
    let lines = whole[..end].match_indices('\n').map(|(at, _)| at + 1);
    for cut in (0..end).step_by(4096).chain(lines.rev().take(12)).chain([end - 1, end + 20]) {
        refused(&Instance::new(), &whole.as_bytes()[..cut], "");
    }
    refuses(&whole[..end], "cut off");
    refuses("", "empty");
}

#[test]
fn dump_with_two_tables_of_users_is_refused() {
    let database = database_of(&RENAMED, &of_the_first());
    database.sql("CREATE SCHEMA other; CREATE TABLE other.users AS SELECT * FROM users");
    refuses(database.pg_dump(["--data-only", "-t", "*.users"]), "other.users");
    let both = database_of(&FIRST, &of_the_first());
    both.sql("CREATE TABLE users AS SELECT * FROM \"User\"");
    refuses(both.dump(), "users");
    let once = dump();
    refuses(once.repeat(2), "twice");
}

#[test]
fn dump_without_users_is_refused() {
    let database = Database::new(&FIRST, 1);
    refuses(database.pg_dump(["--data-only", "-t", "\"Badger\""]), "users");
    database.sql("ALTER TABLE \"User\" DROP COLUMN tags, DROP COLUMN bio");
    database.add(&[Row::new().set("username", "ada")]);
    let said = refused(&Instance::new(), database.dump(), "");
    assert!(said.contains("tags") && said.contains("bio"), "{said}");
}

/// Lines that no dump of data has, and that psql would follow.
const FOREIGN: &[&str] = &[
    "DROP TABLE public.\"User\";",
    "CREATE TABLE public.users (id integer);",
    "INSERT INTO public.\"User\" (id, username) VALUES (5, 'eve');",
    "UPDATE public.\"User\" SET tags = '{sys:admin}';",
    "\\connect other",
    "\\! touch forged",
    "\\i /etc/passwd",
    "\\copy public.\"User\" from '/etc/passwd'",
    "SELECT pg_sleep(1);",
    "SELECT pg_catalog.setval('public.\"User_id_seq\"', 5, true); DROP TABLE x;",
    "SET role = (SELECT 1); DROP TABLE x;",
    "COPY public.\"User\" (id, username) FROM PROGRAM 'touch forged';",
    "COPY public.\"User\" (id, username) FROM '/etc/passwd';",
    "COPY public.\"User\" (id, username) FROM stdin WITH (FORMAT csv);",
    "COPY public.\"User\" FROM stdin;",
    "7\teve\teve",
    "eve",
    "\u{feff}",
    "\0",
];

#[test]
fn line_that_no_dump_of_data_has_is_refused_with_its_number() {
    let whole = dump();
    let at = whole.find("--\n-- Name: User_id_seq").unwrap();
    let (before, after) = whole.split_at(at);
    let line = format!("line {}", before.lines().count() + 1);
    for foreign in FOREIGN {
        let instance = Instance::new();
        let said = refused(&instance, format!("{before}{foreign}\n{after}"), "");
        assert!(said.contains(&line), "{foreign:?} is not {line} in {said:?}");
        assert!(!said.contains("INSERT INTO public"), "a line of the dump is shown: {said}");
    }
    for encoding in ["LATIN1", "SQL_ASCII"] {
        let other = format!("client_encoding = '{encoding}'");
        refuses(whole.replace("client_encoding = 'UTF8'", &other), "--encoding=UTF8");
    }
}

#[test]
fn row_that_does_not_fit_its_header_is_refused_with_its_line() {
    let database = database_of(&FIRST, &of_the_first());
    database.sql("UPDATE \"User\" SET pronoun = 'HERE' WHERE username = 'ada'");
    let whole = database.dump();
    let at = whole.windows(4).position(|four| four == b"HERE").unwrap();
    let number = whole[..at].split(|byte| *byte == b'\n').count();
    let forged: [&[u8]; 7] =
        [b"a\tb", b"\0", b"\\000", b"\\x00", b"a\xffb", b"x\n1\tadmin\t2", b"\xed\xa0\x80"];
    for text in forged {
        let dump = [&whole[..at], text, &whole[at + 4..]].concat();
        let said = refused(&Instance::new(), dump, "");
        assert!(said.contains(&format!("line {number}")), "{text:?}: line {number}: {said}");
    }
}

#[test]
fn line_ends_of_windows_are_taken() {
    let instance = Instance::new();
    imported(&instance, dump().replace('\n', "\r\n"), "");
    let bio = instance.user("ada")["bio"].as_str().unwrap().to_owned();
    assert!(bio.contains(" \r end\n"), "{bio:?}");
}

#[test]
fn text_like_the_end_of_a_table_stays_text() {
    let end = "\n\\.\n\nCOPY public.\"User\" (id, username) FROM stdin;\n99\tmallory\n\\.\n";
    for shape in [&FIRST, &SECOND] {
        let database = Database::new(shape, 5);
        let row = Row::new().set("id", "5").set("username", "eve").set("bio", end);
        database.add(&[row.set("display", "\\.").set("pronoun", "\\N")]);
        // Tables that are not wanted are skipped as blocks, too.
        let session = Row::new().set("id", end).set("token", "\\.").set("user_id", "5");
        let sessions = if shape.users == "users" { "sessions" } else { "\"Session\"" };
        database.add_to(sessions, &session);
        let instance = Instance::new();
        imported(&instance, database.pg_dump(["--data-only"]), "");
        assert_eq!(instance.nox("user list --json").lines().count(), 1);
        let eve = instance.user("eve");
        assert_eq!((eve["bio"].as_str(), eve["pronoun"].as_str()), (Some(end), Some("\\N")));
    }
}
