//! `--json`: every command answers with JSON, and so does every failure.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::harness::{Authenticator, Instance, MailServer, Mode, NODE, Ran};

/// What stdout has when a command succeeds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Prints {
    /// An object with `ok: true`.
    Done,
    /// An object.
    Object,
    /// An object for each line.
    List,
}

/// A command, how it succeeds and what that prints, and how it fails and with which status.
type Row = (&'static str, &'static str, Prints, &'static str, i32);

use Prints::{Done, List, Object};

/// Every command; each row finds what the rows before it left.
const COMMANDS: &[Row] = &[
    ("user add", "eve --generate --email eve@b.example", Done, "ada --generate", 4),
    ("user list", "", List, "--search", 2),
    ("user show", "ada", Object, "nobody", 3),
    ("user passwd", "ada --password-file secret", Done, "ada --password-file none", 1),
    ("user passwd", "ada --link", Done, "ada --link --generate", 2),
    ("user set", "ada --bio Hello", Done, "ada --email nowhere", 2),
    ("user tag add", "ada can_fly", Done, "ada sys:admin", 2),
    ("user tag remove", "ada can_fly", Done, "nobody can_fly", 3),
    ("user rename", "bob dan", Done, "ada dan", 4),
    ("user export", "ada exports", Done, "nobody exports", 3),
    ("user disable", "ada --reason spam --until 7d", Done, "ada --until yesterday", 2),
    ("user enable", "ada", Done, "nobody", 3),
    ("user remove", "dan --yes", Done, "ada", 2),
    ("totp enroll", "ada --no-confirm", Done, "ada --no-confirm", 4),
    ("totp status", "ada", Object, "nobody", 3),
    ("totp recovery", "ada", Done, "eve", 1),
    ("totp code", "ada", Done, "eve", 1),
    ("totp reset", "ada", Done, "nobody", 3),
    ("passkey list", "", List, "nobody", 3),
    ("passkey remove", "ada --all --yes", Done, "ada --all --yes", 3),
    ("session list", "", List, "nobody", 3),
    ("session revoke", "--user ada", Done, "5", 3),
    ("invite add", "--tag can_fly", Done, "--uses 0", 2),
    ("invite list", "", List, "--all", 2),
    ("invite remove", "1", Done, "1", 3),
    ("relay add", "hub", Done, "hub", 4),
    ("relay list", "", List, "--all", 2),
    ("relay remove", "hub", Done, "hub", 3),
    ("throttle list", "", List, "ada", 2),
    ("throttle clear", "192.0.2.1", Done, "nobody", 3),
    ("audit list", "", List, "--since soon", 2),
    ("stats", "", Object, "now", 2),
    ("mail test", "you@b.example", Object, "nowhere", 2),
    ("doctor", "", List, "--config none.toml", 5),
    ("health", "", Done, "--listen 127.0.0.1:1", 1),
    ("backup create", "copy.db --with-key", Done, "copy.db", 4),
    ("backup verify", "copy.db", Object, "secret", 7),
    ("backup restore", "copy.db", Done, "none.db", 3),
    ("backup list", "", List, "now", 2),
    ("key rotate", "--yes", Done, "", 2),
    ("key replace", "--lose-second-factors --yes", Done, "--lose-second-factors --yes", 1),
    ("import", "node.sql --config empty.toml", Done, "none.sql", 3),
    ("config check", "", Done, "--config none.toml", 5),
    ("config show", "", Object, "--config none.toml", 5),
    ("openapi", "", Object, "now", 2),
    ("completions", "bash", Object, "none", 2),
    ("man", "pages", Done, "secret", 1),
];

/// The commands of the command line itself, but for those that only have commands below them.
pub(super) fn commands() -> BTreeSet<String> {
    let instance = Instance::new();
    instance.nox("man pages");
    let pages = fs::read_dir(instance.path("pages")).unwrap();
    let names: Vec<String> =
        pages.map(|page| page.unwrap().file_name().into_string().unwrap()).collect();
    let names = names.iter().filter_map(|name| name.strip_prefix("nox-")?.strip_suffix(".1"));
    let names: BTreeSet<&str> = names.collect();
    let is_group = |name: &str| names.iter().any(|other| other.starts_with(&format!("{name}-")));
    names.iter().filter(|name| !is_group(name)).map(|name| name.replace('-', " ")).collect()
}

fn run(instance: &Instance, command: &str, arguments: &str) -> Ran {
    let line = format!("{command} {arguments}");
    let words: Vec<&str> = line.split_whitespace().chain(["--json"]).collect();
    instance.run(&words, "")
}

fn objects(text: &str) -> Vec<Value> {
    let read = |line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line:?}"));
    let objects: Vec<Value> = text.lines().map(read).collect();
    assert!(objects.iter().all(Value::is_object), "{text}");
    objects
}

