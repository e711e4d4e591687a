//! `nox audit list`: what has happened to accounts.

use serde_json::{Value, json};

use crate::harness::{Instance, JSON, LOGIN, ME, TestApp};

/// The lines of the log, or those of an account.
fn lines(instance: &Instance, name: &[&str]) -> Vec<Value> {
    let listed = instance.ok(&[&["audit", "list"], name, &["--json"]].concat(), "");
    listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What happened to `ada`, and who did it.
fn events(instance: &Instance) -> Vec<String> {
    lines(instance, &["ada"]).iter().map(event).collect()
}

fn event(line: &Value) -> String {
    let by = line["by"].as_str().unwrap();
    assert_eq!(["user", "client"].contains(&by), line["ip"].is_string(), "{line}");
    // Which system user acts is another question.
    let by = by.split(':').next().unwrap();
    format!("{} {by}", line["event"].as_str().unwrap())
}

fn log_in_from(app: &TestApp, agent: &str) {
    let headers = [JSON, ("User-Agent", agent)];
    let body = json!({ "identifier": "ada", "password": "hunter22" }).to_string();
    assert_eq!(app.client().send("POST", LOGIN, &headers, body.as_bytes()).status, 200);
}

#[test]
fn audit_line_has_time_event_user_actor_and_address() {
    let app = TestApp::logged_in();
    log_in_from(&app, "Fox/1.0");
    let [created, opened, elsewhere] = &lines(&app.instance, &["ada"])[..] else {
        panic!("three lines")
    };
    let keys: Vec<_> = created.as_object().unwrap().keys().collect();
    let expected = ["at", "by", "changes", "count", "event", "id", "ip", "user_agent", "username"];
    assert_eq!(keys, expected);
    assert_eq!(event(created), "account.created operator");
    assert_eq!((&created["id"], &created["username"]), (&json!(1), &json!("ada")));
    assert_eq!((&created["ip"], &created["user_agent"]), (&Value::Null, &Value::Null));
    assert!(created["at"].as_i64().unwrap() > 1_700_000_000_000);
    assert_eq!(event(opened), "session.opened user");
    assert_eq!(event(elsewhere), "session.opened.new_device user");
    assert_eq!(
        (&elsewhere["ip"], &elsewhere["user_agent"]),
        (&json!("127.0.0.1"), &json!("Fox/1.0"))
    );
    assert!(
        created["at"].as_i64() <= opened["at"].as_i64()
            && opened["at"].as_i64() <= elsewhere["at"].as_i64()
    );
    let text = app.nox("audit list ada");
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    assert!(rows[0][3].starts_with("operator:"), "{text}");
    assert_eq!(rows[0][1..3], ["account.created", "ada"]);
    assert_eq!(rows[0][4..], ["-", "-", "-"]);
    assert_eq!(
        rows[2][1..],
        ["session.opened.new_device", "ada", "user", "127.0.0.1", "Fox/1.0", "-"]
    );
    assert!(rows[0][0].starts_with("20"), "{text}");
}

#[test]
fn login_from_a_new_device_is_audited_once_per_device() {
    let app = TestApp::logged_in();
    for agent in ["Fox/1.0", "Fox/1.0", "Owl/2.0", "Fox/1.0"] {
        log_in_from(&app, agent);
    }
    let of_logins: Vec<_> =
        events(&app.instance)[1..].iter().map(|event| event.contains("new_device")).collect();
    assert_eq!(of_logins, [false, true, false, true, false]);
}

#[test]
fn actions_of_a_user_are_audited() {
    let app = TestApp::builder().totp().serve();
    app.ada.post("/api/auth/recovery/renew", &json!({ "token": app.ada.code(1) })).data();
    app.try_code(&app.ada.recovery_codes[0]).refused_code();
    let mut change = json!({ "password": "hunter33", "current_password": "hunter22" });
    assert_eq!(app.ada.post(ME, &change).status, 428);
    change["factor_code"] = app.instance.issue_code("ada").into();
    app.ada.post(ME, &change).data();
    let code = app.instance.issue_code("ada");
    app.ada.post("/api/auth/totp/disable", &json!({ "token": code })).data();
    app.ada.post(ME, &json!({ "email": "a@b.example" })).data();
    app.ada.post(ME, &json!({ "bio": "x" })).data();
    app.ada.delete("/api/users/@me/sessions").data();
    app.ada.post("/api/auth/logout", &json!({})).data();
    let expected = [
        "account.created operator",
        "session.opened user",
        "totp.enabled user",
        "recovery_codes.renewed user",
        "login.failed client",
        "code.issued operator",
        "password.changed user",
        "code.issued operator",
        "totp.disabled user",
        "email.changed user",
        "profile.changed user",
        "sessions.ended user",
        "session.ended user",
    ];
    assert_eq!(events(&app.instance), expected);
}

#[test]
fn actions_of_the_operator_are_audited() {
    let instance = Instance::with_users(["ada"]);
    instance.enroll("ada");
    for command in [
        "totp recovery ada",
        "totp code ada",
        "totp reset ada",
        "totp reset ada",
        "user set ada --email a@b.example",
        "user disable ada",
        "user enable ada",
        "session revoke --user ada",
    ] {
        instance.nox(command);
    }
    instance.set_password("ada", "hunter33");
    let expected = [
        "account.created operator",
        "totp.enabled operator",
        "recovery_codes.renewed operator",
        "code.issued operator",
        "totp.disabled operator",
        "email.changed operator",
        "account.disabled operator",
        "account.enabled operator",
        "sessions.ended operator",
        "password.changed operator",
    ];
    assert_eq!(events(&instance), expected);
}

#[test]
fn used_recovery_code_is_audited_and_a_refused_one_is_not() {
    let app = TestApp::builder().totp().serve();
    let codes = &app.ada.recovery_codes;
    assert_eq!(app.try_code(&codes[0]).status, 200);
    app.try_code(&codes[0]).refused_code();
    app.ada.post("/api/auth/totp/disable", &json!({ "token": codes[1] })).data();
    let expected = [
        "account.created operator",
        "session.opened user",
        "totp.enabled user",
        "recovery_code.used user",
        "session.opened user",
        "login.failed client",
        "recovery_code.used user",
        "totp.disabled user",
    ];
    assert_eq!(events(&app.instance), expected);
}

#[test]
fn registration_is_audited_as_an_action_of_the_user() {
    let app = TestApp::with("[users]\nregistration = 'open'").empty().serve();
    let ada = json!({ "username": "ada", "password": "hunter22" });
    app.client().post("/api/auth/register", &ada).token();
    assert_eq!(events(&app.instance), ["account.created user", "session.opened user"]);
}

#[test]
fn key_rotation_is_audited_without_a_user() {
    let instance = Instance::with_users(["ada"]);
    instance.nox("key rotate --yes");
    assert_eq!(events(&instance), ["account.created operator"]);
    let all = lines(&instance, &[]);
    assert_eq!(event(&all[1]), "key.rotated operator");
    assert_eq!((all.len(), &all[1]["id"], &all[1]["username"]), (2, &Value::Null, &Value::Null));
}

#[test]
fn removed_account_is_found_by_its_name() {
    let app = TestApp::builder().user("bob").session().serve();
    app.nox("user remove ada --yes");
    let expected = ["account.created operator", "session.opened user", "account.removed operator"];
    for name in ["ada", "ADA"] {
        assert_eq!(lines(&app.instance, &[name]).iter().map(event).collect::<Vec<_>>(), expected);
    }
    assert_eq!(lines(&app.instance, &["bob"]).len(), 1);
    assert_eq!(lines(&app.instance, &[]).len(), 4);
    // The next account of that name has its own history.
    app.instance.add_user("ada", "hunter22");
    assert_eq!(events(&app.instance), ["account.created operator"]);
}

#[test]
fn removed_account_is_found_by_its_id() {
    let instance = Instance::with_users(["ada"]);
    instance.nox("user remove ada --yes");
    assert_eq!(lines(&instance, &["1"]).len(), 2);
}

#[test]
fn renamed_account_keeps_its_history() {
    let app = TestApp::logged_in();
    app.ada.post(ME, &json!({ "username": "lovelace" })).data();
    let names: Vec<_> =
        lines(&app.instance, &["lovelace"]).iter().map(|line| line["username"].clone()).collect();
    assert_eq!(names, ["ada", "ada", "ada"]);
    assert_eq!(event(&lines(&app.instance, &["1"])[2]), "account.renamed user");
}

#[test]
fn audit_list_of_an_unknown_name_is_refused() {
    let instance = Instance::with_users(["ada"]);
    for name in ["bob", "77", "", "a\nb", "%"] {
        let unknown = instance.run(&["audit", "list", name], "");
        assert_eq!(
            (unknown.status, unknown.stdout.as_str()),
            (3, ""),
            "{name:?}: {}",
            unknown.stderr
        );
    }
    assert_eq!(lines(&instance, &[]).len(), 1);
}

#[test]
fn user_agent_is_printed_without_control_characters() {
    let app = TestApp::logged_in();
    log_in_from(&app, "Fox\t1.0");
    let text = app.nox("audit list ada");
    assert!(text.lines().all(|line| line.split('\t').count() == 7), "{text:?}");
}
