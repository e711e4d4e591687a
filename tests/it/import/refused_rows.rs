//! Rows that cannot be taken stop the import; each says why, and which option solves it.

use serde_json::json;

use super::moving::{dump_of, import, imported, refused};
use super::people::{ARGON2ID, LONG_SECRET, pbkdf2};
use super::postgres::Row;
use super::shapes::FIRST;
use crate::harness::{INVALID_FIELD, Instance, LOGIN, texts};

const ID: &str = "41";

/// A user with the id 41.
fn eve() -> Row {
    Row::new().set("id", ID).set("username", "eve")
}

fn named(username: &str) -> Row {
    Row::new().set("id", ID).set("username", username)
}

fn with_app(secret: &str) -> Row {
    eve().set("twofa_enabled", "t").set("twofa_secret", secret)
}

/// Imports a dump of a good row and these, which is refused without a change, and returns what is
/// said.
#[track_caller]
fn refusal(rows: &[Row]) -> String {
    let said = refused(&Instance::new(), dump_with(rows), "");
    assert!(said.contains(ID), "the row is not named: {said}");
    said
}

fn dump_with(rows: &[Row]) -> Vec<u8> {
    let good = Row::new().set("id", "3").set("username", "ada");
    dump_of(&FIRST, &[&[good], rows].concat())
}

#[test]
fn every_row_that_cannot_be_taken_says_why() {
    let wrong: &[(&str, Row)] = &[
        ("the id", Row::new().set("id", "-41").set("username", "eve")),
        ("digits", named("12345")),
        ("3 to 16 characters", named("ev")),
        ("3 to 16 characters", named("eve the second")),
        ("3 to 16 characters", named("évé")),
        ("3 to 16 characters", named("eve\t\u{1b}[31m")),
        ("3 to 16 characters", named("an-endless-name-of-17")),
        ("id 3", named("ADA")),
        ("column tags", eve().set("tags", "{{a,b},{c,d}}")),
        ("column tags", eve().set("tags", "[2:3]={a,b}")),
        ("created_at", eve().set("created_at", "infinity")),
        ("created_at", eve().set("created_at", "0044-03-15 12:00:00 BC")),
        ("secret", with_app("")),
        ("secret", eve().set("twofa_enabled", "t")),
        ("base32", with_app("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1")),
        ("16 bytes", with_app("GEZDGNBVGY3TQOJQ")),
    ];
    for (words, row) in wrong {
        let said = refusal(std::slice::from_ref(row));
        assert!(said.contains(words), "{words:?} is not in {said:?}");
        assert!(!said.contains('\u{1b}'), "{said:?}");
    }
}

#[test]
fn all_rows_that_cannot_be_taken_are_listed_at_once() {
    let rows: Vec<_> = (50..80)
        .map(|id| Row::new().set("id", id.to_string()).set("username", format!("{id}{id}")))
        .collect();
    let said = refused(&Instance::new(), dump_with(&rows), "");
    for id in 50..80 {
        assert!(said.contains(&format!("--rename id:{id}=NAME")), "{id} is not in {said}");
    }
}

/// Hashes of passwords that are of no form that either generation writes, or that cost too much.
fn unknown_hashes() -> Vec<String> {
    let good = pbkdf2("hunter22", 9);
    let argon = |parameters: &str| ARGON2ID.replace("m=65536,t=3,p=4", parameters);
    vec![
        "f".repeat(64),
        "hunter22".into(),
        String::new(),
        "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy".into(),
        ARGON2ID.replace("argon2id", "argon2i"),
        ARGON2ID.replace("v=19", "v=16"),
        argon("m=1073741824,t=3,p=4"),
        argon("m=65536,t=1000,p=4"),
        argon("m=65536,t=3,p=64"),
        argon("m=65536,t=3"),
        argon("t=3,p=4"),
        ARGON2ID[..60].into(),
        good[..112].into(),
        good.replace(':', ""),
        format!("{good}="),
        format!("{good}\n{good}"),
        good.replacen("==:", "=:", 1),
    ]
}

#[test]
fn password_in_an_unknown_form_is_refused_and_never_shown() {
    for hash in unknown_hashes() {
        let dump = dump_with(&[eve().set("password", &*hash)]);
        let said = refused(&Instance::new(), &dump, "");
        assert!(said.contains("--skip-passwords"), "{hash:?}: {said}");
        assert!(hash.is_empty() || !said.contains(&hash), "{hash:?} is shown: {said}");

        let instance = Instance::new();
        imported(&instance, &dump, "--skip-passwords");
        let server = instance.serve();
        for password in [&*hash, "hunter22", "sea-glass and tin"] {
            if password.len() >= 8 {
                let answer = server.client().log_in("eve", password);
                answer.refused(INVALID_FIELD, LOGIN);
            }
        }
        instance.set_password("eve", "sea-glass and tin");
        server.client().log_in("eve", "sea-glass and tin").token();
    }
}

