//! What each command leaves in the audit log.

use std::collections::BTreeSet;
use std::fs;

use super::json::commands;
use crate::harness::{Authenticator, NODE, TestApp, Trail};

/// A command, its arguments, and its lines; each row finds what the rows before it left.
type Row = (&'static str, &'static str, &'static [&'static str]);

/// The commands that write while the server runs.
const WRITING: &[Row] = &[
    (
        "user add",
        "eve --generate --admin --email eve@b.example",
        &["account.created by operator: admin, email"],
    ),
    ("user passwd", "ada --password-file secret", &["password.changed by operator"]),
    ("user passwd", "ada --link", &["password_link.made by operator: until"]),
    (
        "user set",
        "ada --bio Hello --rank 3 --email ada@b.example --verified true --admin true",
        &[
            "email.changed by operator: email, email_verified",
            "profile.changed by operator: bio",
            "rank.changed by operator: rank",
            "admin.changed by operator: admin",
        ],
    ),
    ("user tag add", "ada can_fly", &["tags.changed by operator: tags"]),
    ("user tag remove", "ada can_fly", &["tags.changed by operator: tags"]),
    ("user rename", "bob dan", &["account.renamed by operator: username"]),
    ("user export", "ada exports", &["account.exported by operator"]),
    (
        "user disable",
        "ada --reason spam --until 7d",
        &["account.disabled by operator: disabled, reason, until"],
    ),
    ("user enable", "ada", &["account.enabled by operator: disabled, reason, until"]),
    ("user remove", "dan --yes", &["account.removed by operator"]),
    ("user remove", "eve --forget --yes", &["account.removed by operator"]),
    ("totp enroll", "ada --no-confirm", &["totp.enabled by operator"]),
    ("totp recovery", "ada", &["recovery_codes.renewed by operator"]),
    ("totp code", "ada", &["code.issued by operator"]),
    ("totp reset", "ada", &["totp.disabled by operator"]),
    ("passkey remove", "ada --all --yes", &["passkey.removed by operator: name"]),
    ("session revoke", "--user ada", &["sessions.ended by operator"]),
    ("invite add", "--tag can_fly", &["invitation.added by operator: id, tags, uses"]),
    ("invite remove", "1", &["invitation.removed by operator: id"]),
    ("relay add", "hub", &["relay.added by operator: name"]),
    ("relay remove", "hub", &["relay.removed by operator: name"]),
    ("throttle clear", "ada", &["lockout.cleared by operator"]),
    ("throttle clear", "127.0.0.1", &["lockout.cleared by operator: address"]),
    ("throttle clear", "", &["lockouts.cleared by operator"]),
];

/// The ones for which the server is stopped.
const ALONE: &[Row] = &[
    ("key rotate", "--yes", &["key.rotated by operator"]),
    ("backup restore", "copy.db", &["backup.restored by operator: file"]),
    ("totp enroll", "ada --no-confirm", &["totp.enabled by operator"]),
    (
        "key replace",
        "--lose-second-factors --yes",
        &["totp.disabled by operator", "key.replaced by operator"],
    ),
    (
        "import",
        "node.sql --replace-first-user",
        &["account.removed by operator", "account.imported by operator: admin, display"],
    ),
];

/// The commands that leave no line, and why.
const NONE: &[(&str, &str)] = &[
    ("user list", "it reads"),
    ("user show", "it reads"),
    ("totp status", "it reads"),
    ("passkey list", "it reads"),
    ("session list", "it reads"),
    ("invite list", "it reads"),
    ("relay list", "it reads"),
    ("throttle list", "it reads"),
    ("audit list", "it reads"),
    ("stats", "it reads"),
    ("doctor", "it reads"),
    ("config check", "it reads files"),
    ("config show", "it reads files"),
    ("backup verify", "it reads a file"),
    ("backup list", "it reads a folder"),
    ("backup create", "the instance stays as it is"),
    ("mail test", "the instance stays as it is"),
    ("health", "it asks the server"),
    ("serve", "the first user is as by user add, and a new address as in nox_address.rs"),
    ("openapi", "it needs no instance"),
    ("completions", "it needs no instance"),
    ("man", "it needs no instance"),
];

#[test]
fn every_command_has_a_row_about_the_audit_log() {
    let writing = WRITING.iter().chain(ALONE).map(|row| row.0);
    let writing: BTreeSet<String> = writing.map(str::to_owned).collect();
    let none: BTreeSet<String> = NONE.iter().map(|row| row.0.to_owned()).collect();
    assert_eq!(writing.intersection(&none).collect::<Vec<_>>(), [""; 0]);
    assert_eq!(&writing | &none, commands(), "add a row for each command");
}

#[test]
fn every_command_that_writes_leaves_its_lines_in_the_audit_log() {
    let TestApp { server, instance, ada, .. } = TestApp::builder().user("bob").session().serve();
    instance.write("secret", "correct horse battery\n");
    instance.write("node.sql", NODE);
    Authenticator::new().add_to(&ada);
    let mut other = Vec::new();
    let mut check = |(command, arguments, expected): Row| {
        let trail = Trail::before(&instance);
        if command == "key replace" {
            fs::remove_file(instance.path("nox.key")).unwrap();
        }
        instance.nox(format!("{command} {arguments}").trim());
        let lines = trail.since(&instance);
        if lines != expected {
            other.push((command, arguments, lines));
        }
    };
    for row in WRITING {
        if row.0 == "session revoke" {
            server.client().log_in("ada", "correct horse battery").token();
        }
        if row.0 == "throttle clear" {
            assert_eq!(server.client().log_in("ada", "a guess").status, 400);
        }
        check(*row);
    }
    instance.nox("backup create copy.db");
    server.stop();
    for row in ALONE {
        check(*row);
    }
    assert!(other.is_empty(), "{other:#?}");
}
