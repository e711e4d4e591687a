//! Which requests a session is accepted for, and when it ends.

use serde_json::json;

use crate::harness::{Client, JSON, LOGIN, ME, NOT_LOGGED, TestApp, UNAUTHORIZED};

const LOGOUT: &str = "/api/auth/logout";

fn own_origin(app: &TestApp) -> String {
    format!("http://{}", app.server.address)
}

fn assert_ended(client: &Client, token: &str) {
    assert_eq!(client.me(token).refused(NOT_LOGGED, ME), "You are not logged in.");
}

#[test]
fn user_reads_themselves_by_token_and_by_cookie() {
    let app = TestApp::new();
    let session = app.try_password();
    let client = app.client();
    let user = &session.json()["data"]["user"];
    let by_token = client.me(&session.token());
    assert_eq!(&by_token.json()["data"], user);
    assert_eq!(by_token.header("cache-control"), Some("no-store"));
    let by_cookie = client.get(ME, &[("Cookie", &session.cookie())]);
    assert_eq!(&by_cookie.json()["data"], user);
    let odd_case = client.get(ME, &[("Authorization", &format!("bEARER {}", session.token()))]);
    assert_eq!(odd_case.status, 200);
}

#[test]
fn request_without_a_valid_session_is_not_logged_in() {
    let app = TestApp::new();
    let session = app.try_password();
    let client = app.client();
    let token = session.token();
    let bent = format!("Bearer {token}x");
    for headers in [
        &[][..],
        &[("Authorization", "Bearer")],
        &[("Authorization", "Bearer x.y.z")],
        &[("Authorization", &bent)],
        &[("Cookie", "_uid=x")],
        &[("Cookie", "_uid=")],
        &[("Authorization", "Basic YTpi")],
    ] {
        client.get(ME, headers).refused(NOT_LOGGED, ME);
    }
    // A token never travels in a query string.
    let path = format!("{ME}?token={token}&access_token={token}");
    client.get(&path, &[]).refused(NOT_LOGGED, &path);
    // The header precedes the cookie.
    let both = [("Authorization", bent.as_str()), ("Cookie", &session.cookie())];
    client.get(ME, &both).refused(NOT_LOGGED, ME);
}

#[test]
fn logout_ends_the_session_and_clears_the_cookie() {
    for method in ["POST", "GET"] {
        let app = TestApp::new();
        let session = app.try_password();
        let client = app.client();
        let other = client.log_in("ada", "hunter22").token();
        let bearer = format!("Bearer {}", session.token());
        let answer = client.send(method, LOGOUT, &[("Authorization", &bearer)], b"");
        assert_eq!(answer.json()["data"], json!({ "success": true }));
        let cookie = answer.header("set-cookie").unwrap();
        assert!(
            cookie.starts_with("_uid=;")
                && cookie.contains("Max-Age=0")
                && cookie.contains("Path=/"),
            "{cookie}"
        );
        assert_ended(&client, &session.token());
        assert_eq!(client.me(&other).status, 200);
        client.send(method, LOGOUT, &[("Authorization", &bearer)], b"").refused(NOT_LOGGED, LOGOUT);
    }
}

#[test]
fn head_request_of_logout_ends_nothing() {
    let app = TestApp::new();
    let session = app.try_password();
    let bearer = format!("Bearer {}", session.token());
    assert_eq!(app.client().send("HEAD", LOGOUT, &[("Authorization", &bearer)], b"").status, 405);
    assert_eq!(app.client().me(&session.token()).status, 200);
}

#[test]
fn logout_by_cookie_needs_the_servers_own_origin() {
    let app = TestApp::new();
    let session = app.try_password();
    let client = app.client();
    let cookie = session.cookie();
    for headers in [
        &[][..],
        &[("Origin", "https://evil.example")],
        &[("Origin", "null")],
        &[("Referer", "https://evil.example/")],
        &[("Origin", "https://evil.example"), ("Referer", "http://localhost:53032/")],
    ] {
        for method in ["POST", "GET"] {
            let headers = [headers, &[("Cookie", &cookie)]].concat();
            client.send(method, LOGOUT, &headers, b"").refused(UNAUTHORIZED, LOGOUT);
        }
    }
    assert_eq!(client.me(&session.token()).status, 200);
    let own = own_origin(&app);
    let answer = client.send("POST", LOGOUT, &[("Cookie", &cookie), ("Origin", &own)], b"");
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_ended(&client, &session.token());
}

#[test]
fn logout_by_cookie_is_allowed_to_configured_origins() {
    let app = TestApp::with("[server]\nallowed_origins = ['https://front.example']").serve();
    for header in [
        ("Origin", "https://front.example"),
        ("Origin", "http://localhost:53032"),
        ("Referer", "http://localhost:53032/account"),
    ] {
        let cookie = app.try_password().cookie();
        let answer = app.client().get(LOGOUT, &[("Cookie", &cookie), header]);
        assert_eq!(answer.status, 200, "{header:?} {}", answer.text);
    }
}

#[test]
fn login_from_another_site_is_refused() {
    let app = TestApp::new();
    let body = json!({ "identifier": "ada", "password": "hunter22" }).to_string();
    let send = |header: (&str, &str)| {
        let headers = [JSON, header];
        app.client().send("POST", LOGIN, &headers, body.as_bytes())
    };
    for header in
        [("Origin", "https://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")]
    {
        send(header).refused(UNAUTHORIZED, LOGIN);
    }
    let own = own_origin(&app);
    for header in
        [("Origin", own.as_str()), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "none")]
    {
        assert_eq!(send(header).status, 200, "{header:?}");
    }
}

#[test]
fn session_revoked_by_another_process_is_refused_at_once() {
    let app = TestApp::new();
    let session = app.try_password();
    let client = app.client();
    assert_eq!(client.me(&session.token()).status, 200);
    app.instance.sql("DELETE FROM sessions");
    assert_ended(&client, &session.token());
}

#[test]
fn password_and_suspension_by_the_operator_end_sessions() {
    let app = TestApp::new();
    let session = app.try_password();
    let client = app.client();
    app.instance.set_password("ada", "hunter33");
    assert_ended(&client, &session.token());
    let token = client.log_in("ada", "hunter33").token();
    app.nox("user disable ada");
    assert_ended(&client, &token);
}

#[test]
fn expired_session_is_refused() {
    let app = TestApp::new();
    let session = app.try_password();
    app.instance.sql("UPDATE sessions SET expires_at = 1");
    assert_ended(&app.client(), &session.token());
}

#[test]
fn session_survives_a_restart() {
    let app = TestApp::new();
    let session = app.try_password();
    let app = app.restart();
    assert_eq!(app.client().me(&session.token()).status, 200);
}
