//! `nox audit list`: what has happened to accounts.

use serde_json::{Value, json};

use crate::harness::{Instance, LOGIN, Person, Server, oathtool};

const ME: &str = "/api/users/@me";

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
    assert_eq!(line["by"] == "user", line["ip"].is_string(), "{line}");
    format!("{} {}", line["event"].as_str().unwrap(), line["by"].as_str().unwrap())
}

fn log_in_from(server: &Server, agent: &str) {
    let headers = [("Content-Type", "application/json"), ("User-Agent", agent)];
    let body = json!({ "identifier": "ada", "password": "hunter22" }).to_string();
    assert_eq!(server.client().send("POST", LOGIN, &headers, body.as_bytes()).status, 200);
}

#[test]
fn a_line_says_when_what_to_whom_by_whom_and_from_where() {
    let (instance, server, _ada) = Person::at_home("");
    log_in_from(&server, "Fox/1.0");
    let [created, opened, elsewhere] = &lines(&instance, &["ada"])[..] else {
        panic!("three lines")
    };
    let keys: Vec<_> = created.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["at", "by", "event", "id", "ip", "user_agent", "username"]);
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
    let text = instance.ok(&["audit", "list", "ada"], "");
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows[0][1..], ["account.created", "ada", "operator", "-", "-"]);
    assert_eq!(rows[2][1..], ["session.opened.new_device", "ada", "user", "127.0.0.1", "Fox/1.0"]);
    assert!(rows[0][0].starts_with("20"), "{text}");
}

#[test]
fn only_the_first_login_from_a_device_is_one_from_a_new_device() {
    let (instance, server, _ada) = Person::at_home("");
    for agent in ["Fox/1.0", "Fox/1.0", "Owl/2.0", "Fox/1.0"] {
        log_in_from(&server, agent);
    }
    let of_logins: Vec<_> =
        events(&instance)[1..].iter().map(|event| event.contains("new_device")).collect();
    assert_eq!(of_logins, [false, true, false, true, false]);
}

#[test]
fn what_a_user_does_is_noted() {
    let (instance, server, ada) = Person::at_home("");
    let (secret, codes) = ada.enable_app();
    ada.post("/api/auth/recovery/renew", &json!({ "token": oathtool(&secret, 1) })).data();
    server.client().ada_by(&codes[0]).refused_code();
    let change = json!({ "password": "hunter33", "current_password": "hunter22" });
    assert_eq!(ada.post(ME, &change).status, 428);
    let code = instance.issue_code("ada");
    let mut change = change;
    change["factor_code"] = code.into();
    ada.post(ME, &change).data();
    let code = instance.issue_code("ada");
    ada.post("/api/auth/totp/disable", &json!({ "token": code })).data();
    ada.post(ME, &json!({ "email": "a@b.example" })).data();
    ada.post(ME, &json!({ "bio": "not worth a line" })).data();
    ada.delete("/api/users/@me/sessions").data();
    ada.post("/api/auth/logout", &json!({})).data();
    let expected = [
        "account.created operator",
        "session.opened user",
        "totp.enabled user",
        "recovery_codes.renewed user",
        "code.issued operator",
        "password.changed user",
        "code.issued operator",
        "totp.disabled user",
        "email.changed user",
        "sessions.ended user",
        "session.ended user",
    ];
    assert_eq!(events(&instance), expected);
}

#[test]
fn what_the_operator_does_is_noted() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    instance.enroll("ada");
    for args in [
        &["totp", "recovery", "ada"][..],
        &["totp", "code", "ada"],
        &["totp", "reset", "ada"],
        &["totp", "reset", "ada"],
        &["user", "set", "ada", "--email", "a@b.example"],
        &["user", "disable", "ada"],
        &["user", "enable", "ada"],
        &["session", "revoke", "--user", "ada"],
    ] {
        instance.ok(args, "");
    }
    instance.ok(&["user", "passwd", "ada", "--password-stdin"], "hunter33");
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
fn a_recovery_code_is_noted_where_it_was_used_and_where_it_was_refused_it_is_not() {
    let (instance, server, ada, (_, codes)) = Person::with_codes("");
    assert_eq!(server.client().ada_by(&codes[0]).status, 200);
    server.client().ada_by(&codes[0]).refused_code();
    ada.post("/api/auth/totp/disable", &json!({ "token": codes[1] })).data();
    let expected = [
        "account.created operator",
        "session.opened user",
        "totp.enabled user",
        "recovery_code.used user",
        "session.opened user",
        "recovery_code.used user",
        "totp.disabled user",
    ];
    assert_eq!(events(&instance), expected);
}

#[test]
fn a_stranger_who_registers_is_a_user() {
    let instance = Instance::with("[users]\nregistration = 'open'");
    let server = instance.serve();
    server
        .client()
        .post("/api/auth/register", &json!({ "username": "ada", "password": "hunter22" }))
        .token();
    assert_eq!(events(&instance), ["account.created user", "session.opened user"]);
}

#[test]
fn a_new_key_is_a_line_of_nobodys() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    instance.ok(&["key", "rotate", "--yes"], "");
    assert_eq!(events(&instance), ["account.created operator"]);
    let all = lines(&instance, &[]);
    assert_eq!(event(&all[1]), "key.rotated operator");
    assert_eq!((all.len(), &all[1]["id"], &all[1]["username"]), (2, &Value::Null, &Value::Null));
}

#[test]
fn an_account_that_was_removed_is_found_by_its_name() {
    let (instance, _server, _ada) = Person::at_home("");
    instance.add_user("bob", "hunter22");
    instance.ok(&["user", "remove", "ada", "--yes"], "");
    let expected = ["account.created operator", "session.opened user", "account.removed operator"];
    for name in ["ada", "ADA"] {
        assert_eq!(lines(&instance, &[name]).iter().map(event).collect::<Vec<_>>(), expected);
    }
    assert_eq!(lines(&instance, &["bob"]).len(), 1);
    assert_eq!(lines(&instance, &[]).len(), 4);
    // Whoever gets the name next has a history of their own.
    instance.add_user("ada", "hunter22");
    assert_eq!(events(&instance), ["account.created operator"]);
}

#[test]
fn an_account_that_was_removed_is_found_by_its_id() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    instance.ok(&["user", "remove", "ada", "--yes"], "");
    assert_eq!(lines(&instance, &["1"]).len(), 2);
}

#[test]
fn an_account_that_was_renamed_keeps_its_history() {
    let (instance, _server, ada) = Person::at_home("");
    ada.post(ME, &json!({ "username": "lovelace" })).data();
    let names: Vec<_> =
        lines(&instance, &["lovelace"]).iter().map(|line| line["username"].clone()).collect();
    assert_eq!(names, ["ada", "ada", "ada"]);
    assert_eq!(event(&lines(&instance, &["1"])[2]), "account.renamed user");
}

#[test]
fn a_name_that_nobody_has_or_had_is_unknown() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
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
fn what_a_client_calls_itself_is_printed_without_control_characters() {
    let (instance, server, _ada) = Person::at_home("");
    log_in_from(&server, "Fox\t1.0");
    let text = instance.ok(&["audit", "list", "ada"], "");
    assert!(text.lines().all(|line| line.split('\t').count() == 6), "{text:?}");
}
