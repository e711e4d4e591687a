//! `nox key rotate`, and missing or foreign key files.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::harness::{
    INTERNAL_ERROR, INVALID_FIELD, Instance, LOGIN, ME, NOT_LOGGED, PASSWORD, TestApp, oathtool,
};

fn key(instance: &Instance) -> Vec<u8> {
    fs::read(instance.path("nox.key")).unwrap()
}

/// Replaces the content of the key file, and keeps its mode private.
fn swap_key(instance: &Instance, bytes: &[u8]) {
    instance.write("nox.key", bytes);
    fs::set_permissions(instance.path("nox.key"), PermissionsExt::from_mode(0o600)).unwrap();
}

fn sealed_secrets(instance: &Instance) -> Vec<Vec<u8>> {
    let database = instance.database();
    let mut secrets = database.prepare("SELECT secret FROM totp_factors ORDER BY user_id").unwrap();
    secrets.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn key_rotation_keeps_factors_and_ends_sessions() {
    let app = TestApp::builder().user("bob").user("eve").totp().serve();
    let of_bob = app.instance.enroll("bob");
    let eve = app.log_in("eve");
    assert_eq!(app.try_code(&app.ada.recovery_codes[0]).status, 200);
    let handed_out = app.instance.issue_code("ada");
    let TestApp { server, instance, ada, .. } = app;
    server.stop();
    let (old, sealed) = (key(&instance), sealed_secrets(&instance));

    let ran = instance.run(&["key", "rotate", "--yes"], "");
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("every session has ended"), "{}", ran.stderr);
    assert_eq!(instance.nox("session list"), "");
    let new = key(&instance);
    assert!(new.len() == 32 && new != old);
    assert_eq!(fs::metadata(instance.path("nox.key")).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(sealed_secrets(&instance).iter().zip(&sealed).all(|(after, before)| after != before));
    let left: Vec<_> =
        fs::read_dir(instance.path("")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_str().unwrap().contains("next")), "{left:?}");

    let server = instance.serve();
    let client = server.client();
    for person in [&ada, &eve] {
        client.me(&person.token).refused(NOT_LOGGED, ME);
    }
    assert_eq!(client.log_in_with_code("ada", "hunter22", &ada.code(1)).status, 200);
    assert_eq!(client.log_in_with_code("bob", "hunter22", &oathtool(&of_bob, 0)).status, 200);
    assert_eq!(client.log_in_with_code("ada", "hunter22", &handed_out).status, 200);
    assert_eq!(client.log_in_with_code("ada", "hunter22", &ada.recovery_codes[1]).status, 200);
    // Used codes stay used.
    client.log_in_with_code("ada", "hunter22", &ada.recovery_codes[0]).refused_code();
    client.log_in_with_code("ada", "hunter22", &ada.code(1)).refused_code();
    let later = server.log_in("eve");
    assert_eq!(later.get(ME).status, 200);
}

#[test]
fn key_can_be_rotated_repeatedly() {
    let instance = Instance::with_users(["ada"]);
    let secret = instance.enroll("ada");
    let printed = instance.nox("totp recovery ada");
    for _ in 0..3 {
        instance.nox("key rotate --yes");
    }
    let server = instance.serve();
    assert_eq!(
        server.client().log_in_with_code("ada", PASSWORD, &oathtool(&secret, 0)).status,
        200
    );
    assert_eq!(
        server.client().log_in_with_code("ada", PASSWORD, printed.lines().next().unwrap()).status,
        200
    );
}

#[test]
fn former_key_opens_nothing() {
    let instance = Instance::with_users(["ada"]);
    instance.enroll("ada");
    let old = key(&instance);
    instance.nox("key rotate --yes");
    let new = key(&instance);
    swap_key(&instance, &old);
    assert_eq!(instance.run(&["totp", "status", "ada"], "").status, 5);
    swap_key(&instance, &new);
    assert_eq!(instance.run(&["totp", "status", "ada"], "").status, 0);
}

