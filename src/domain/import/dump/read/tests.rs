//! Whole dumps: those that are read, and those that are refused.

use proptest::prelude::*;

use super::super::Shape;
use super::*;

const HEAD: &str = "--\n-- PostgreSQL database dump\n--\n\n\\restrict key1\n\n\
    -- Dumped from database version 15.18\n-- Dumped by pg_dump version 15.18\n\n\
    SET statement_timeout = 0;\nSET client_encoding = 'UTF8';\n\
    SELECT pg_catalog.set_config('search_path', '', false);\n\n\
    --\n-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: -\n--\n\n";
const SEQUENCE: &str = "SELECT pg_catalog.setval('public.\"User_id_seq\"', 42, true);\n\n";
const TAIL: &str = "--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict key1\n\n";
const COLUMNS: &str = "id, username, display, bio, email, email_verified, password, rank, tags, \
    thumbnail, banner, links, blacklisted, home_ref, twofa_enabled, twofa_secret, created_at";

/// A block of users of the shape whose table and last column are given.
fn users(table: &str, mark: &str, rows: &[&str]) -> String {
    let mut block = format!("COPY {table} ({COLUMNS}, {mark}) FROM stdin;\n");
    for row in rows {
        block.push_str(row);
        block.push('\n');
    }
    block + "\\.\n\n"
}

fn row(id: &str, username: &str, bio: &str) -> String {
    let rest = "t\tx:y\t0\t{}\t\\N\t\\N\t[]\t\\N\t3@::\tf\t\\N\t2025-06-12 22:45:27";
    format!("{id}\t{username}\tAda\t{bio}\tada@example.org\t{rest}\t\\\\x00ff")
}

fn dump(blocks: &str) -> String {
    format!("{HEAD}{blocks}{SEQUENCE}{TAIL}")
}

/// A row as id, username and bio.
type Taken = [Option<String>; 3];

fn read_all(text: &[u8]) -> Result<(Contents, Vec<Taken>), DumpError> {
    let mut rows = Vec::new();
    let contents = read::<DumpError>(text, |table, row| {
        if table == Table::Users {
            let field = |name| row.text(name).map(str::to_owned);
            rows.push(["id", "username", "bio"].map(field));
        }
        Ok(())
    })?;
    Ok((contents, rows))
}

fn refusal(text: &str) -> String {
    read_all(text.as_bytes()).expect_err("the dump is refused").to_string()
}

#[test]
fn dump_of_each_shape_is_read_by_the_names_of_its_columns() {
    for (table, mark, shape) in [
        ("public.\"User\"", "cert_blob", Shape::First),
        ("public.users", "cert_blob", Shape::Renamed),
        ("public.users", "private", Shape::Second),
    ] {
        let other = "COPY public.sessions (id, token) FROM stdin;\n1\ta\n2\tb\n\\.\n";
        let rows = [row("2", "ada", "a\\nb\\\\"), row("7", "bob", "\\N")];
        let text = dump(&(other.to_owned() + &users(table, mark, &[&rows[0], &rows[1]])));
        for text in [text.clone(), text.replace('\n', "\r\n")] {
            let (contents, rows) = read_all(text.as_bytes()).unwrap();
            assert_eq!((contents.shape, contents.last_id), (shape, Some(42)));
            assert_eq!(contents.others.into_iter().collect::<Vec<_>>(), [("sessions".into(), 2)]);
            assert_eq!(contents.about[0], "Dumped from database version 15.18");
            let some = |text: &str| Some(text.to_owned());
            let ada = [some("2"), some("ada"), some("a\nb\\")];
            assert_eq!(rows, [ada, [some("7"), some("bob"), None]]);
        }
    }
}

#[test]
fn value_that_looks_like_a_part_of_a_dump_is_a_value() {
    let evil = "\\\\.\\nCOPY public.users (id) FROM stdin;\\n1\\tevil\\n\\\\.";
    let skipped = format!(
        "COPY public.messages (id, text) FROM stdin;\n1\t{evil}\nCOPY public.users (id) FROM \
         stdin;\n-- PostgreSQL database dump complete\n\\\\.\n\\connect x\n\\.\n"
    );
    let row = row("2", "ada", evil);
    let text = dump(&(skipped + &users("public.users", "private", &[&row])));
    let (contents, rows) = read_all(text.as_bytes()).unwrap();
    assert_eq!(contents.others["messages"], 5);
    assert_eq!(rows.len(), 1);
    let bio = "\\.\nCOPY public.users (id) FROM stdin;\n1\tevil\n\\.";
    assert_eq!(rows[0][2].as_deref(), Some(bio));
}

#[test]
fn dump_that_is_cut_is_refused_wherever_it_is_cut() {
    let row = row("2", "ada", "a\\nb");
    let text = dump(&users("public.users", "private", &[&row]));
    let mark = "-- PostgreSQL database dump complete";
    let end = text.find(mark).unwrap() + mark.len();
    for at in 0..end {
        let error = read_all(&text.as_bytes()[..at]).expect_err(&text[..at]);
        assert!(!error.to_string().contains("ada"), "{error}");
        // What is left of the first line could be anything.
        if at > 2 {
            let within = text.as_bytes()[at - 1] != b'\n';
            assert!(
                matches!(error, DumpError::Cut { is_within, .. } if is_within == within),
                "{error}: {:?}",
                &text[..at]
            );
        }
    }
    let complete = read_all(text.as_bytes()).unwrap();
    // What follows the mark is no data.
    for at in [end, end + 1, text.len() - 1] {
        assert_eq!(read_all(&text.as_bytes()[..at]).unwrap(), complete);
    }
}

