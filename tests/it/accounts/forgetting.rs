//! Where the address of an account goes with it: from the invitations for it, and from the lines of
//! the audit log that tell of them.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{JSON, ME, PASSWORD, TestApp, User, at_once};

/// An app with an account of which the invitation knows the address, and its session.
fn joined() -> (TestApp, User) {
    let app = TestApp::with("[users]\nregistration = 'invite'").serve();
    app.nox("invite add --uses 9");
    let invitation = app.instance.nox_json("invite add --json --email Guest@b.example");
    // This one was never used.
    app.nox("invite add --email guest@B.example");
    app.nox("invite add --email other@b.example");
    let body = json!({
        "username": "guest", "password": PASSWORD, "invite": invitation["code"],
    });
    let token = app.client().post("/api/auth/register", &body).token();
    let guest = User { token, ..app.ada.clone() };
    app.nox("user set guest --verified true");
    (app, guest)
}

fn rows(app: &TestApp, command: &str) -> Vec<Value> {
    app.nox(command).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The addresses of the invitations, in their order.
fn invited(app: &TestApp) -> Vec<Value> {
    rows(app, "invite list --json").into_iter().map(|mut row| row["email"].take()).collect()
}

/// The addresses in the lines that tell of invitations, in their order.
fn told(app: &TestApp) -> Vec<Value> {
    let lines = rows(app, "audit list --event invitation.added --json");
    assert!(lines.iter().all(|line| line["changes"]["id"][1].is_u64()), "{lines:?}");
    lines.iter().map(|line| line["changes"]["email"][1].clone()).collect()
}

const BEFORE: [Option<&str>; 4] =
    [None, Some("Guest@b.example"), Some("guest@B.example"), Some("other@b.example")];
const AFTER: [Option<&str>; 4] = [None, None, None, Some("other@b.example")];

#[test]
fn account_that_is_deleted_takes_its_address_out_of_invitations_and_of_their_lines() {
    for by_user in [true, false] {
        let (app, guest) = joined();
        assert_eq!(
            (invited(&app), told(&app)),
            (BEFORE.map(Value::from).into(), BEFORE.map(Value::from).into())
        );
        if by_user {
            let body = json!({ "password": PASSWORD }).to_string();
            guest.send("DELETE", ME, &[JSON], body.as_bytes()).data();
        } else {
            app.nox("user remove guest --forget --yes");
        }
        assert_eq!(invited(&app), [Value::Null, "other@b.example".into()]);
        assert_eq!(told(&app), AFTER.map(Value::from));
        let all = app.nox("audit list --json").to_lowercase();
        assert!(!all.contains("guest"), "{all}");
    }
}

#[test]
fn account_with_another_address_by_now_takes_the_one_it_was_invited_by() {
    let (app, _guest) = joined();
    app.nox("user set guest --email new@b.example");
    app.nox("user remove guest --forget --yes");
    // The second invitation for that address may be for another person now.
    assert_eq!(told(&app), [None, None, Some("guest@B.example"), BEFORE[3]].map(Value::from));
    assert_eq!(invited(&app).len(), 3);
}

#[test]
fn account_that_the_operator_removes_stays_in_the_log_but_not_in_the_invitations() {
    let (app, _guest) = joined();
    app.nox("user remove guest --yes");
    assert_eq!(invited(&app), [Value::Null, "other@b.example".into()]);
    assert_eq!(told(&app), BEFORE.map(Value::from));
}

#[test]
fn unconfirmed_address_of_an_account_reaches_no_invitation_of_another_person() {
    let app = TestApp::with("[users]\nregistration = 'open'").serve();
    app.nox("invite add --email victim@b.example");
    for name in ["eve", "mallory"] {
        let body = json!({
            "username": name, "password": PASSWORD, "email": "victim@b.example",
        });
        let token = app.client().post("/api/auth/register", &body).token();
        app.instance.nox(&format!("user export {name} exports"));
        let export = app.instance.path(format!("exports/{name}.json"));
        let export: Value = serde_json::from_slice(&fs::read(export).unwrap()).unwrap();
        assert_eq!(export["invitations"]["content"], json!([]), "{export}");
        if name == "eve" {
            let user = User { token, ..app.ada.clone() };
            let body = json!({ "password": PASSWORD }).to_string();
            user.send("DELETE", ME, &[JSON], body.as_bytes()).data();
        } else {
            app.nox("user remove mallory --forget --yes");
        }
        assert_eq!(invited(&app), ["victim@b.example"], "{name}");
        assert_eq!(told(&app), ["victim@b.example"], "{name}");
    }
}

/// Everything that the database holds, as one text.
fn everything(app: &TestApp) -> String {
    let mut all = app.nox("audit list --json");
    let limits = "SELECT group_concat(kind || ' ' || account || ' ' || network) FROM rate_limits
                  WHERE account != ''";
    let found: Option<String> =
        app.instance.database().query_row(limits, [], |row| row.get(0)).unwrap();
    all += &found.unwrap_or_default();
    all
}

#[test]
fn user_who_leaves_is_forgotten_but_for_the_fact_that_an_account_was_deleted() {
    let app = TestApp::builder().user("bob").totp().serve();
    let person = ["ada", "127.0.0.1", "Unity 7"];
    app.nox("user set ada --email ada@b.example --verified true --display Countess");
    app.client().log_in("ada", "wrong password");
    let headers = [JSON, ("User-Agent", "Unity 7")];
    let body = json!({ "password": PASSWORD, "factor_code": app.ada.recovery_codes[0] });
    assert!(person.iter().all(|part| everything(&app).contains(part) || *part == "Unity 7"));
    app.ada.send("DELETE", ME, &headers, body.to_string().as_bytes()).data();
    let all = everything(&app);
    for part in person.into_iter().chain(["Countess", "b.example"]) {
        assert!(!all.contains(part), "{part}: {all}");
    }
    let lines = rows(&app, "audit list --json --event account.deleted");
    assert_eq!(lines.len(), 1, "{all}");
    let line = &lines[0];
    assert_eq!(
        (&line["by"], &line["id"], &line["changes"]),
        (&json!("user"), &Value::Null, &json!({}))
    );
    assert_eq!(app.instance.run(&["audit", "list", "ada"], "").status, 3);
    assert!(!app.instance.events("bob").is_empty(), "the lines of others stay");
}

#[test]
fn login_that_fails_while_its_account_is_deleted_leaves_no_line() {
    let app = TestApp::new();
    for _ in 0..5 {
        app.instance.add_user("mallory", PASSWORD);
        let mallory = app.log_in("mallory");
        let body = json!({ "password": PASSWORD }).to_string();
        at_once(12, |number| match number {
            0 => mallory.send("DELETE", ME, &[JSON], body.as_bytes()).status,
            _ => app.client().log_in("mallory", "another horse").status,
        });
        let all = app.nox("audit list --json");
        assert!(!all.contains("mallory"), "{all}");
        app.instance.reset_limits();
    }
}
