//! Invitations: `nox invite`, and registering with one by the API.

use serde_json::{Value, json};

use crate::harness::{
    ALREADY_EXISTS, Answer, Instance, JSON, Mode, SERVICE_DISABLED, TestApp, at_once,
};

const PATH: &str = "/api/auth/register";

fn invited() -> TestApp {
    TestApp::with("[users]\nregistration = 'invite'").serve()
}

fn invite(app: &TestApp, options: &str) -> Value {
    app.instance.nox_json(format!("invite add --json {options}").trim_end())
}

fn register(app: &TestApp, name: &str, invitation: &Value) -> Answer {
    let body = json!({ "username": name, "password": "rabbit22", "invite": invitation["code"] });
    app.client().post(PATH, &body)
}

#[track_caller]
fn is_over(app: &TestApp, name: &str, invitation: &Value) {
    let rule = register(app, name, invitation).refused_field("invite", PATH);
    assert_eq!(rule, "must be the code of an invitation that is neither used up nor expired.");
}

fn used(app: &TestApp) -> Vec<i64> {
    let list = app.nox("invite list --json");
    let rows = list.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|row| row["used"].as_i64().unwrap()).collect()
}

#[test]
fn invitation_makes_one_account_and_prints_its_link_again() {
    let app = invited();
    let link = app.nox("invite add");
    let invitation: Value = serde_json::from_str(&app.nox("invite list --json")).unwrap();
    assert_eq!(invitation["url"], link.trim_end());
    assert!(
        link.trim_end().ends_with(&format!("/register/{}", invitation["code"].as_str().unwrap()))
    );
    let user = register(&app, "bob", &invitation).data()["user"].clone();
    assert_eq!((&user["username"], &user["email"]), (&json!("bob"), &Value::Null));
    is_over(&app, "eve", &invitation);
    assert_eq!(used(&app), [1]);
}

#[test]
fn accounts_of_an_invitation_get_its_tags() {
    let app = invited();
    let invitation = invite(&app, "--uses 2 --tag can_world_create --tag sys:moderator");
    for name in ["bob", "eve"] {
        let user = register(&app, name, &invitation).data()["user"].clone();
        let tags = user["tags"].as_array().unwrap();
        for tag in ["can_world_create", "sys:moderator", "dft:can_self_edit"] {
            assert!(tags.contains(&json!(tag)), "{tags:?}");
        }
    }
    is_over(&app, "kay", &invitation);
}

#[test]
fn last_use_taken_by_twenty_at_once_makes_one_account() {
    let app = invited();
    let invitation = invite(&app, "");
    let statuses = at_once(20, |number| {
        let body = json!({
            "username": format!("user{number}"), "password": "rabbit22",
            "invite": invitation["code"],
        });
        let address = format!("192.0.2.{number}");
        let headers = [JSON, ("X-Forwarded-For", address.as_str())];
        app.client().send("POST", PATH, &headers, body.to_string().as_bytes()).status
    });
    let count = |status| statuses.iter().filter(|other| **other == status).count();
    assert_eq!((count(200), count(400)), (1, 19), "{statuses:?}");
    assert_eq!((used(&app), app.nox("user list").lines().count()), (vec![1], 2));
}

#[test]
fn refused_registration_uses_no_invitation_up() {
    let app = invited();
    let invitation = invite(&app, "");
    register(&app, "ada", &invitation).refused(ALREADY_EXISTS, PATH);
    let body = json!({ "username": "bob", "password": "short", "invite": invitation["code"] });
    app.client().post(PATH, &body).refused_field("password", PATH);
    assert_eq!(used(&app), [0]);
    register(&app, "bob", &invitation).data();
}

#[test]
fn invitation_of_any_other_form_is_refused() {
    let app = invited();
    let good = invite(&app, "");
    let code = good["code"].as_str().unwrap();
    let cut = &code[..code.len() - 1];
    for text in ["nope", cut, &format!("{code}A"), &code.to_uppercase(), &"x".repeat(5000), "\u{0}"]
    {
        is_over(&app, "bob", &json!({ "code": text }));
    }
    for value in [json!(7), json!(true), json!(["x"]), json!({})] {
        register(&app, "bob", &json!({ "code": value })).refused_field("invite", PATH);
    }
    // A code is copied with blanks around it, or with what a sentence has behind it.
    assert_eq!(app.browser().get(&format!("/register/{code}.")).status, 200);
    register(&app, "bob", &json!({ "code": format!(" {code}.\n") })).data();
}

#[test]
fn invitation_that_is_removed_or_expired_is_refused() {
    let app = invited();
    let removed = invite(&app, "");
    app.nox("invite remove 1");
    is_over(&app, "bob", &removed);
    let expired = invite(&app, "--expires 1h");
    app.instance.sql("UPDATE invitations SET created_at = 0, expires_at = 1000");
    is_over(&app, "bob", &expired);
}

