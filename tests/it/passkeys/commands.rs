//! `nox passkey`, and what other commands tell of passkeys.

use serde_json::{Value, json};

use super::{VERIFY, with_passkey};
use crate::harness::{Authenticator, ME, NOT_LOGGED, PASSKEYS, TestApp};

#[test]
fn operator_lists_and_removes_passkeys() {
    let (app, device) = with_passkey();
    let id = app.ada.get(PASSKEYS).data()["items"][0]["id"].as_str().unwrap().to_owned();
    let second = Authenticator::new().add_to(&app.ada)["id"].as_str().unwrap().to_owned();
    let lines = app.nox("passkey list");
    assert_eq!(lines.lines().count(), 2);
    assert!(lines.starts_with(&format!("{id}\tada\tPasskey\tlocalhost\tyes\t")), "{lines}");
    assert!(lines.contains("\t-\n"), "never used: {lines}");
    let shown: Value =
        serde_json::from_str(app.nox("passkey list ada --json").lines().next().unwrap()).unwrap();
    assert_eq!(
        (&shown["id"], &shown["usable"], &shown["last_used_at"]),
        (&json!(id), &json!(true), &json!(null))
    );
    app.nox(&format!("passkey remove ada {id}"));
    app.client().me(&app.ada.token).refused(NOT_LOGGED, ME);
    device.log_in(&app.client()).refused_field("credential", VERIFY);
    for args in [
        &["passkey", "remove", "ada", id.as_str()][..],
        &["passkey", "remove", "ada", second.as_str(), "x"],
    ] {
        let ran = app.instance.run(args, "");
        assert_eq!(ran.status, 3, "{}", ran.stderr);
        assert!(ran.stderr.contains("none was removed"), "{}", ran.stderr);
    }
    assert_eq!(app.instance.run(&["passkey", "remove", "ada", "--all"], "").status, 2, "it asks");
    let ran = app.instance.run(&["passkey", "remove", "ada", "--all", "--yes"], "");
    let said = "removed 1 passkey(s) of ada, which were all; all its sessions have ended\n";
    assert_eq!((ran.status, ran.stderr.as_str()), (0, said));
    let ran = app.instance.run(&["passkey", "remove", "ada", "--all", "--yes"], "");
    assert_eq!((ran.status, ran.stderr.as_str()), (3, "nox: ada has no passkey\n"));
    assert_eq!(app.nox("passkey list"), "");
    assert_eq!(app.instance.run(&["passkey", "list", "nobody"], "").status, 3);
}

#[test]
fn other_commands_count_the_passkeys_that_stay() {
    let (app, device) = with_passkey();
    assert!(app.nox("user show ada").contains("\npasskeys      1\n"));
    assert!(app.nox("totp status ada").contains("passkeys: 1"));
    let left = "ada still has 1 passkey(s), which log in without the password";
    let ran =
        app.instance.run(&["user", "passwd", "ada", "--password-stdin"], "correct horse battery");
    assert!(ran.stderr.contains(left), "{}", ran.stderr);
    let ran = app.instance.run(&["totp", "reset", "ada"], "");
    assert!(ran.stderr.contains(left), "{}", ran.stderr);
    device.log_in(&app.client()).token();
}

#[test]
fn reset_of_the_second_factors_switches_the_one_by_passkey_off() {
    let (app, device) = with_passkey();
    app.ada.post("/api/auth/passkey/enable", &json!({})).data();
    assert!(app.nox("user show ada").contains("second factor passkey\n"));
    assert_eq!(app.nox("user list --without-2fa"), "");
    app.nox("totp reset ada");
    app.try_password().token();
    device.log_in(&app.client()).token();
    assert_eq!(app.nox("user list --without-2fa").lines().count(), 1);
}

#[test]
fn passkeys_are_in_the_export_and_go_with_the_account() {
    let (app, _device) = with_passkey();
    app.nox("user export ada exports");
    let text = std::fs::read_to_string(app.instance.path("exports/ada.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let listed = &document["passkeys"]["content"][0];
    assert_eq!((&listed["name"], &listed["rp_id"]), (&"Passkey".into(), &"localhost".into()));
    assert!(!text.contains("\"public_key\"") && !text.contains("handle"), "{text}");
    app.nox("user remove ada --yes");
    let rows: u32 = app
        .instance
        .database()
        .query_row("SELECT count(*) FROM passkeys", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 0);
}

#[test]
fn passkeys_are_in_a_backup() {
    let (app, device) = with_passkey();
    app.nox("backup create copy.db");
    app.nox("passkey remove ada --all --yes");
    let TestApp { server, instance, .. } = app;
    server.stop();
    instance.nox("backup restore copy.db");
    let server = instance.serve();
    device.log_in(&server.client()).token();
}