#[test]
fn pending_enrolment_ends_with_the_key() {
    let app = TestApp::logged_in();
    let secret = app.ada.set_up_app();
    app.server.stop();
    app.instance.nox("key rotate --yes");
    let server = app.instance.serve();
    let mut ada = server.log_in("ada");
    let path = "/api/auth/totp/enable";
    let code = json!({ "token": oathtool(&secret, 0) });
    let message = ada.post(path, &code).refused(INVALID_FIELD, path);
    assert!(message.contains("must follow a setup"), "{message}");
    ada.enable_app();
    assert_eq!(ada.recovery_codes.len(), 10);
}

#[test]
fn key_rotation_is_refused_while_the_server_runs() {
    let app = TestApp::builder().totp().serve();
    let before = key(&app.instance);
    let refused = app.instance.run(&["key", "rotate", "--yes"], "");
    assert_eq!((refused.status, refused.stdout.as_str()), (5, ""), "{}", refused.stderr);
    assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
    assert_eq!(key(&app.instance), before);
    assert_eq!(app.ada.get(ME).status, 200);
    assert_eq!(app.try_code(&app.ada.code(1)).status, 200);
    assert!(!app.nox("audit list").contains("key.rotated"));
}

#[test]
fn key_rotation_without_a_terminal_needs_its_flag() {
    let instance = Instance::with_users(["ada"]);
    let before = key(&instance);
    let refused = instance.run(&["key", "rotate"], "y\n");
    assert_eq!((refused.status, refused.stdout.as_str()), (2, ""), "{}", refused.stderr);
    assert!(refused.stderr.contains("--yes"), "{}", refused.stderr);
    assert_eq!(key(&instance), before);
}

#[test]
fn missing_or_foreign_key_stops_the_start_where_a_factor_is_on() {
    let instance = Instance::with_users(["ada"]);
    let secret = instance.enroll("ada");
    let own = key(&instance);
    let commands = [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["totp", "status", "ada"],
        &["key", "rotate", "--yes"],
    ];
    let refuses = || {
        for args in commands {
            let ran = instance.run(args, "");
            assert_eq!((ran.status, ran.stdout.as_str()), (5, ""), "{args:?}: {}", ran.stderr);
            assert!(ran.stderr.contains("nox.key"), "{}", ran.stderr);
        }
    };
    swap_key(&instance, &[7; 32]);
    refuses();
    assert_eq!(key(&instance), [7; 32]);
    fs::remove_file(instance.path("nox.key")).unwrap();
    refuses();
    assert!(!instance.path("nox.key").exists(), "a new key would hide that the old one is lost");
    swap_key(&instance, &own);
    assert_eq!(
        instance.serve().client().log_in_with_code("ada", PASSWORD, &oathtool(&secret, 0)).status,
        200
    );
}

#[test]
fn foreign_key_without_factors_ends_sessions_alone() {
    let app = TestApp::logged_in();
    swap_key(&app.instance, &[7; 32]);
    let app = app.restart();
    app.ada.get(ME).refused(NOT_LOGGED, ME);
    assert_eq!(app.try_password().status, 200);
}

#[test]
fn sealed_secret_moved_to_another_row_does_not_open() {
    let app = TestApp::builder().user("bob").totp().serve();
    let of_bob = app.instance.enroll("bob");
    let database = app.instance.database();
    let moved = "UPDATE totp_factors SET last_step = 0,
                 secret = (SELECT secret FROM totp_factors WHERE user_id = 1) WHERE user_id = 2";
    assert_eq!(database.execute(moved, []).unwrap(), 1);
    for code in [&app.ada.code(0), &oathtool(&of_bob, 0)] {
        let refused = app.client().log_in_with_code("bob", "hunter22", code);
        refused.refused(INTERNAL_ERROR, LOGIN);
        assert!(
            !refused.text.contains("key") && !refused.text.contains("seal"),
            "{}",
            refused.text
        );
    }
    // A recovery code that was moved to another row is not accepted either.
    app.nox("totp reset bob");
    app.instance.enroll("bob");
    let moved = "INSERT INTO recovery_codes (user_id, hash)
                 SELECT 2, hash FROM recovery_codes WHERE user_id = 1";
    assert_eq!(database.execute(moved, []).unwrap(), 10);
    app.client().log_in_with_code("bob", "hunter22", &app.ada.recovery_codes[0]).refused_code();
    assert_eq!(app.try_code(&app.ada.recovery_codes[0]).status, 200);
}
