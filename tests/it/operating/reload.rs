//! SIGHUP: the configuration is read again.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::harness::{Client, Instance, Mode, PASSWORD, Server, TestApp, wait_until};

/// Writes `nox.toml` anew, sends SIGHUP, and waits until the page shows this title.
#[track_caller]
fn reload(app: &TestApp, settings: &str, name: &str) {
    app.instance.configure(&format!("{settings}\n[instance]\ntitle = '{name}'"));
    app.server.signal(Signal::HUP);
    wait_until("the configuration is read", || title(&app.server) == name);
}

fn title(server: &Server) -> String {
    let answer = server.client().get("/.well-known/nox", &[]);
    answer.json()["metadata"]["title"].as_str().unwrap().into()
}

#[test]
fn sighup_applies_what_may_change_and_names_what_may_not() {
    let app = TestApp::logged_in();
    let origin = [("Origin", "https://front.example")];
    let allows = |app: &TestApp| {
        let answer = app.client().get("/api/configs", &origin);
        answer.header("access-control-allow-credentials").is_some()
    };
    assert!(!allows(&app));
    let settings = "min_length = 20\n\
        [server]\nallowed_origins = ['https://front.example']\naddress = 'other.example'\n\
        [users]\nregistration = 'open'\n[limits]\npicture_bytes = 2048\n\
        [cookie]\ndomain = 'nox.example'\n[backup]\nevery = '1d'\n\
        [storage]\ndatabase = 'other.db'\n[secrets]\nkey_file = 'other.key'";
    reload(&app, settings, "Second");
    assert!(allows(&app));
    let configs = app.client().get("/api/configs", &[]).json();
    assert_eq!(configs["data"]["password_min_length"], 20);
    assert_eq!(configs["data"]["registration"], "open");
    assert_eq!(configs["data"]["picture_max_bytes"], 2048);
    let cookie = app.try_password().header("set-cookie").unwrap().to_owned();
    assert!(cookie.contains("Domain=nox.example"), "{cookie}");
    assert_eq!(app.ada.get("/api/users/@me").status, 200, "the session lasts");
    wait_until("a backup is made", || app.instance.path("backups").exists());
    assert!(!app.instance.path("other.db").exists() && !app.instance.path("other.key").exists());
    let log = app.log();
    assert!(log.contains("reloaded the configuration changed=\"server.allowed_origins, "), "{log}");
    let named = "keys=\"server.address, storage.database, secrets.key_file\"";
    assert!(log.contains(named), "{log}");
}

#[test]
fn sighup_changes_who_may_register_and_who_needs_a_second_factor() {
    let app = TestApp::builder().mail_server(Mode::Plain).serve();
    let apply = |settings: &str, title: &str| {
        reload(&app, &format!("{}{settings}", app.mails().settings()), title);
    };
    let register = |name: &str| {
        let body = json!({ "username": name, "password": PASSWORD });
        app.client().post("/api/auth/register", &body)
    };
    let log_in = || app.try_password().status;
    assert_eq!((register("bob").status, log_in()), (403, 200));
    apply("[users]\nregistration = 'open'", "users.registration");
    register("bob").token();
    apply("[users]\nregistration = 'open'\nrequire_email = true", "users.require_email");
    register("eve").refused_field("email", "/api/auth/register");
    let demand = "[login]\nrequire_second_factor = 'everybody'\n";
    apply(demand, "login.require_second_factor");
    assert_eq!((register("eve").status, log_in()), (403, 401));
    apply(&format!("{demand}second_factor_grace = '7d'"), "login.second_factor_grace");
    assert_eq!(log_in(), 200);
    let log = app.log();
    for key in [
        "users.registration",
        "users.require_email",
        "login.require_second_factor",
        "login.second_factor_grace",
    ] {
        let is_named = |line: &str| line.contains("reloaded") && line.contains(key);
        assert!(log.lines().any(is_named), "{key}: {log}");
    }
}

#[test]
fn reload_changes_the_level_and_the_format_of_the_log() {
    let app = TestApp::new();
    app.try_password().token();
    reload(&app, "[log]\nlevel = 'debug'\nformat = 'json'", "Second");
    app.client().get("/readyz", &[]);
    let log = app.log();
    let json: Vec<&str> = log.lines().filter(|line| line.starts_with('{')).collect();
    assert!(json.iter().any(|line| line.contains("\"level\":\"DEBUG\"")), "{log}");
    assert!(log.lines().next().unwrap().contains(" INFO started "), "{log}");
}

#[test]
fn reload_with_any_error_changes_nothing_and_the_log_says_why() {
    let app = TestApp::with("[instance]\ntitle = 'First'").serve();
    let mail = "[mail]\nhost = 'x'\nuser = 'x'\nfrom = 'a@b.example'\n";
    for (settings, cause) in [
        ("[totp]\nskew = 9\n".into(), "nox.toml, line"),
        ("[nonsense]\nkey = 1\n".into(), "unknown field `nonsense`"),
        ("[password\n".into(), "nox.toml, line"),
        (format!("{mail}tls = 'both'\n"), "not a value of tls"),
        (format!("{mail}password_file = 'missing'\n"), "missing: No such file"),
        (format!("{mail}ca_file = 'nox.toml'\n"), "contains no certificate"),
    ] {
        let before = app.server.logged().len();
        app.instance.configure(&format!("{settings}[instance]\ntitle = 'Second'"));
        app.server.signal(Signal::HUP);
        wait_until("the error is logged", || app.server.logged()[before..].contains("nothing has"));
        let log = app.server.logged()[before..].to_owned();
        assert!(log.contains("nothing has changed") && log.contains(cause), "{settings}: {log}");
        assert_eq!(title(&app.server), "First");
    }
    reload(&app, "", "Second");
}