#[test]
fn two_tables_of_users_are_refused() {
    let one = users("public.users", "private", &[]);
    for (second, named) in [
        (one.clone(), "public.users"),
        (users("public.\"User\"", "cert_blob", &[]), "public.User"),
        (users("other.users", "private", &[]), "other.users"),
        ("COPY other.passkeys (id) FROM stdin;\n\\.\n".into(), "other.passkeys"),
    ] {
        let refusal = refusal(&dump(&(one.clone() + &second)));
        assert!(refusal.contains(named) && refusal.contains("pg_dump -n"), "{refusal}");
    }
    let whole = dump(&one);
    let refusal = refusal(&(whole.clone() + &whole));
    assert!(refusal.contains("twice"), "{refusal}");
}

#[test]
fn dump_that_lacks_what_is_needed_is_refused() {
    assert!(refusal(&dump("")).contains("no table \"User\" or users"));
    let foreign = refusal(&dump(&users("public.users", "name", &[])));
    assert!(foreign.contains("no known version"), "{foreign}");
    let lacking = users("public.users", "private", &[]).replace("rank, tags, ", "");
    let lacking = refusal(&dump(&lacking));
    assert!(lacking.contains("lacks the columns rank, tags;"), "{lacking}");
    let verified = |mark| users("public.users", mark, &[]).replace("email_verified, ", "");
    assert!(refusal(&dump(&verified("private"))).contains("email_verified"));
    // The first generation did not have it at first.
    assert!(read_all(dump(&verified("cert_blob")).as_bytes()).is_ok());
}

#[test]
fn row_that_does_not_fit_its_table_is_refused_by_its_line() {
    let good = row("2", "ada", "a");
    let line = HEAD.lines().count() + 3;
    for (bad, word) in [
        (good.replace("\tAda", ""), "fewer fields"),
        (format!("{good}\tmore"), "more fields"),
        (String::new(), "fewer fields"),
        (good.replace("Ada", "A\0"), "no row that PostgreSQL writes"),
        (good.replace("Ada", "\\377"), "UTF-8"),
        (good.replace("Ada", &"x".repeat(LONGEST_ROW)), "more than 4194304 bytes"),
    ] {
        let refusal = refusal(&dump(&users("public.users", "private", &[&good, &bad])));
        let named = format!("line {line}");
        assert!(refusal.contains(word) && refusal.contains(&named), "{word}: {refusal}");
    }
    // A long row of a table that is not imported is skipped.
    let long = "x".repeat(LONGEST_ROW + 9);
    let other = format!("COPY public.tables (value) FROM stdin;\n{long}\n\\.\n");
    let text = dump(&(other + &users("public.users", "private", &[&good])));
    assert_eq!(read_all(text.as_bytes()).unwrap().0.others["tables"], 1);
}

#[test]
fn line_that_is_not_on_the_list_is_refused_and_not_quoted() {
    for line in [
        "INSERT INTO public.users VALUES (1, 'secret');",
        "CREATE TABLE public.secret (id integer);",
        "\\connect secret",
        "secret",
    ] {
        let refusal = refusal(&dump(&format!("{line}\n")));
        assert!(refusal.contains("line ") && !refusal.contains("secret"), "{refusal}");
        assert!(refusal.contains("pg_dump --data-only"), "{refusal}");
    }
    let long = format!("-- {}\n", "x".repeat(LONGEST_LINE));
    assert!(refusal(&dump(&long)).contains("longer"));
}

#[test]
fn sequence_of_users_tells_which_id_is_next() {
    let block = users("public.users", "cert_blob", &[]);
    let last = |text: &str| read_all(text.as_bytes()).unwrap().0.last_id;
    let text = dump(&block);
    assert_eq!(last(&text), Some(42));
    assert_eq!(last(&text.replace("42, true", "42, false")), Some(41), "42 is next");
    assert_eq!(last(&text.replace("User_id", "Relay_id")), None);
    assert_eq!(last(&text.replace("public.\"User_id_seq\"", "other.users_id_seq")), None);
    assert_eq!(last(&text.replace("\"User_id_seq\"", "users_id_seq")), Some(42));
}

proptest! {
    #[test]
    fn dump_with_a_changed_byte_does_no_harm(at in 0..900_usize, byte: u8) {
        let row = row("2", "ada", "a\\nb");
        let mut text = dump(&users("public.users", "private", &[&row])).into_bytes();
        let at = at.min(text.len() - 1);
        text[at] = byte;
        let _ = read_all(&text);
    }

    #[test]
    fn values_are_read_as_they_were_written(
        values in prop::collection::vec("[a-z\\\\.\"{}N;-]{0,20}", 0..6)
    ) {
        let rows: Vec<_> =
            values.iter().map(|bio| row("2", "ada", &bio.replace('\\', "\\\\"))).collect();
        let rows: Vec<_> = rows.iter().map(String::as_str).collect();
        let (_, read) =
            read_all(dump(&users("public.users", "private", &rows)).as_bytes()).unwrap();
        let bios: Vec<_> = read.into_iter().map(|[_, _, bio]| bio.unwrap()).collect();
        prop_assert_eq!(bios, values);
    }
}
