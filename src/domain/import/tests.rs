//! Whole imports of a small dump.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use tempfile::TempDir;

use super::*;
use crate::domain::App;
use crate::domain::accounts::fields::Username;
use crate::domain::testing::add_user;
use crate::storage::relays::{self, Relay};
use crate::storage::users;

/// One administrator, `root`, with the password `correct horse`.
const NODE: &str = include_str!("../../../tests/it/harness/node.sql");

/// The smallest GIF that says a size.
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0\0";

fn config() -> (TempDir, Config) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nox.toml");
    fs::write(&file, "[password]\nmemory_kib = 1024\niterations = 1\n").unwrap();
    let config = Config::load(Some(&file), std::iter::empty()).unwrap();
    (folder, config)
}

fn options() -> Options {
    Options {
        assets: None,
        dry_run: false,
        choices: Vec::new(),
        skip_passwords: false,
        without_mail_factor: false,
        replace_first_user: false,
        check: None,
    }
}

fn run(config: &Config, dump: &str, options: &Options) -> Result<Outcome, ImportError> {
    import(config, dump.as_bytes(), options, Timestamp::from_millis(7), &mut |_| ())
}

fn files(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

/// The dump with rows that are made of its row.
fn with_rows(rows: &[[&str; 2]]) -> String {
    let row = NODE.lines().find(|line| line.starts_with("1\t")).unwrap();
    let made = rows.iter().map(|[id, username]| {
        row.replacen("1\troot", &format!("{id}\t{username}"), 1).replace("{sys:admin}", "{}")
    });
    NODE.replace(row, &made.collect::<Vec<_>>().join("\n"))
}

fn refusals(outcome: &Outcome) -> Vec<String> {
    let mut all = Vec::new();
    let add = |note: Note| {
        all.push(format!("{}: {}", note.id, note.text));
        Ok::<_, crate::error::Error>(())
    };
    outcome.for_each_refusal(add).unwrap();
    all
}

#[test]
fn dry_run_and_every_refusal_leave_no_file() {
    let (folder, config) = config();
    let outcome = run(&config, NODE, &Options { dry_run: true, ..options() }).unwrap();
    assert_eq!((outcome.report.imported(), outcome.report.next_id), (1, 43));
    let password = "another horse".to_owned().into();
    let check = Some(Check { name: "root".into(), password });
    let wrong = run(&config, NODE, &Options { check, ..options() });
    assert!(matches!(wrong, Err(ImportError::WrongPassword(_))));
    let skip = vec![Choice::skip(Old::parse("Root"))];
    let unused = run(&config, NODE, &Options { choices: skip, ..options() });
    assert!(matches!(unused, Err(ImportError::Options(_))));
    let cut = NODE.trim_end().trim_end_matches("complete\n--");
    assert!(matches!(run(&config, cut, &options()), Err(ImportError::Dump(_))));
    let digits = run(&config, &with_rows(&[["5", "1234"]]), &options()).unwrap();
    assert_eq!((digits.report.imported(), digits.report.counts.refused), (0, 1));
    assert_eq!(digits.report.next_id, 43);
    assert_eq!(files(folder.path()), 1, "only nox.toml");
}

#[test]
fn account_comes_with_its_id_and_a_wrapped_hash_and_only_once() {
    let (_folder, config) = config();
    let password = "correct horse".to_owned().into();
    let check = Some(Check { name: "root".into(), password });
    run(&config, NODE, &Options { check, ..options() }).unwrap();
    let again = run(&config, NODE, &options());
    assert!(matches!(again, Err(ImportError::HasFirstUser(_))));
    let app = App::open(config).unwrap();
    let root = app.db.read(|connection| users::find_by_username(connection, "root")).unwrap();
    let root = root.unwrap();
    assert!(root.id.0 == 1 && root.is_admin, "{root:?}");
    assert!(root.password_hash.starts_with("$argon2id-pbkdf2-sha256$"));
    assert_eq!(add_user(&app, "ada", "correct horse battery").0, 43);
}

#[test]
fn first_user_makes_room_and_two_do_not() {
    let (_folder, config) = config();
    let replacing = Options { replace_first_user: true, ..options() };
    for _ in 0..2 {
        run(&config, NODE, &replacing).unwrap();
    }
    let app = App::open(config.clone()).unwrap();
    add_user(&app, "ada", "correct horse battery");
    let refused = run(&config, NODE, &replacing);
    assert!(matches!(refused, Err(ImportError::HasUsers { count: 2, .. })));
    drop(app);
    fs::remove_file(&config.secrets.key_file).unwrap();
    let lacking = run(&config, NODE, &Options { dry_run: true, ..replacing });
    assert!(matches!(lacking, Err(ImportError::HasUsers { .. })));
}

#[test]
fn database_without_its_key_file_is_refused() {
    let (_folder, config) = config();
    drop(App::open(config.clone()).unwrap());
    fs::remove_file(&config.secrets.key_file).unwrap();
    for dry_run in [true, false] {
        let refused = run(&config, NODE, &Options { dry_run, ..options() });
        assert!(matches!(refused, Err(ImportError::KeyMissing(_))));
    }
    assert!(!config.secrets.key_file.exists());
}

#[test]
fn rows_that_become_one_are_refused_but_for_the_one_that_was_so_before() {
    let (_folder, config) = config();
    let dump = with_rows(&[["3", "ADA"], ["4", "ada"], ["5", "bob"], ["5", "eve"]]);
    let outcome = run(&config, &dump, &options()).unwrap();
    let refusals = refusals(&outcome);
    assert_eq!(refusals.len(), 2, "{refusals:?}");
    assert!(refusals[0].starts_with("3: ") && refusals[0].contains("id 4"), "{refusals:?}");
    assert!(refusals[1].starts_with("5: ") && refusals[1].contains("column id"), "{refusals:?}");
    let name = Username::parse("ada.two".into()).unwrap();
    let choices = vec![Choice::rename(Old::parse("ADA"), name), Choice::skip(Old::parse("eve"))];
    let outcome = run(&config, &dump, &Options { choices, ..options() }).unwrap();
    assert_eq!((outcome.report.imported(), outcome.report.counts.skipped), (3, 1));
}

#[test]
fn picture_that_vanishes_before_the_write_is_left_out_and_told() {
    let (folder, config) = config();
    let name = format!("{}-png.png", "a".repeat(64));
    let assets = folder.path().join("assets");
    let dump = NODE.replacen("Root\t\\N", &format!("Root\tfile://{name}"), 1);
    for (dry_run, vanishes) in [(true, false), (true, true), (false, true)] {
        fs::create_dir_all(&assets).unwrap();
        fs::write(assets.join(&name), GIF).unwrap();
        let options = Options { assets: Some(assets.clone()), dry_run, ..options() };
        let now = Timestamp::from_millis(7);
        let outcome = import(&config, dump.as_bytes(), &options, now, &mut |step| {
            if vanishes && matches!(step, Progress::Wrapped { .. }) {
                fs::remove_dir_all(&assets).unwrap();
            }
        });
        let outcome = outcome.unwrap();
        let told = losses(&outcome, "picture");
        let expected =
            if vanishes { vec!["1: its file changed during the import"] } else { vec![] };
        assert_eq!(told, expected);
        let counts = &outcome.report.counts;
        assert_eq!(counts.pictures, u64::from(!vanishes));
        assert_eq!(counts.lost.contains_key(&LossKind::Picture), vanishes);
    }
}

/// The dump with another table, whose values are parted by blanks.
fn with_table(header: &str, rows: &[String]) -> String {
    let rows: String = rows.iter().map(|row| row.replace(' ', "\t") + "\n").collect();
    let end = "--\n-- PostgreSQL database dump complete";
    NODE.replace(end, &format!("COPY public.{header} FROM stdin;\n{rows}\\.\n\n{end}"))
}

/// What accounts lose, of one kind.
fn losses(outcome: &Outcome, kind: &str) -> Vec<String> {
    let mut all = Vec::new();
    let add = |note: Note| {
        if note.name == kind {
            all.push(format!("{}: {}", note.id, note.advice));
        }
        Ok::<_, crate::error::Error>(())
    };
    outcome.for_each_loss(add).unwrap();
    all
}

#[test]
fn relay_whose_name_or_token_another_one_has_is_left_out_and_told() {
    let (_folder, config) = config();
    let app = App::open(config.clone()).unwrap();
    let relay = Relay { name: "relay-9".into(), created_at: Timestamp::from_millis(7) };
    app.db.write(|connection| relays::insert(connection, &relay, &[9; 32])).unwrap();
    drop(app);
    let row = |row: [&str; 2]| row.join(" ");
    let rows = [["secret-1", "3"], ["secret-1", "4"], ["secret-2", "3"], ["secret-3", "9"]];
    let dump = with_table("\"Badger\" (token, relay_id)", &rows.map(row));
    for dry_run in [true, false] {
        let outcome = run(&config, &dump, &Options { dry_run, ..options() }).unwrap();
        assert_eq!(outcome.report.counts.relays, 1);
        let expected = [
            "4: another relay has its token",
            "3: there is another relay of its name",
            "9: there is another relay of its name",
        ];
        assert_eq!(losses(&outcome, "relay"), expected);
    }
}

#[test]
fn second_passkey_of_one_id_is_left_out_and_told() {
    let (folder, _) = config();
    let file = folder.path().join("nox.toml");
    fs::write(&file, "[server]\npublic_url = 'https://nox.example'\n").unwrap();
    let config = Config::load(Some(&file), std::iter::empty()).unwrap();
    // A COSE_Key of Ed25519 (RFC 9053, 7.2), whose point is the base point.
    let key = [&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32, 0x58][..], &[0x66; 31]].concat();
    let key = BASE64_URL_SAFE_NO_PAD.encode(key);
    let row = |id: &str| format!("1 {id} {key} 0 infinity");
    let dump = with_table(
        "passkeys (user_id, credential_id, public_key, counter, created_at)",
        &["AAAA", "AAAA=", "BBBB"].map(row),
    );
    for dry_run in [true, false] {
        let outcome = run(&config, &dump, &Options { dry_run, ..options() }).unwrap();
        assert_eq!(losses(&outcome, "passkey"), ["1: another row has its credential_id"]);
        assert_eq!(outcome.report.counts.passkeys, 2);
    }
}
