//! A login where a second factor is on.

use serde_json::json;

use crate::harness::{INVALID_FIELD, JSON, LOGIN, TestApp, VERIFICATION_REQUIRED, at_once};

#[test]
fn login_that_needs_a_code_lists_the_methods() {
    let app = TestApp::builder().enrolled().serve();
    let refused = app.try_password();
    assert_eq!(refused.refused(VERIFICATION_REQUIRED, LOGIN), "Additional verification required.");
    let challenge = refused.json()["data"]["methods"][0]["send_data"]["challenge"].clone();
    assert!(challenge.as_str().unwrap().len() > 40, "{challenge}");
    let send = json!({ "challenge": challenge });
    let code = json!({ "length": 6, "type": "numeric" });
    let input = json!({ "type": "code", "length": 6, "charset": "numeric" });
    let details = json!({
        "sendable": false, "data": send, "code": code, "input": input, "cooldown": 60,
    });
    assert_eq!(refused.json()["data"]["verification_required"], true);
    assert_eq!(
        refused.json()["data"]["methods"],
        json!([
            {
                "type": "totp", "name": "Authenticator App", "enabled": true, "can_send": false,
                "cooldown": 60, "send_data": send, "details": details,
                "description": "Use an authenticator app to generate a verification code",
            },
            {
                "type": "email", "name": "Email Verification", "enabled": false, "can_send": false,
                "cooldown": 60, "send_data": send, "details": details,
                "description": "Receive a verification code via email",
            },
        ])
    );
    assert_eq!(refused.header("set-cookie"), None);
    let wrong = app.client().log_in("ada", "hunter23");
    assert_eq!(wrong.refused(INVALID_FIELD, LOGIN), "Invalid field: password, is not correct.");
}

#[test]
fn code_of_an_independent_implementation_logs_in_once() {
    let app = TestApp::builder().enrolled().serve();
    let client = app.client();
    let code = app.ada.code(0);
    let session = client.log_in_with_code("ada", "hunter22", &code);
    assert_eq!(session.json()["data"]["user"]["twofa_enabled"], true);
    let again = client.log_in_with_code("ada", "hunter22", &code);
    let message = again.refused(INVALID_FIELD, LOGIN);
    assert_eq!(message, "Invalid field: factor_code, is wrong, has expired or was used already.");
    // The refusal names the field that was sent.
    let body = json!({
        "identifier": "ada", "password": "hunter22", "twofa_token": code, "factor_code": null,
    });
    client.post(LOGIN, &body).refused_field("twofa_token", LOGIN);
    // The code of the next step is accepted, and one that is four steps ahead is not.
    assert_eq!(client.log_in_with_code("ada", "hunter22", &app.ada.code(1)).status, 200);
    let far = client.log_in_with_code("ada", "hunter22", &app.ada.code(4));
    assert_eq!(far.status, 400);
}

#[test]
fn enrolled_code_sent_twenty_times_at_once_opens_one_session() {
    let app = TestApp::builder().enrolled().serve();
    let code = app.ada.code(0);
    let statuses = at_once(20, |_| app.try_code(&code).status);
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 19, "{statuses:?}");
}

#[test]
fn code_sent_twice_by_one_browser_with_its_challenge_gives_one_session() {
    let app = TestApp::builder().enrolled().serve();
    let client = app.client();
    let refused = app.try_password();
    let send_data = &refused.json()["data"]["methods"][0]["send_data"];
    let challenge = send_data["challenge"].as_str().unwrap().to_owned();
    let code = app.ada.code(0);
    let (browser, other) = ("A".repeat(22), "B".repeat(22));
    let send = |browser: &str, challenge: Option<&str>, code: &str| {
        let cookie = format!("nox_browser_53032={browser}");
        let body = json!({
            "identifier": "ada", "password": "hunter22", "factor_code": code,
            "challenge": challenge,
        });
        client.send("POST", LOGIN, &[JSON, ("Cookie", &cookie)], body.to_string().as_bytes())
    };
    let first = send(&browser, Some(&challenge), &code).token();
    for _ in 0..3 {
        assert_eq!(send(&browser, Some(&challenge), &code).token(), first);
    }
    let another = app.try_password().json()["data"]["methods"][0]["send_data"]["challenge"].clone();
    for (browser, challenge) in [
        (other.as_str(), Some(challenge.as_str())),
        ("", Some(&challenge)),
        (&browser, another.as_str()),
        (&browser, Some("x")),
        (&browser, None),
    ] {
        send(browser, challenge, &code).refused_code();
    }
    // A session that has ended stays so.
    let count = |sql| app.instance.database().query_row(sql, [], |row| row.get::<_, u32>(0));
    assert_eq!(count("SELECT count(*) FROM sessions"), Ok(1));
    assert_eq!(count("SELECT count(*) FROM audit WHERE event LIKE 'session.opened%'"), Ok(1));
    let bearer = format!("Bearer {first}");
    client.send("POST", "/api/auth/logout", &[("Authorization", &bearer)], b"").data();
    send(&browser, Some(&challenge), &code).refused_code();
}
