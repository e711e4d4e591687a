//! The audit log of the instance itself, and what `nox audit list` finds in it.

use rusqlite::Connection;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::harness::{Instance, ME, TestApp, wait_until};

/// The lines of the log of this instance, with these flags.
fn lines(instance: &Instance, flags: &str) -> Vec<Value> {
    let listed = instance.nox(format!("audit list --json {flags}").trim());
    listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn reload_that_changes_keys_is_a_line_with_their_names_alone() {
    let app = TestApp::new();
    let reload = |settings: &str| {
        app.instance.configure(settings);
        app.server.signal(Signal::HUP);
    };
    reload(
        "[server]\naddress = 'other.example'\n[instance]\ntitle = 'Second'\n[mail]\n\
        host = 'mail.example'\nfrom = 'nox@mail.example'\nuser = 'nox'\npassword = 'swordfish'",
    );
    let reloaded = || lines(&app.instance, "--event config.reloaded");
    wait_until("the line is written", || !reloaded().is_empty());
    let [line] = &reloaded()[..] else { panic!("{:?}", reloaded()) };
    let keys = ["instance.title", "mail.host", "mail.user", "mail.password", "mail.from"];
    let changes = json!({ "applied": [null, keys], "at_start": [null, ["server.address"]] });
    assert_eq!((&line["by"], &line["changes"]), (&json!("server"), &changes));
    assert_eq!((&line["id"], &line["ip"]), (&Value::Null, &Value::Null));
    assert!(!line.to_string().contains("swordfish"));
    // Neither a broken file nor one that is the same leaves a line.
    reload("[instance]\ntitle = 7");
    wait_until("it is refused", || app.server.logged().contains("was not reloaded"));
    reload("[instance]\ntitle = 'Third'");
    wait_until("the line is written", || reloaded().len() == 2);
    app.server.signal(Signal::HUP);
    let unchanged = "reloaded the configuration: nothing has changed";
    wait_until("it is read", || app.server.logged().contains(unchanged));
    assert_eq!(reloaded().len(), 2);
}

#[test]
fn restored_database_tells_that_and_from_which_file() {
    let instance = Instance::with_users(["ada"]);
    instance.nox("backup create copy.db");
    instance.nox("user add bob --generate");
    instance.nox("backup restore copy.db");
    let lines = lines(&instance, "");
    let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["account.created", "backup.restored"]);
    assert_eq!(lines[1]["changes"], json!({ "file": [null, "copy.db"] }));
    assert!(lines[1]["by"].as_str().unwrap().starts_with("operator:"), "{}", lines[1]);
    // The file itself stays as it is.
    assert!(instance.nox("backup verify copy.db").contains("is not damaged"));
}

/// The steps from no database to each schema version.
const UPGRADES: [&str; 6] = [
    include_str!("../../../src/storage/upgrades/1.sql"),
    include_str!("../../../src/storage/upgrades/2.sql"),
    include_str!("../../../src/storage/upgrades/3.sql"),
    include_str!("../../../src/storage/upgrades/4.sql"),
    include_str!("../../../src/storage/upgrades/5.sql"),
    include_str!("../../../src/storage/upgrades/6.sql"),
];

#[test]
fn restored_database_of_an_earlier_version_tells_that_where_it_has_a_log() {
    for version in 1..=UPGRADES.len() {
        let instance = Instance::with_users(["ada"]);
        let old = Connection::open(instance.path("copy.db")).unwrap();
        for upgrade in &UPGRADES[..version] {
            old.execute_batch(upgrade).unwrap();
        }
        drop(old);
        instance.nox("backup restore copy.db");
        let lines = lines(&instance, "");
        let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
        let expected: &[&str] = if version == 1 { &[] } else { &["backup.restored"] };
        assert_eq!(events, expected, "version {version}");
        assert!(lines.iter().all(|line| line["by"] == "operator"), "{lines:?}");
    }
}

#[test]
fn removed_account_is_found_by_an_address_that_it_had() {
    let instance = Instance::with_users(["ada", "bob"]);
    instance.nox("user set ada --email Ada@b.example");
    instance.nox("user set ada --email ada@c.example");
    instance.nox("user add eve --generate --email eve@b.example");
    instance.nox("user remove ada --yes");
    instance.nox("user remove eve --yes");
    for (address, events) in [("ada@B.example", 4), ("ada@c.example", 4), ("eve@b.example", 2)] {
        assert_eq!(lines(&instance, address).len(), events, "{address}");
    }
    let unknown = instance.run(&["audit", "list", "bob@b.example"], "");
    assert_eq!(unknown.status, 3);
    let said = "no user and no line of the audit log has the username, id or address \
        \"bob@b.example\"; addresses are in the lines of accounts";
    assert!(unknown.stderr.contains(said), "{}", unknown.stderr);
}

#[test]
fn pattern_with_an_open_bracket_is_refused() {
    let instance = Instance::with_users(["ada"]);
    for pattern in ["[", "a[", "[a-", "[]", "[^]", "[a][b"] {
        let refused = instance.run(&["audit", "list", "--event", pattern], "");
        assert_eq!((refused.status, refused.stdout.as_str()), (2, ""), "{pattern}");
        assert!(refused.stderr.contains("has a [ without its ]"), "{}", refused.stderr);
    }
    for (pattern, count) in [("[a]*", 1), ("*]", 0), ("[]a]*", 1), ("account.?reated", 1)] {
        assert_eq!(lines(&instance, &format!("--event {pattern}")).len(), count, "{pattern}");
    }
}

#[test]
fn changes_of_a_profile_are_counted_from_the_hundredth_line_of_a_day() {
    let app = TestApp::logged_in();
    for change in 0..110 {
        app.ada.post(ME, &json!({ "bio": change.to_string() })).data();
    }
    let changed = lines(&app.instance, "--event profile.changed");
    let [.., single, counted] = &changed[..] else { panic!("{changed:?}") };
    // Two lines are of the account and of its session.
    assert_eq!((changed.len(), &single["count"], &counted["count"]), (99, &json!(1), &json!(12)));
    assert_eq!(counted["changes"], json!({ "bio": ["108", "109"] }));
    // The operator has no such limit.
    app.nox("user set ada --bio Hello");
    assert_eq!(lines(&app.instance, "--event profile.changed").len(), 100);
}
