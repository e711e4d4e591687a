//! `nox user export`.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::harness::{Instance, PASSWORD, PNG};

fn read(instance: &Instance, file: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(instance.path(file)).unwrap()).unwrap()
}

fn mode(instance: &Instance, file: &str) -> u32 {
    fs::metadata(instance.path(file)).unwrap().permissions().mode() & 0o7777
}

/// A picture that is read in several parts.
fn large_picture() -> Vec<u8> {
    let noise = (0..250_001_u32).map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()[0]);
    PNG.iter().copied().chain(noise).collect()
}

/// An instance with an account `bob` that has something in every part, and his export.
fn exported() -> (Instance, Value) {
    let instance = Instance::with_users(["ada", "bob"]);
    instance.write("small.png", PNG);
    instance.write("large.png", large_picture());
    instance.nox("user set bob --email bob@b.example --verified true --bio Hello --language fr");
    instance.nox("user set bob --thumbnail small.png --banner large.png --rank 3");
    instance.nox("user set bob --links Home=https://bob.example --tags sys:moderator");
    instance.enroll("bob");
    let server = instance.serve();
    server.client().log_in("bob", PASSWORD);
    for _ in 0..10 {
        server.client().log_in("bob", "wrong password");
    }
    instance.password_link("bob");
    instance.sql(
        "INSERT INTO email_confirmations VALUES (zeroblob(32), 2, 'new@b.example', 9000000000000);
         INSERT INTO passkeys (id, user_id, credential_id, public_key, rp_id, counter,
             is_syncable, is_synced, aaguid, name, created_at)
         VALUES (zeroblob(16), 2, x'01', x'02', 'localhost', 0, 0, 0, zeroblob(16), 'Key', 7);
         INSERT INTO devices VALUES (2, zeroblob(32), 7);
         INSERT INTO sessions VALUES (2, x'00112233445566778899aabbccddeeff', 5, 9000000000000, 6,
             '192.0.2.7', 'Game/1', NULL, NULL, NULL)",
    );
    let ran = instance.run(&["user", "export", "2", "exports/of-bob"], "");
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("exports/of-bob/bob.json"), "{}", ran.stderr);
    let export = read(&instance, "exports/of-bob/bob.json");
    (instance, export)
}

#[test]
fn export_has_every_part_of_the_account_said_in_words() {
    let (instance, export) = exported();
    let account = &export["account"];
    assert_eq!(
        (&account["username"], &account["email"], &account["bio"], &account["language"]),
        (&json!("bob"), &json!("bob@b.example"), &json!("Hello"), &json!("fr"))
    );
    let own_links = json!(["https://bob.example"]);
    assert_eq!((&account["rank"], &account["links"]), (&json!(3), &own_links));
    assert!(account["tags"].as_array().unwrap().contains(&json!("sys:moderator")));
    assert_eq!(account["last_login"], 7);
    assert_eq!(export["second_factors"]["authenticator_app"], true);
    let session = &export["sessions"]["content"][0];
    assert_eq!((&session["ip"], &session["user_agent"]), (&json!("192.0.2.7"), &json!("Game/1")));
    assert_eq!(export["devices"]["content"], json!([{ "last_login_at": 7 }]));
    assert_eq!(export["lockouts"]["content"][0]["what"], "password");
    let lines = export["audit"]["content"].as_array().unwrap();
    assert_eq!(lines.len(), instance.events("bob").len());
    assert!(lines.iter().all(|line| !line["by"].as_str().unwrap().contains(':')), "{lines:?}");
    for (name, part) in export.as_object().unwrap() {
        let is_fact = ["exported_at", "server", "about"].contains(&name.as_str());
        assert!(is_fact || part["about"].as_str().unwrap().ends_with('.'), "{name}");
    }
}

