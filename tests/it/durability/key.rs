//! `nox key rotate`, and what a key file is needed for.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rusqlite::Connection;
use serde_json::json;

use crate::harness::{Instance, Person, oathtool};

const ME: &str = "/api/users/@me";

fn key(instance: &Instance) -> Vec<u8> {
    fs::read(instance.path("nox.key")).unwrap()
}

/// Puts other bytes in the key file's place, for its owner alone.
fn swap_key(instance: &Instance, bytes: &[u8]) {
    fs::write(instance.path("nox.key"), bytes).unwrap();
    fs::set_permissions(instance.path("nox.key"), PermissionsExt::from_mode(0o600)).unwrap();
}

fn sealed_secrets(instance: &Instance) -> Vec<Vec<u8>> {
    let database = Connection::open(instance.path("nox.db")).unwrap();
    let mut secrets = database.prepare("SELECT secret FROM totp_factors ORDER BY user_id").unwrap();
    secrets.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn after_a_rotation_the_factors_work_and_the_sessions_have_ended() {
    let (instance, server, ada, (secret, codes)) = Person::with_codes("");
    instance.add_user("bob", "hunter22");
    let of_bob = instance.enroll("bob");
    instance.add_user("eve", "hunter22");
    let eve = Person::log_in(&server, "eve");
    assert_eq!(server.client().ada_by(&codes[0]).status, 200);
    let handed_out = instance.issue_code("ada");
    server.stop();
    let (old, sealed) = (key(&instance), sealed_secrets(&instance));

    let ran = instance.run(&["key", "rotate", "--yes"], "");
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("every session has ended"), "{}", ran.stderr);
    assert_eq!(instance.ok(&["session", "list"], ""), "");
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
        client.me(&person.token).failure(7, 401, ME);
    }
    assert_eq!(client.ada_by(&oathtool(&secret, 1)).status, 200);
    assert_eq!(client.log_in_with_code("bob", "hunter22", &oathtool(&of_bob, 0)).status, 200);
    assert_eq!(client.ada_by(&handed_out).status, 200);
    assert_eq!(client.ada_by(&codes[1]).status, 200);
    // What was used stays used.
    client.ada_by(&codes[0]).refused_code();
    client.ada_by(&oathtool(&secret, 1)).refused_code();
    let later = Person::log_in(&server, "eve");
    assert_eq!(later.get(ME).status, 200);
}

#[test]
fn the_key_can_be_replaced_again_and_again() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let secret = instance.enroll("ada");
    let printed = instance.ok(&["totp", "recovery", "ada"], "");
    for _ in 0..3 {
        instance.ok(&["key", "rotate", "--yes"], "");
    }
    let server = instance.serve();
    assert_eq!(server.client().ada_by(&oathtool(&secret, 0)).status, 200);
    assert_eq!(server.client().ada_by(printed.lines().next().unwrap()).status, 200);
}

#[test]
fn the_key_of_before_opens_nothing_any_more() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    instance.enroll("ada");
    let old = key(&instance);
    instance.ok(&["key", "rotate", "--yes"], "");
    let new = key(&instance);
    swap_key(&instance, &old);
    assert_eq!(instance.run(&["totp", "status", "ada"], "").status, 5);
    swap_key(&instance, &new);
    assert_eq!(instance.run(&["totp", "status", "ada"], "").status, 0);
}

#[test]
fn a_secret_that_waits_ends_with_the_key() {
    let (instance, server, ada) = Person::at_home("");
    let secret = ada.set_up_app();
    server.stop();
    instance.ok(&["key", "rotate", "--yes"], "");
    let server = instance.serve();
    let ada = Person::log_in(&server, "ada");
    let path = "/api/auth/totp/enable";
    let message = ada.post(path, &json!({ "token": oathtool(&secret, 0) })).failure(5, 400, path);
    assert!(message.contains("must follow a setup"), "{message}");
    assert_eq!(ada.enable_app().1.len(), 10);
}

#[test]
fn it_is_refused_while_the_server_runs() {
    let (instance, server, ada, (secret, _)) = Person::with_codes("");
    let before = key(&instance);
    let refused = instance.run(&["key", "rotate", "--yes"], "");
    assert_eq!((refused.status, refused.stdout.as_str()), (5, ""), "{}", refused.stderr);
    assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
    assert_eq!(key(&instance), before);
    assert_eq!(ada.get(ME).status, 200);
    assert_eq!(server.client().ada_by(&oathtool(&secret, 1)).status, 200);
    assert!(!instance.ok(&["audit", "list"], "").contains("key.rotated"));
}

#[test]
fn where_nobody_can_be_asked_it_needs_its_flag() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let before = key(&instance);
    let refused = instance.run(&["key", "rotate"], "y\n");
    assert_eq!((refused.status, refused.stdout.as_str()), (2, ""), "{}", refused.stderr);
    assert!(refused.stderr.contains("--yes"), "{}", refused.stderr);
    assert_eq!(key(&instance), before);
}

#[test]
fn with_a_foreign_key_file_or_none_nothing_starts_where_somebody_has_a_factor() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
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
    assert_eq!(instance.serve().client().ada_by(&oathtool(&secret, 0)).status, 200);
}

#[test]
fn without_factors_another_key_file_costs_sessions_alone() {
    let (instance, server, ada) = Person::at_home("");
    server.stop();
    swap_key(&instance, &[7; 32]);
    let server = instance.serve();
    server.client().me(&ada.token).failure(7, 401, ME);
    assert_eq!(server.client().log_in("ada", "hunter22").status, 200);
}

#[test]
fn a_secret_that_was_moved_to_another_row_does_not_open() {
    let (instance, server, _ada, (secret, codes)) = Person::with_codes("");
    instance.add_user("bob", "hunter22");
    let of_bob = instance.enroll("bob");
    let database = Connection::open(instance.path("nox.db")).unwrap();
    let moved = "UPDATE totp_factors SET last_step = 0,
                 secret = (SELECT secret FROM totp_factors WHERE user_id = 1) WHERE user_id = 2";
    assert_eq!(database.execute(moved, []).unwrap(), 1);
    for code in [&oathtool(&secret, 0), &oathtool(&of_bob, 0)] {
        let refused = server.client().log_in_with_code("bob", "hunter22", code);
        refused.failure(9, 500, "/api/auth/login");
        assert!(
            !refused.text.contains("key") && !refused.text.contains("seal"),
            "{}",
            refused.text
        );
    }
    // A recovery code of another row is none, either.
    instance.ok(&["totp", "reset", "bob"], "");
    instance.enroll("bob");
    let moved = "INSERT INTO recovery_codes (user_id, hash) SELECT 2, hash FROM recovery_codes WHERE user_id = 1";
    assert_eq!(database.execute(moved, []).unwrap(), 10);
    server.client().log_in_with_code("bob", "hunter22", &codes[0]).refused_code();
    assert_eq!(server.client().ada_by(&codes[0]).status, 200);
}
