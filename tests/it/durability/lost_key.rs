//! The ways out where the key file is lost, damaged or of another database: `nox key replace`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use serde_json::json;

use crate::harness::{Instance, ME, NOT_LOGGED, PASSWORD, TestApp, oathtool};

const REPLACE: &[&str] = &["key", "replace", "--lose-second-factors", "--yes"];
const WAY_OUT: &str = "nox key replace --lose-second-factors";

/// What may happen to a key file.
#[derive(Clone, Copy, Debug)]
enum Loss {
    Missing,
    Foreign,
    Damaged,
}

const LOSSES: [Loss; 3] = [Loss::Missing, Loss::Foreign, Loss::Damaged];

fn lose(instance: &Instance, loss: Loss) {
    match loss {
        Loss::Missing => fs::remove_file(instance.path("nox.key")).unwrap(),
        Loss::Foreign => instance.write("nox.key", [7; 32]),
        Loss::Damaged => instance.write("nox.key", [7; 31]),
    }
}

/// The files that were kept under other names.
fn kept(instance: &Instance) -> Vec<String> {
    let names = fs::read_dir(instance.path("")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains(".before-")).collect()
}

/// Two users with an app, of whom one has recovery codes, and one without.
fn instance() -> Instance {
    let instance = Instance::with_users(["ada", "bob", "eve"]);
    instance.enroll("ada");
    instance.nox("totp recovery ada");
    instance.enroll("bob");
    instance
}

#[test]
fn every_message_about_a_lost_key_names_the_way_out() {
    for loss in LOSSES {
        let instance = instance();
        instance.nox("backup create copy.db");
        lose(&instance, loss);
        for command in [
            "serve --listen 127.0.0.1:0",
            "user list",
            "totp reset ada",
            "totp status ada",
            "key rotate --yes",
            "backup create other.db",
            "backup restore copy.db",
        ] {
            let ran = instance.run(&command.split(' ').collect::<Vec<_>>(), "");
            let expected = if command.starts_with("backup restore") { 7 } else { 5 };
            assert_eq!(ran.status, expected, "{loss:?}, {command}: {}", ran.stderr);
            assert!(ran.stderr.contains(WAY_OUT), "{loss:?}, {command}: {}", ran.stderr);
            assert!(ran.stderr.contains("nox.key"), "{loss:?}, {command}: {}", ran.stderr);
        }
        let doctor = instance.run(&["doctor"], "");
        let fault = doctor.stdout.lines().find(|line| line.starts_with("fault\t")).unwrap();
        assert!(fault.contains(WAY_OUT), "{loss:?}: {fault}");
        // A database that is whole, without its key file, is a fault of the environment.
        let status = if matches!(loss, Loss::Foreign) { 6 } else { 5 };
        assert_eq!(doctor.status, status, "{loss:?}: {}", doctor.stderr);
    }
}

#[test]
fn replaced_key_loses_second_factors_and_sessions_alone() {
    for loss in LOSSES {
        let app = TestApp::builder().user("bob").user("eve").totp().serve();
        app.instance.enroll("bob");
        let eve = app.log_in("eve");
        let TestApp { server, instance, ada, .. } = app;
        server.stop();
        lose(&instance, loss);
        let ran = instance.run(REPLACE, "");
        assert_eq!(ran.status, 0, "{loss:?}: {}", ran.stderr);
        assert_eq!(ran.stdout, "app\tada\napp\tbob\nrecovery codes\tada\n", "{loss:?}");
        assert!(ran.stderr.contains("lost: 2 session(s)"), "{}", ran.stderr);
        assert!(ran.stderr.contains("with the password alone"), "{}", ran.stderr);
        assert_eq!(kept(&instance).len(), usize::from(!matches!(loss, Loss::Missing)), "{loss:?}");
        let mode = fs::metadata(instance.path("nox.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{loss:?}");

        let server = instance.serve();
        for user in [&ada, &eve] {
            server.client().me(&user.token).refused(NOT_LOGGED, ME);
        }
        for name in ["ada", "bob", "eve"] {
            assert_eq!(server.client().log_in(name, PASSWORD).status, 200, "{loss:?}: {name}");
        }
        // Another app is set up with the new key.
        let secret = instance.enroll("ada");
        let login = server.client().log_in_with_code("ada", PASSWORD, &oathtool(&secret, 0));
        assert_eq!(login.status, 200, "{loss:?}: {}", login.text);
        let events: Vec<_> =
            instance.events("bob").iter().map(|line| line["event"].clone()).collect();
        assert!(events.contains(&json!("totp.disabled")), "{events:?}");
        assert!(instance.nox("audit list").contains("key.replaced"));
        assert_eq!(instance.run(&["doctor"], "").status, 0, "{loss:?}");
    }
}

#[test]
fn replacement_says_in_json_what_was_lost_and_for_whom() {
    let instance = instance();
    lose(&instance, Loss::Missing);
    let said = instance.nox_json("key replace --lose-second-factors --yes --json");
    assert_eq!(
        said,
        json!({ "ok": true, "sessions": 0, "apps": ["ada", "bob"], "recovery_codes": ["ada"],
            "kept": null })
    );
}

#[test]
fn key_that_is_not_lost_is_not_replaced() {
    let instance = instance();
    let key = fs::read(instance.path("nox.key")).unwrap();
    let ran = instance.run(REPLACE, "");
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("nox key rotate"), "{}", ran.stderr);
    assert_eq!(fs::read(instance.path("nox.key")).unwrap(), key);
    assert_eq!(kept(&instance), [""; 0]);
    instance.nox("totp status ada");
}

