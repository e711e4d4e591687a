//! `nox session`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::list::{PATH, assert_ended, own_id};
use crate::harness::{Instance, TestApp};

#[test]
fn operator_lists_sessions_of_all_users_or_of_one() {
    let app = TestApp::builder().user("bob").serve();
    let ada = [app.log_in("ada"), app.log_in("ada")];
    let bob = app.log_in("bob");
    let columns = |args: &[&str]| -> Vec<(String, String)> {
        let list = app.instance.ok(args, "");
        assert!(
            !list.contains(&bob.token) && list.lines().all(|line| line.split('\t').count() == 5),
            "{list}"
        );
        let columns = list.lines().map(|line| line.split('\t'));
        columns.map(|mut line| (line.next().unwrap().into(), line.next().unwrap().into())).collect()
    };
    let (of_ada, of_bob) = (ada.each_ref().map(own_id), own_id(&bob));
    let all: BTreeSet<_> = columns(&["session", "list"]).into_iter().collect();
    let expected = [(&of_ada[0], "ada"), (&of_ada[1], "ada"), (&of_bob, "bob")];
    assert_eq!(all, expected.iter().map(|(id, name)| ((*id).clone(), (*name).into())).collect());
    assert_eq!(columns(&["session", "list", "bob"]), [(of_bob.clone(), "bob".into())]);
    assert_eq!(columns(&["session", "list", "1"]).len(), 2);
    let list = app.nox("session list --json");
    let time = |line| serde_json::from_str::<Value>(line).unwrap()["created_at"].as_i64().unwrap();
    assert!(list.lines().map(time).is_sorted_by(|first, second| first >= second), "newest first");
    let one = app.instance.nox_json("session list bob --json");
    assert_eq!(
        (&one["id"], &one["username"], &one["ip"]),
        (&json!(of_bob), &json!("bob"), &json!("127.0.0.1"))
    );
    assert_eq!(app.instance.run(&["session", "list", "nobody"], "").status, 3);
}

#[test]
fn operator_revokes_sessions_by_id_or_user() {
    let app = TestApp::builder().user("bob").serve();
    let ada = [app.log_in("ada"), app.log_in("ada"), app.log_in("ada")];
    let bob = app.log_in("bob");
    app.nox(&format!("session revoke {} {}", own_id(&ada[0]), own_id(&bob)));
    assert_ended(&ada[0]);
    assert_ended(&bob);
    assert_eq!((ada[1].get(PATH).status, ada[2].get(PATH).status), (200, 200));
    let bob = app.log_in("bob");
    app.nox("session revoke --user ada");
    ada.iter().for_each(assert_ended);
    assert_eq!(bob.get(PATH).status, 200);
}

#[test]
fn revocation_with_an_unknown_session_revokes_none() {
    let app = TestApp::builder().user("bob").serve();
    let ada = app.log_in("ada");
    let id = own_id(&ada);
    let unknown = "00000000-0000-7000-8000-000000000000";
    for (args, status) in [
        (&["session", "revoke", &id, unknown][..], 3),
        (&["session", "revoke", &id, "nonsense"], 3),
        (&["session", "revoke", "--user", "nobody"], 3),
        (&["session", "revoke"], 2),
        (&["session", "revoke", &id, "--user", "ada"], 2),
    ] {
        let ran = app.instance.run(args, "");
        assert_eq!((ran.status, ran.stdout.as_str()), (status, ""), "{args:?}: {}", ran.stderr);
    }
    assert_eq!(ada.get(PATH).status, 200);
}

#[test]
fn all_sessions_end_at_once_and_none_is_said_to_be_none() {
    let instance = Instance::with_users(["ada", "bob"]);
    let server = instance.serve();
    let said = |args: &[&str]| {
        let ran = instance.run(args, "");
        assert_eq!(ran.status, 0, "{args:?}: {}", ran.stderr);
        ran.stderr
    };
    assert!(said(&["session", "revoke", "--user", "ada"]).contains("ada had no session"));
    let all = ["session", "revoke", "--all", "--yes"];
    assert!(said(&all).contains("there was no session"));
    let tokens = ["ada", "bob"].map(|name| server.client().log_in(name, "hunter22").token());
    let ran = instance.run(&["session", "revoke", "--all"], "");
    assert!(ran.status == 2 && ran.stderr.contains("use --yes"), "{}", ran.stderr);
    assert!(said(&all).contains("ended 2 session(s)"));
    for token in tokens {
        assert_eq!(server.client().me(&token).status, 401);
    }
    let ran = instance.run(&["session", "revoke"], "");
    assert!(ran.status == 2 && ran.stderr.contains("--user"), "{}", ran.stderr);
    assert!(ran.stderr.contains("--all"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("--yes"), "it names no sessions: {}", ran.stderr);
}
