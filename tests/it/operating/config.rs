//! `nox.toml`, `--config` and the environment, as a command sees them.

use std::fs;
use std::process::Stdio;

use crate::harness::{Instance, Server};

#[test]
fn mistake_in_the_file_is_reported_with_its_line() {
    let instance = Instance::new();
    for (text, place, part) in [
        ("[server]\nlisen = 'x'\n", "nox.toml, line 2", "`listen`"),
        ("[server]\nlisten = 'x'\n", "nox.toml, line 2", "host:port"),
        ("\n\n[sever]\n", "nox.toml, line 3", "`server`"),
        ("[server\n", "nox.toml, line 1", ""),
    ] {
        instance.write("nox.toml", text);
        let ran = instance.run(&["serve"], "");
        assert_eq!((ran.status, ran.stderr.lines().count()), (5, 1), "{}", ran.stderr);
        assert!(ran.stderr.contains(place) && ran.stderr.contains(part), "{}", ran.stderr);
    }
    assert!(!instance.path("nox.db").exists(), "nothing was made");
}

#[test]
fn named_configuration_must_exist_and_its_folder_anchors_paths() {
    let instance = Instance::new();
    let ran = instance.run(&["--config", "nowhere.toml", "user", "list"], "");
    assert_eq!((ran.status, ran.stderr.lines().count()), (5, 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("nowhere.toml"), "{}", ran.stderr);
    fs::create_dir(instance.path("etc")).unwrap();
    instance.write("etc/nox.toml", "[storage]\ndatabase = 'data/own.db'");
    instance.nox("--config etc/nox.toml user list");
    assert!(instance.path("etc/data/own.db").exists() && instance.path("etc/nox.key").exists());
}

#[test]
fn command_line_overrides_environment_and_environment_the_file() {
    let instance = Instance::with("[server]\naddress = 'file.example'");
    instance.add_user("ada", "hunter22");
    let server_of = |variables: &[(&str, &str)]| {
        let mut command = instance.command(["user", "show", "ada", "--json"]);
        let output = command.envs(variables.iter().copied()).output().unwrap();
        let shown: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        shown["server"].clone()
    };
    assert_eq!(server_of(&[]), "file.example");
    assert_eq!(server_of(&[("NOX_SERVER__ADDRESS", "env.example")]), "env.example");
    // Listening on an address of the documentation network (RFC 5737) always fails.
    let elsewhere = ("NOX_SERVER__LISTEN", "192.0.2.1:1");
    let output = instance.command(["serve"]).envs([elsewhere]).output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    let mut command = instance.command(["serve", "--listen", "127.0.0.1:0"]);
    let server =
        Server::start(command.envs([elsewhere]).stdout(Stdio::piped()).stderr(Stdio::piped()));
    assert!(server.address.starts_with("127.0.0.1:"));
}

#[test]
fn missing_key_file_is_not_replaced_where_secrets_are_sealed() {
    let instance = Instance::with_users(["ada"]);
    fs::remove_file(instance.path("nox.key")).unwrap();
    instance.enroll("ada");
    fs::remove_file(instance.path("nox.key")).unwrap();
    let ran = instance.run(&["user", "list"], "");
    assert_eq!((ran.status, ran.stderr.lines().count()), (5, 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("nox.key") && ran.stderr.contains("backup"), "{}", ran.stderr);
    assert!(!instance.path("nox.key").exists());
}

#[test]
fn mistake_in_the_environment_names_the_variable() {
    let instance = Instance::new();
    for (variable, value, part) in
        [("NOX_TOTP__SKEW", "5", "between 0 and 2"), ("NOX_TOTP__SKW", "1", "`skew`")]
    {
        let output = instance.command(["config", "check"]).env(variable, value).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), stderr.lines().count()), (Some(5), 1), "{stderr}");
        assert!(stderr.contains(variable) && stderr.contains(part), "{stderr}");
    }
}

#[test]
fn key_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let instance = Instance::with_users(["ada"]);
    fs::set_permissions(instance.path("nox.key"), fs::Permissions::from_mode(0o644)).unwrap();
    let ran = instance.run(&["user", "list"], "");
    assert_eq!((ran.status, ran.stderr.lines().count()), (5, 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("chmod 600"), "{}", ran.stderr);
}
