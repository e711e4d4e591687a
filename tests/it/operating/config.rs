//! `nox.toml`, `--config` and the environment, as a command sees them.

use std::fs;
use std::process::Stdio;

use crate::harness::{Instance, Server};

#[test]
fn a_mistake_in_the_file_is_one_line_with_its_place() {
    let instance = Instance::new();
    for (text, place, part) in [
        ("[server]\nlisen = 'x'\n", "nox.toml, line 2", "`listen`"),
        ("[server]\nlisten = 'x'\n", "nox.toml, line 2", "host:port"),
        ("\n\n[sever]\n", "nox.toml, line 3", "`server`"),
        ("[server\n", "nox.toml, line 1", ""),
    ] {
        fs::write(instance.path("nox.toml"), text).unwrap();
        let ran = instance.run(&["serve"], "");
        assert_eq!((ran.status, ran.stderr.lines().count()), (5, 1), "{}", ran.stderr);
        assert!(ran.stderr.contains(place) && ran.stderr.contains(part), "{}", ran.stderr);
    }
    assert!(!instance.path("nox.db").exists(), "nothing was made");
}

#[test]
fn a_named_file_must_be_there_and_its_folder_is_where_paths_start() {
    let instance = Instance::new();
    let ran = instance.run(&["--config", "nowhere.toml", "user", "list"], "");
    assert_eq!((ran.status, ran.stderr.lines().count()), (5, 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("nowhere.toml"), "{}", ran.stderr);
    fs::create_dir(instance.path("etc")).unwrap();
    fs::write(instance.path("etc/nox.toml"), "[storage]\ndatabase = 'data/own.db'").unwrap();
    instance.ok(&["--config", "etc/nox.toml", "user", "list"], "");
    assert!(instance.path("etc/data/own.db").exists() && instance.path("etc/nox.key").exists());
}

#[test]
fn the_environment_goes_over_the_file_and_the_command_line_over_both() {
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
    // Nobody can listen on an address of the documentation's network (RFC 5737).
    let elsewhere = ("NOX_SERVER__LISTEN", "192.0.2.1:1");
    let output = instance.command(["serve"]).envs([elsewhere]).output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    let mut command = instance.command(["serve", "--listen", "127.0.0.1:0"]);
    let server =
        Server::start(command.envs([elsewhere]).stdout(Stdio::piped()).stderr(Stdio::piped()));
    assert!(server.address.starts_with("127.0.0.1:"));
}

#[test]
fn a_key_file_that_is_gone_is_not_replaced_where_something_is_sealed_with_it() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    fs::remove_file(instance.path("nox.key")).unwrap();
    instance.enroll("ada");
    fs::remove_file(instance.path("nox.key")).unwrap();
    let ran = instance.run(&["user", "list"], "");
    assert_eq!((ran.status, ran.stderr.lines().count()), (5, 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("nox.key") && ran.stderr.contains("backup"), "{}", ran.stderr);
    assert!(!instance.path("nox.key").exists());
}

#[test]
fn a_mistake_in_the_environment_names_the_variable() {
    let instance = Instance::new();
    for (variable, value, part) in
        [("NOX_TOTP__SKEW", "5", "between 0 and 2"), ("NOX_TOTP__SKW", "1", "`skew`")]
    {
        let output = instance.command(["user", "list"]).env(variable, value).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), stderr.lines().count()), (Some(5), 1), "{stderr}");
        assert!(stderr.contains(variable) && stderr.contains(part), "{stderr}");
    }
}

#[test]
fn a_key_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    fs::set_permissions(instance.path("nox.key"), fs::Permissions::from_mode(0o644)).unwrap();
    let ran = instance.run(&["user", "list"], "");
    assert_eq!((ran.status, ran.stderr.lines().count()), (5, 1), "{}", ran.stderr);
    assert!(ran.stderr.contains("chmod 600"), "{}", ran.stderr);
}