#[test]
fn export_has_the_whole_pictures() {
    let (_instance, export) = exported();
    let pictures = export["pictures"]["content"].as_array().unwrap();
    let expected = [("thumbnail", PNG.to_vec()), ("banner", large_picture())];
    assert_eq!(pictures.len(), 2);
    for (picture, (used_as, content)) in pictures.iter().zip(expected) {
        assert_eq!(picture["used_as"], used_as);
        assert_eq!(picture["media_type"], "image/png");
        let decoded = BASE64_STANDARD.decode(picture["base64"].as_str().unwrap()).unwrap();
        assert!(decoded == content, "{used_as}");
    }
}

#[test]
fn export_is_private_and_has_no_secret() {
    let (instance, _export) = exported();
    assert_eq!(mode(&instance, "exports"), 0o700);
    assert_eq!(mode(&instance, "exports/of-bob"), 0o700);
    assert_eq!(mode(&instance, "exports/of-bob/bob.json"), 0o600);
    instance.nox("totp reset bob");
    let secret = instance.enroll("bob");
    let codes = instance.nox("totp recovery bob");
    instance.nox("user export bob again");
    let text = fs::read_to_string(instance.path("again/bob.json")).unwrap();
    for secret in codes.lines().chain([secret.as_str(), "argon2", PASSWORD]) {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn export_of_a_suspended_account_says_until_when_and_why() {
    let instance = Instance::with_users(["ada"]);
    instance.ok(&["user", "disable", "ada", "--reason", "Spam", "--until", "7d"], "");
    instance.nox("user export ada .");
    let suspension = &read(&instance, "ada.json")["suspension"]["content"];
    assert_eq!(suspension["reason"], "Spam");
    assert!(suspension["until"].is_i64());
}

#[test]
fn export_has_every_line_of_a_long_audit_log() {
    let instance = Instance::with_users(["ada"]);
    instance.sql(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
         INSERT INTO audit (at, event, user_id, username)
         SELECT i, 'session.opened', iif(i % 2, 1, 2), 'ada' FROM n",
    );
    instance.nox("user export ada out");
    let lines = read(&instance, "out/ada.json")["audit"]["content"].as_array().unwrap().len();
    assert_eq!(lines, 1 + 1250 + 1);
}

#[test]
fn export_never_replaces_a_file_and_says_what_is_in_the_way() {
    let instance = Instance::with_users(["ada"]);
    instance.write("file", "");
    let printed = instance.nox("--json user export ada out");
    assert_eq!(printed, "{\"ok\":true,\"file\":\"out/ada.json\"}\n");
    let before = fs::read(instance.path("out/ada.json")).unwrap();
    for (args, status, said) in [
        ("user export ada out", 4, "out/ada.json exists already"),
        ("user export eve out", 3, "there is no user \"eve\""),
        ("user export ada file", 1, "file is not a folder"),
        ("user export ada file/in", 1, "a part of the path is a file"),
        ("user export ada /proc/nowhere", 1, "cannot write /proc/nowhere/ada.json"),
    ] {
        let ran = instance.run(&args.split(' ').collect::<Vec<_>>(), "");
        assert_eq!((ran.status, ran.stdout.as_str()), (status, ""), "{args}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{args}: {}", ran.stderr);
        assert!(!ran.stderr.contains("os error"), "{args}: {}", ran.stderr);
    }
    assert_eq!(fs::read(instance.path("out/ada.json")).unwrap(), before);
}

/// The tables with something about an account, and where the file has it.
const TABLES: [(&str, Result<&str, &str>); 14] = [
    ("totp_factors", Ok("/second_factors/authenticator_app_enabled_at")),
    ("totp_used_steps", Err("steps of the clock, from which nothing is learned")),
    ("totp_enrollments", Err("a secret that waits some minutes for its first code")),
    ("recovery_codes", Ok("/second_factors/unused_recovery_codes")),
    ("shown_recovery_codes", Err("codes that wait some minutes to be seen")),
    ("sent_codes", Err("hashes of codes that are good for ten minutes")),
    ("passkeys", Ok("/passkeys/content/0")),
    ("email_confirmations", Ok("/email_confirmations/content/0")),
    ("password_links", Ok("/password_link/content/made_by")),
    ("devices", Ok("/devices/content/0")),
    ("sessions", Ok("/sessions/content/0")),
    ("pictures", Ok("/pictures/content/0")),
    ("rate_limits", Ok("/lockouts/content/0")),
    ("audit", Ok("/audit/content/0")),
];

/// The columns of `users`, and where the file has them.
const COLUMNS: [(&str, Result<&str, &str>); 34] = [
    ("id", Ok("id")),
    ("username", Ok("username")),
    ("display", Ok("display")),
    ("email", Ok("email")),
    ("email_verified", Ok("email_verified")),
    ("password_hash", Err("a hash")),
    ("password_changed_at", Ok("password_changed_at")),
    ("is_admin", Ok("tags")),
    ("rank", Ok("rank")),
    ("bio", Ok("bio")),
    ("thumbnail", Ok("thumbnail")),
    ("banner", Ok("banner")),
    ("home", Ok("home")),
    ("links", Ok("links")),
    ("tags", Ok("tags")),
    ("suspended_at", Err("the part about the suspension, and the line of it in the audit log")),
    ("suspended_until", Err("the part about the suspension")),
    ("suspension_reason", Err("the part about the suspension")),
    ("created_at", Ok("created_at")),
    ("has_email_factor", Err("the part about the second factors")),
    ("language", Ok("language")),
    ("pronoun", Ok("pronoun")),
    ("avatar", Ok("avatar")),
    ("presence", Ok("presence")),
    ("presence_text", Ok("presence")),
    ("display_folded", Err("the display name, as it is searched")),
    ("email_folded", Err("the address, as it is searched")),
    ("awaits_confirmation", Ok("awaits_confirmation")),
    ("factor_demanded_at", Ok("second_factor_grace_until")),
    ("passkeys", Err("the part about the passkeys")),
    ("has_passkey_factor", Err("the part about the second factors")),
    ("passkey_handle", Err("random bytes, which the user's authenticators know")),
    ("has_totp", Err("the part about the second factors")),
    ("recovery_codes", Err("the part about the second factors")),
];

/// Each table of the schema with its definition.
fn tables() -> Vec<(&'static str, &'static str)> {
    let parts = include_str!("../../../schema.sql").split("CREATE TABLE ").skip(1);
    parts.map(|part| part.split_once("\n)").unwrap().0.split_once(' ').unwrap()).collect()
}

#[test]
fn every_table_about_an_account_is_in_its_export_or_left_out_for_a_reason() {
    let marks = ["REFERENCES users", "user_id", "account   "];
    let about = tables().into_iter().filter(|(name, columns)| {
        *name != "users" && marks.iter().any(|mark| columns.contains(mark))
    });
    let about: BTreeSet<_> = about.map(|(name, _)| name).collect();
    assert_eq!(about, TABLES.map(|(name, _)| name).into(), "see src/domain/accounts/export");
    let (_instance, export) = exported();
    for (table, place) in TABLES {
        let found = place.ok().map(|place| export.pointer(place).unwrap_or(&Value::Null));
        assert_ne!(found, Some(&Value::Null), "{table}: {export}");
    }
}

#[test]
fn every_column_of_an_account_is_in_its_export_or_left_out_for_a_reason() {
    let (instance, export) = exported();
    let database = instance.database();
    let view = database.prepare("SELECT * FROM user_details").unwrap();
    let table = database.prepare("SELECT * FROM users").unwrap();
    let columns: BTreeSet<_> =
        view.column_names().into_iter().chain(table.column_names()).collect();
    assert_eq!(columns, COLUMNS.map(|(name, _)| name).into(), "see src/domain/accounts/export");
    let account = export["account"].as_object().unwrap();
    for (column, place) in COLUMNS {
        assert!(place.is_err() || account.contains_key(place.unwrap()), "{column}: {account:?}");
    }
}