#[test]
fn replacement_needs_its_flags_where_there_is_no_terminal() {
    let instance = instance();
    lose(&instance, Loss::Missing);
    for (args, flag) in [
        (&["key", "replace", "--yes"][..], "--lose-second-factors"),
        (&["key", "replace", "--lose-second-factors"], "--yes"),
    ] {
        let ran = instance.run(args, "y\n");
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
        assert!(ran.stderr.contains(flag), "{}", ran.stderr);
        assert!(!instance.path("nox.key").exists());
    }
}

#[test]
fn key_is_not_replaced_under_a_running_server() {
    for loss in LOSSES {
        let app = TestApp::builder().totp().serve();
        lose(&app.instance, loss);
        let ran = app.instance.run(REPLACE, "");
        assert_eq!(ran.status, 5, "{loss:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("stop the server"), "{loss:?}: {}", ran.stderr);
        // The server holds the key that it has read.
        assert_eq!(app.ada.get(ME).status, 200, "{loss:?}");
        assert_eq!(app.try_code(&app.ada.code(1)).status, 200, "{loss:?}");
    }
}

#[test]
fn key_that_no_account_needs_is_made_anew_and_ends_the_sessions() {
    let app = TestApp::logged_in();
    assert_eq!(app.nox("session list").lines().count(), 1);
    let TestApp { server, instance, .. } = app;
    server.stop();
    lose(&instance, Loss::Missing);
    let log = instance.serve().stop().log;
    assert!(log.contains("the key file is a new one, so all sessions ended"), "{log}");
    assert_eq!(instance.nox("session list"), "", "a session whose token is refused is not listed");
}

/// Copies the files of an instance to those of the same names, and removes all others.
fn reset(instance: &Instance, pristine: &[(&str, Vec<u8>)]) {
    for entry in fs::read_dir(instance.path("")).unwrap() {
        let path = entry.unwrap().path();
        if !path.ends_with("nox.toml") {
            fs::remove_file(path).unwrap();
        }
    }
    for (name, content) in pristine {
        instance.write(name, content);
        fs::set_permissions(instance.path(name), PermissionsExt::from_mode(0o600)).unwrap();
    }
}

#[test]
fn replacement_killed_at_any_step_works_or_is_told_with_the_same_way_out() {
    let instance = instance();
    let database = ("nox.db", fs::read(instance.path("nox.db")).unwrap());
    let foreign = ("nox.key", vec![7; 32]);
    let (mut before, mut after) = (0, 0);
    // Of the many writes, some.
    for (call, step) in [("pwrite64", 9), ("fsync", 1), ("linkat", 1), ("rename", 1), ("unlink", 1)]
    {
        for pristine in [&[database.clone()][..], &[database.clone(), foreign.clone()]] {
            for time in (1..).step_by(step) {
                reset(&instance, pristine);
                if !is_killed(&instance, call, time) {
                    break;
                }
                let what = format!("killed at {call} {time}");
                let ran = instance.run(&["user", "show", "ada"], "");
                if ran.status == 0 {
                    after += 1;
                    assert_eq!(instance.factor("totp"), json!(false), "{what}");
                } else {
                    before += 1;
                    assert_eq!(ran.status, 5, "{what}: {}", ran.stderr);
                    assert!(ran.stderr.contains(WAY_OUT), "{what}: {}", ran.stderr);
                    instance.ok(REPLACE, "");
                    instance.nox("user show ada");
                }
                instance.enroll("ada");
            }
        }
    }
    assert!(before >= 10 && after >= 2, "{before} kills before the change, {after} after it");
}

/// Replaces the key, and kills that when it makes this system call for this time.
fn is_killed(instance: &Instance, call: &str, time: usize) -> bool {
    let inject = format!("inject={call}:signal=KILL:when={time}");
    let mut command = instance.traced(&["-e", &format!("trace={call}"), "-e", &inject], REPLACE);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    status.code().is_none()
}