/// Checks that stderr is a failure with this status, after nothing but messages.
fn assert_failure(ran: &Ran, status: i32, what: &str) {
    assert_eq!(ran.status, status, "{what}: {} {}", ran.stdout, ran.stderr);
    let mut said = objects(&ran.stderr);
    let last = said.pop().unwrap_or_else(|| panic!("{what} says nothing"));
    let message = last["error"]["message"].as_str().unwrap();
    assert_eq!(last, json!({ "error": { "message": message, "status": status } }), "{what}");
    assert!(!message.is_empty() && !message.starts_with("nox: "), "{what}: {message}");
    assert!(said.iter().all(|said| said.get("error").is_none()), "{what}: {}", ran.stderr);
}

#[test]
fn every_command_answers_with_json_and_so_do_its_failures() {
    let mails = MailServer::start(Mode::Plain);
    let instance = Instance::with(&mails.settings());
    instance.add_user("ada", "hunter22");
    instance.add_user("bob", "hunter22");
    instance.write("secret", "correct horse battery\n");
    instance.write("node.sql", NODE);
    let empty = "[storage]\ndatabase = 'empty.db'\n[secrets]\nkey_file = 'empty.key'\n";
    instance.write("empty.toml", empty);
    let mut server = Some(instance.serve());
    Authenticator::new().add_to(&server.as_ref().unwrap().log_in("ada"));
    for &(command, arguments, prints, wrong, status) in COMMANDS {
        if command == "backup restore" {
            drop(server.take());
        }
        if command == "key replace" {
            fs::remove_file(instance.path("nox.key")).unwrap();
        }
        let ran = run(&instance, command, arguments);
        assert_eq!(ran.status, 0, "{command}: {}", ran.stderr);
        let printed = objects(&ran.stdout);
        assert!(prints == List || printed.len() == 1, "{command}: {}", ran.stdout);
        if prints != List {
            assert_eq!(printed[0].get("ok"), (prints == Done).then_some(&json!(true)), "{command}");
        }
        for said in objects(&ran.stderr) {
            let text = said.get("info").or_else(|| said.get("warning")).unwrap();
            assert!(text["message"].is_string(), "{command}: {said}");
        }
        assert_failure(&run(&instance, command, wrong), status, command);
        assert_failure(&run(&instance, command, "--no-such-flag"), 2, command);
    }
}

#[test]
fn every_command_stands_in_the_table_of_those_that_answer_with_json() {
    let table: BTreeSet<String> = COMMANDS.iter().map(|row| row.0.to_owned()).collect();
    // It runs until it is stopped.
    let missing: Vec<String> =
        commands().into_iter().filter(|name| name != "serve" && !table.contains(name)).collect();
    assert_eq!(missing, [""; 0], "add a row for each to COMMANDS");
}

#[test]
fn mistakes_in_the_command_line_itself_are_json_wherever_the_flag_stands() {
    let instance = Instance::new();
    for (line, words) in [
        ("--json", "a command is missing; usage: nox "),
        ("--json user", "a command is missing; usage: nox user "),
        ("user tag --json", "a command is missing; usage: nox user tag "),
        ("--json fly", "unrecognized subcommand 'fly'"),
        ("fly --json", "unrecognized subcommand 'fly'"),
        ("user --json shw ada", "a similar subcommand exists: 'show'"),
        ("user set ada --json --rank x", "invalid value 'x' for '--rank <NUMBER>'"),
        ("user show --json", "the following required arguments were not provided"),
        ("serve --listen nowhere --json", "is not an address to listen on, host:port"),
    ] {
        let ran = instance.run(&line.split(' ').collect::<Vec<_>>(), "");
        assert_failure(&ran, 2, line);
        assert!(ran.stderr.contains(words) && ran.stdout.is_empty(), "{line}: {}", ran.stderr);
        assert!(!ran.stderr.contains("--help"), "{line}: {}", ran.stderr);
    }
    let ran = instance.run(&["user", "show", "--", "--json", "x"], "");
    assert!(
        ran.status == 2 && ran.stderr.starts_with("nox: unexpected argument"),
        "{}",
        ran.stderr
    );
    for line in ["--help", "--version", "user add --help"] {
        let plain: Vec<&str> = line.split(' ').collect();
        let json = instance.ok(&[&plain[..], &["--json"]].concat(), "");
        assert_eq!(json, instance.ok(&plain, ""), "{line}");
    }
}

#[test]
fn change_of_an_account_answers_with_the_account_as_it_is_shown() {
    let instance = Instance::new();
    instance.write("secret", "correct horse battery\n");
    for change in [
        "user add eve --password-file secret",
        "user passwd eve --password-file secret",
        "user set eve --bio Hello",
        "user tag add eve can_world_create",
        "user tag remove eve can_world_create",
        "user rename eve eva",
        "user disable eva --until 7d",
        "user enable eva",
    ] {
        let mut changed = instance.nox_json(&format!("{change} --json"));
        assert_eq!(changed.as_object_mut().unwrap().remove("ok"), Some(json!(true)), "{change}");
        let id = changed["id"].to_string();
        assert_eq!(changed, instance.nox_json(&format!("user show {id} --json")), "{change}");
    }
}