#[test]
fn registration_without_an_invitation_depends_on_the_setting() {
    for (setting, without, with) in [("closed", 403, 403), ("invite", 403, 200), ("open", 200, 200)]
    {
        let app = TestApp::with(&format!("[users]\nregistration = '{setting}'")).serve();
        let invitation = invite(&app, "--tag can_world_create");
        for (name, code) in [("bob", Value::Null), ("eve", json!(" "))] {
            let answer = register(&app, name, &json!({ "code": code }));
            assert_eq!(answer.status, without, "{setting}: {}", answer.text);
            if without == 403 {
                answer.refused(SERVICE_DISABLED, PATH);
            }
        }
        let answer = register(&app, "kay", &invitation);
        assert_eq!(answer.status, with, "{setting}: {}", answer.text);
        let configs = app.client().get("/api/configs", &[]).data();
        assert_eq!(configs["registration"], setting);
        assert_eq!(configs["allow_user_registration"], setting == "open");
    }
}

#[test]
fn invitation_for_an_address_makes_an_account_with_that_address() {
    let app = invited();
    let invitation = invite(&app, "--email Bob@B.example");
    let body = |email: Value| {
        json!({
            "username": "bob", "password": "rabbit22", "email": email,
            "invite": invitation["code"],
        })
    };
    let other = app.client().post(PATH, &body(json!("eve@b.example")));
    assert_eq!(other.refused_field("invite", PATH), "must be one for this email address.");
    let user = app.client().post(PATH, &body(json!("bob@b.EXAMPLE"))).data()["user"].clone();
    // Who has this link need not read the mail of that address.
    assert_eq!((&user["email"], &user["email_verified"]), (&json!("Bob@B.example"), &json!(false)));
}

#[test]
fn mailed_invitation_confirms_its_address() {
    let app = TestApp::with("[users]\nregistration = 'invite'").mail_server(Mode::Plain).serve();
    let invitation = invite(&app, "--email bob@b.example");
    let mail = app.mails().next_mail();
    assert_eq!(mail.to(), "bob@b.example");
    let mailed = mail.text().split("/register/").nth(1).unwrap().split_whitespace().next().unwrap();
    assert!(mail.html().contains(mailed) && !mail.subject().contains(mailed));
    assert_ne!(mailed, invitation["code"], "the printed link confirms nothing");
    let user = register(&app, "bob", &json!({ "code": mailed })).data()["user"].clone();
    assert_eq!((&user["email"], &user["email_verified"]), (&json!("bob@b.example"), &json!(true)));
    is_over(&app, "eve", &invitation);
}

#[test]
fn invitation_that_cannot_be_mailed_is_made_and_says_so() {
    let app = TestApp::with("[users]\nregistration = 'invite'").mail_server(Mode::Refusing).serve();
    let ran = app.instance.run(&["invite", "add", "--email", "bob@b.example"], "");
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("/register/") && ran.stderr.contains("was not mailed"));
    assert_eq!(used(&app), [0]);
}

#[test]
fn invitation_command_mistake_prints_one_line_and_its_status() {
    let instance = Instance::with_users(["ada"]);
    for (args, status, part) in [
        (&["invite", "add", "--uses", "0"][..], 2, "--uses"),
        (&["invite", "add", "--expires", "soon"], 2, "--expires"),
        (&["invite", "add", "--tag", "sys:admin"], 2, "tags"),
        (&["invite", "add", "--email", "bob"], 2, "email"),
        (&["invite", "add", "--email", "b@b.example", "--uses", "2"], 2, "--uses"),
        (&["invite", "remove", "7"], 3, "nox invite list"),
        (&["invite", "remove", "bob"], 2, "bob"),
    ] {
        let ran = instance.run(args, "");
        assert_eq!((ran.status, ran.stdout.as_str()), (status, ""), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(part), "{args:?}: {}", ran.stderr);
    }
    assert_eq!(instance.nox("invite list"), "");
    let ran = instance.run(&["invite", "add"], "");
    assert!(ran.stderr.contains("users.registration"), "{}", ran.stderr);
}

#[test]
fn code_of_an_invitation_is_stored_and_logged_nowhere() {
    let app = invited();
    let invitation = invite(&app, "");
    let code = invitation["code"].as_str().unwrap().to_owned();
    app.browser().get(&format!("/register/{code}"));
    register(&app, "bob", &invitation).data();
    for file in std::fs::read_dir(app.instance.path("")).unwrap() {
        let content = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!content.windows(code.len()).any(|part| part == code.as_bytes()));
    }
    assert!(!app.log().contains(&code));
}
