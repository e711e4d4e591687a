//! Where the address of an account goes with it: from the invitations for it, and from the lines of
//! the audit log that tell of them.

use serde_json::{Value, json};

use crate::harness::{JSON, ME, PASSWORD, TestApp, User};

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
        assert_eq!(all.contains("guest@b.example"), by_user, "its own lines stay: {all}");
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