#[test]
fn renamed_user_logs_in_by_the_new_name() {
    let hash = pbkdf2("hunter22", 9);
    let dump = dump_with(&[
        named("12345").set("password", &*hash),
        Row::new().set("id", "42").set("username", "ADA").set("password", &*hash),
        Row::new().set("id", "43").set("username", "a=b").set("password", &*hash),
    ]);
    let instance = Instance::new();
    let options = "--rename 12345=digits --rename id:42=ada.two --rename a=b=equal";
    imported(&instance, dump, options);
    let server = instance.serve();
    for (name, id) in [("digits", 41), ("ada.two", 42), ("equal", 43)] {
        assert_eq!(server.client().log_in(name, "hunter22").data()["user"]["id"], id);
    }
}

#[test]
fn renaming_that_fits_no_row_or_no_rule_is_refused() {
    let dump = dump_with(&[named("12345")]);
    let wrong = [
        ("--rename 12345=ada", "id 41"),
        ("--rename 12345=Not_A_Name!", "Not_A_Name!"),
        ("--rename 12345=67890", "67890"),
        ("--rename 12345=digits --rename nobody=else", "nobody"),
        ("--rename 12345=digits --skip nobody", "nobody"),
        ("--rename 12345=digits --rename id:99=else", "99"),
        ("--rename 12345=digits --rename id:41=else", "41"),
        ("--rename 12345=digits --skip 12345", "12345"),
    ];
    for (options, words) in wrong {
        let instance = Instance::new();
        let ran = import(&instance, &dump, options);
        assert!(ran.status == 1 || ran.status == 2, "{options}: {}", ran.status);
        assert!(ran.stderr.contains(words), "{options}: {}", ran.stderr);
        assert!(!instance.path("nox.db").exists(), "{options}");
    }
}

#[test]
fn skipped_user_is_left_out_and_their_id_is_not_given_again() {
    let instance = Instance::new();
    let dump = dump_with(&[named("12345")]);
    let report = imported(&instance, &dump, "--skip 12345");
    assert_eq!((&report["read"], &report["imported"]), (&json!(2), &json!(1)), "{report}");
    assert_eq!(instance.nox("user list --json").lines().count(), 1);
    instance.add_user("fay", "hunter22");
    assert_eq!(instance.user("fay")["id"], 42);
    let other = Instance::new();
    imported(&other, &dump, "--skip id:41");
}

#[test]
fn address_in_two_spellings_stays_with_the_user_who_verified_it() {
    let of = |id: &str, email: &str, verified: &str| {
        let row = Row::new().set("id", id).set("username", format!("usr{id}"));
        row.set("email", email).set("email_verified", verified).set("tags", "{}")
    };
    let emails = |rows: &[Row]| {
        let instance = Instance::with("[mail]\nhost = '127.0.0.1'\nfrom = 'nox@b.example'\n");
        imported(&instance, dump_of(&FIRST, rows), "");
        let email = |name| instance.user(name)["email"].clone();
        [email("usr1"), email("usr2")]
    };
    let unverified = [of("2", "EVE@b.example", "f"), of("1", "eve@b.example", "f")];
    assert_eq!(emails(&unverified), [json!("eve@b.example"), json!(null)]);
    let second = [of("1", "EVE@b.example", "f"), of("2", "eve@b.example", "t")];
    assert_eq!(emails(&second), [json!(null), json!("eve@b.example")]);
    let both = [of("1", "EVE@b.example", "t"), of("41", "eve@b.example", "t")];
    let said = refusal(&both);
    assert!(said.contains("--skip id:41") && !said.to_lowercase().contains("eve@"), "{said}");
}

#[test]
fn self_given_administrator_gets_no_rights_and_is_listed() {
    let instance = Instance::new();
    let rows = [
        named("mallory").set("tags", "{usr:admin,USR:Admin,slf:admin,\"sys:admin \",sys:Admin}"),
        Row::new().set("id", "42").set("username", "root").set("tags", "{sys:admin}"),
    ];
    let ran = import(&instance, dump_with(&rows), "");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("usr:admin"), "{}", ran.stdout);
    let is_admin = |name: &str| texts(&instance.user(name)["tags"]).contains(&"sys:admin".into());
    assert!(is_admin("root") && !is_admin("mallory"));
    assert!(!texts(&instance.user("mallory")["tags"]).contains(&"usr:admin".into()));
}

#[test]
fn secret_of_an_app_with_blanks_and_padding_is_the_same_secret() {
    let spaced = format!("{} {}====", &LONG_SECRET[..20].to_lowercase(), &LONG_SECRET[20..]);
    let instance = Instance::new();
    let hash = pbkdf2("hunter22", 9);
    imported(&instance, dump_with(&[with_app(&spaced).set("password", hash)]), "");
    let server = instance.serve();
    let code = crate::harness::oathtool(LONG_SECRET, 0);
    server.client().log_in_with_code("eve", "hunter22", &code).token();
}