#[test]
fn reload_without_the_file_of_the_start_changes_nothing() {
    let app = TestApp::with("[instance]\ntitle = 'First'").serve();
    let [file, away] = ["nox.toml", "away.toml"].map(|name| app.instance.path(name));
    fs::rename(&file, &away).unwrap();
    app.server.signal(Signal::HUP);
    wait_until("the error is logged", || app.server.logged().contains("nothing has changed"));
    assert!(app.server.logged().contains("nox.toml, but no configuration file is there now"));
    assert_eq!(title(&app.server), "First");
    fs::rename(&away, &file).unwrap();
    reload(&app, "", "Second");
}

#[test]
fn key_file_that_a_start_would_refuse_stops_a_reload() {
    let app = TestApp::with("[instance]\ntitle = 'First'").serve();
    let key = app.instance.path("nox.key");
    fs::set_permissions(&key, PermissionsExt::from_mode(0o644)).unwrap();
    app.instance.configure("[instance]\ntitle = 'Second'");
    app.server.signal(Signal::HUP);
    wait_until("the error is logged", || app.server.logged().contains("nothing has changed"));
    assert!(app.server.logged().contains("can access the key file"));
    assert_eq!(title(&app.server), "First");
    fs::set_permissions(&key, PermissionsExt::from_mode(0o600)).unwrap();
    reload(&app, "", "Second");
}

#[test]
fn secrets_are_read_again_from_their_files() {
    let app = TestApp::builder().mail().serve();
    app.instance.write("password", "first");
    let settings = |app: &TestApp| {
        format!("{}user = 'x'\npassword_file = 'password'\n", app.mails().settings())
    };
    reload(&app, &settings(&app), "Second");
    fs::remove_file(app.instance.path("password")).unwrap();
    app.server.signal(Signal::HUP);
    wait_until("the error is logged", || app.server.logged().contains("nothing has changed"));
    app.instance.write("password", "second");
    reload(&app, &settings(&app), "Third");
}

#[test]
fn sighup_at_the_first_moment_is_heard() {
    let instance = Instance::new();
    let server = instance.serve();
    for _ in 0..3 {
        server.signal(Signal::HUP);
    }
    wait_until("it is heard", || server.logged().contains("reloaded the configuration"));
    assert_eq!(server.client().get("/healthz", &[]).status, 200);
    assert_eq!(server.stop().status.code(), Some(0));
}

#[test]
fn server_outlives_the_terminal_that_its_log_goes_to() {
    let instance = Instance::new();
    let script = format!(
        "exec {} serve --listen 127.0.0.1:0 >address 2>/dev/full </dev/null",
        env!("CARGO_BIN_EXE_nox")
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir(instance.path("."));
    let mut child = command.spawn().unwrap();
    let address = || fs::read_to_string(instance.path("address")).unwrap_or_default();
    wait_until("it listens", || address().ends_with('\n'));
    let client = Client::new(address().trim_end().strip_prefix("listening on http://").unwrap());
    kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
    client.log_in("nobody", "hunter22");
    assert_eq!(client.get("/healthz", &[]).status, 200);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Each request sees one configuration from its start to its end, however often it is read again
/// meanwhile.
#[test]
fn requests_are_answered_while_the_configuration_is_read_again_and_again() {
    let app = TestApp::logged_in();
    let ends = AtomicBool::new(false);
    thread::scope(|scope| {
        let checks = || {
            let mut count = 0;
            while !ends.load(Ordering::Relaxed) {
                assert_eq!(app.ada.get("/api/users/@me").status, 200);
                let documents = app.client().get("/.well-known/nox", &[]).json();
                let metadata = &documents["metadata"];
                assert_eq!(metadata["title"], metadata["description"], "{documents}");
                count += 1;
            }
            count
        };
        app.instance.configure("[instance]\ntitle = '0'\ndescription = '0'");
        app.server.signal(Signal::HUP);
        wait_until("the configuration is read", || title(&app.server) == "0");
        let threads = [scope.spawn(checks), scope.spawn(checks)];
        for number in 1..20 {
            let settings = format!("[instance]\ntitle = '{number}'\ndescription = '{number}'");
            app.instance.configure(&settings);
            app.server.signal(Signal::HUP);
            wait_until("the configuration is read", || title(&app.server) == number.to_string());
        }
        ends.store(true, Ordering::Relaxed);
        for thread in threads {
            assert!(thread.join().unwrap() > 0);
        }
    });
}

#[test]
fn reload_of_the_same_configuration_says_that_nothing_has_changed() {
    let app = TestApp::new();
    app.server.signal(Signal::HUP);
    wait_until("the configuration is read", || {
        app.server.logged().contains("reloaded the configuration: nothing has changed")
    });
}
