//! What a session is worth, and until when.

use serde_json::json;

use crate::harness::{Answer, Client, Instance, Server};

const ME: &str = "/api/users/@me";
const LOGOUT: &str = "/api/auth/logout";

fn logged_in() -> (Instance, Server, Answer) {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let session = server.client().log_in("ada", "hunter22");
    (instance, server, session)
}

fn own_origin(server: &Server) -> String {
    format!("http://{}", server.address)
}

fn assert_ended(client: &Client, token: &str) {
    assert_eq!(client.me(token).failure(7, 401, ME), "You are not logged in.");
}

#[test]
fn a_user_reads_themselves_by_token_and_by_cookie() {
    let (_instance, server, session) = logged_in();
    let client = server.client();
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
fn without_a_session_nobody_is_logged_in() {
    let (_instance, server, session) = logged_in();
    let client = server.client();
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
        client.get(ME, headers).failure(7, 401, ME);
    }
    // A token never travels in a query string.
    let path = format!("{ME}?token={token}&access_token={token}");
    client.get(&path, &[]).failure(7, 401, &path);
    // Where both are there, the header counts.
    let both = [("Authorization", bent.as_str()), ("Cookie", &session.cookie())];
    client.get(ME, &both).failure(7, 401, ME);
}

#[test]
fn logging_out_ends_this_session_and_clears_the_cookie() {
    for method in ["POST", "GET"] {
        let (_instance, server, session) = logged_in();
        let client = server.client();
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
        client.send(method, LOGOUT, &[("Authorization", &bearer)], b"").failure(7, 401, LOGOUT);
    }
}

#[test]
fn asking_for_the_head_of_a_logout_ends_nothing() {
    let (_instance, server, session) = logged_in();
    let bearer = format!("Bearer {}", session.token());
    assert_eq!(
        server.client().send("HEAD", LOGOUT, &[("Authorization", &bearer)], b"").status,
        405
    );
    assert_eq!(server.client().me(&session.token()).status, 200);
}

#[test]
fn by_the_cookie_alone_only_our_own_pages_log_out() {
    let (_instance, server, session) = logged_in();
    let client = server.client();
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
            client.send(method, LOGOUT, &headers, b"").failure(8, 401, LOGOUT);
        }
    }
    assert_eq!(client.me(&session.token()).status, 200);
    let own = own_origin(&server);
    let answer = client.send("POST", LOGOUT, &[("Cookie", &cookie), ("Origin", &own)], b"");
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_ended(&client, &session.token());
}

#[test]
fn a_configured_origin_and_the_public_url_may_log_out_by_cookie() {
    let instance = Instance::with("[server]\nallowed_origins = ['https://front.example']");
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    for header in [
        ("Origin", "https://front.example"),
        ("Origin", "http://localhost:53032"),
        ("Referer", "http://localhost:53032/account"),
    ] {
        let cookie = server.client().log_in("ada", "hunter22").cookie();
        let answer = server.client().get(LOGOUT, &[("Cookie", &cookie), header]);
        assert_eq!(answer.status, 200, "{header:?} {}", answer.text);
    }
}

#[test]
fn another_sites_page_cannot_log_a_browser_in() {
    let (_instance, server, _) = logged_in();
    let body = json!({ "identifier": "ada", "password": "hunter22" }).to_string();
    let send = |header: (&str, &str)| {
        let headers = [("Content-Type", "application/json"), header];
        server.client().send("POST", "/api/auth/login", &headers, body.as_bytes())
    };
    for header in
        [("Origin", "https://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")]
    {
        send(header).failure(8, 401, "/api/auth/login");
    }
    let own = own_origin(&server);
    for header in
        [("Origin", own.as_str()), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "none")]
    {
        assert_eq!(send(header).status, 200, "{header:?}");
    }
}

#[test]
fn a_session_that_another_process_revoked_is_refused_at_the_next_request() {
    let (instance, server, session) = logged_in();
    let client = server.client();
    assert_eq!(client.me(&session.token()).status, 200);
    let database = rusqlite::Connection::open(instance.path("nox.db")).unwrap();
    database.execute("DELETE FROM sessions", []).unwrap();
    assert_ended(&client, &session.token());
}

#[test]
fn a_new_password_and_a_ban_from_the_command_line_end_the_sessions() {
    let (instance, server, session) = logged_in();
    let client = server.client();
    instance.ok(&["user", "passwd", "ada", "--password-stdin"], "hunter33");
    assert_ended(&client, &session.token());
    let token = client.log_in("ada", "hunter33").token();
    instance.ok(&["user", "disable", "ada"], "");
    assert_ended(&client, &token);
}

#[test]
fn a_session_that_has_expired_is_refused_at_the_next_request() {
    let (instance, server, session) = logged_in();
    let database = rusqlite::Connection::open(instance.path("nox.db")).unwrap();
    database.execute("UPDATE sessions SET expires_at = 1", []).unwrap();
    assert_ended(&server.client(), &session.token());
}

#[test]
fn a_session_outlives_the_server() {
    let (instance, server, session) = logged_in();
    let (status, _, _) = server.stop();
    assert!(status.success());
    let server = instance.serve();
    assert_eq!(server.client().me(&session.token()).status, 200);
}
