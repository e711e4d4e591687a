//! `POST /api/auth/login` by password.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::harness::{
    INVALID_FIELD, LOGIN, NOT_READY, PASSWORD, TOO_MANY_REQUESTS, TestApp, UNAUTHORIZED,
    USER_NOT_FOUND, at_once,
};

/// The methods of a user with an address alone.
fn no_methods() -> Value {
    json!({
        "totp": "disabled", "email": "unverified", "recovery_codes": "0", "passkey": "disabled",
    })
}

#[test]
fn login_answers_token_user_and_cookie() {
    let app = TestApp::builder().empty().serve();
    let add = ["user", "add", "Ada", "--email", "ada@example.org", "--admin", "--password-stdin"];
    app.instance.ok(&add, PASSWORD);
    let answer = app.try_password();

    let envelope = answer.json();
    let keys: Vec<_> = envelope.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["data", "request", "time"]);
    assert_eq!(envelope["request"], LOGIN);
    let data = &envelope["data"];
    let keys: Vec<_> = data.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["created_at", "expires", "token", "user"]);
    let (created, expires) =
        (data["created_at"].as_i64().unwrap(), data["expires"].as_i64().unwrap());
    assert_eq!(expires - created, 30 * 24 * 60 * 60 * 1000);
    assert_eq!(
        data["user"],
        json!({
            "id": 1, "username": "ada", "display": "ada", "server": "localhost:53032",
            "tags": ["dft:can_self_edit", "dft:can_file_upload", "sys:admin", "sys:unverified"],
            "bio": null, "thumbnail": null, "banner": null, "links": [], "rank": 0,
            "relations": null, "email": "ada@example.org", "email_verified": false,
            "created_at": data["user"]["created_at"],
            "home": null, "twofa_enabled": false,
            "pronoun": null, "avatar": null, "public": "",
            "presence": { "status": "online", "text": null, "locations": [] },
            "alias": [{ "key": "uid", "value": "u:1@localhost:53032" }],
            "followers": 0, "following": 0,
            "methods": no_methods(),
        })
    );

    let token = data["token"].as_str().unwrap();
    let part = |index| {
        let part = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap();
        serde_json::from_slice::<Value>(&part).unwrap()
    };
    assert_eq!(part(0), json!({ "typ": "JWT", "alg": "HS256" }));
    let claims = part(1);
    assert_eq!(
        claims,
        json!({
            "iss": "localhost:53032", "sub": "1", "name": "ada", "jti": claims["jti"],
            "iat": created / 1000, "exp": expires / 1000,
        })
    );

    let cookie = answer.header("set-cookie").unwrap();
    let attributes: Vec<_> = cookie.split("; ").collect();
    assert_eq!(attributes[..4], [&format!("_uid={token}"), "HttpOnly", "SameSite=Lax", "Path=/"]);
    // For a browser whose clock differs from the server's, the lifetime is there as well.
    assert_eq!(attributes[4], "Max-Age=2592000", "{cookie}");
    assert!(attributes[5].starts_with("Expires=") && attributes.len() == 6, "{cookie}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[test]
fn login_request_of_the_contract_works_as_printed() {
    let app = TestApp::builder().user("hactazia").serve();
    let body = r#"{ "identifier": "hactazia", "password": "hunter22" }"#;
    assert_eq!(app.client().post_text(LOGIN, body).status, 200);
}

#[test]
fn user_is_found_by_name_id_address_and_verified_email() {
    let app = TestApp::builder().nox("user set ada --email ada@example.org").serve();
    let client = app.client();
    for identifier in [
        json!("ada"),
        json!(" ADA\t"),
        json!(1),
        json!("1"),
        json!("ada@localhost:53032"),
        json!("1@LOCALHOST:53032"),
    ] {
        assert_eq!(client.log_in(identifier.clone(), "hunter22").status, 200, "{identifier}");
    }
    let refused = client.log_in("ada@example.org", "hunter22");
    assert_eq!(
        refused.refused(USER_NOT_FOUND, LOGIN),
        "User not found.",
        "the address is not verified"
    );
    app.instance.sql("UPDATE users SET email_verified = 1");
    assert_eq!(client.log_in("ADA@example.org", "hunter22").status, 200);
}

#[test]
fn unknown_user_and_wrong_password_are_told_apart() {
    let app = TestApp::new();
    let client = app.client();
    for identifier in
        [json!("nobody"), json!(77), json!("ada@elsewhere.example"), json!("' OR 1=1 --")]
    {
        let refused = client.log_in(identifier, "hunter22");
        assert_eq!(refused.refused(USER_NOT_FOUND, LOGIN), "User not found.");
        assert_eq!(refused.json()["data"], Value::Null);
    }
    let refused = client.log_in("ada", "Hunter22");
    assert_eq!(refused.refused(INVALID_FIELD, LOGIN), "Invalid field: password, is not correct.");
    assert_eq!(refused.header("set-cookie"), None);
}

#[test]
fn password_is_checked_exactly_as_sent() {
    let app = TestApp::new();
    app.instance.set_password("ada", " pass wörd ");
    assert_eq!(app.client().log_in("ada", " pass wörd ").status, 200);
    for other in ["pass wörd", " PASS WÖRD ", " pass word ", " ｐass wörd "] {
        assert_eq!(app.client().log_in("ada", other).status, 400, "{other}");
    }
}

#[test]
fn suspended_account_is_refused_after_the_right_password() {
    let app = TestApp::builder().nox("user disable ada --reason spam").serve();
    let refused = app.try_password();
    assert_eq!(refused.refused(UNAUTHORIZED, LOGIN), "You are not authorized to log in.");
    assert_eq!(app.client().log_in("ada", "hunter23").status, 400);
    app.nox("user enable ada");
    assert_eq!(app.try_password().status, 200);
}

#[test]
fn password_guesses_are_limited_and_the_count_survives_a_restart() {
    let app = TestApp::new();
    for guess in 0..5 {
        assert_eq!(app.client().log_in("ada", &format!("guess {guess}")).status, 400);
    }
    let app = app.restart();
    let refused = app.try_password();
    let message = refused.refused(TOO_MANY_REQUESTS, LOGIN);
    let seconds = refused.header("retry-after").unwrap();
    assert_eq!(message, format!("Too many attempts, try again in {seconds} seconds."));
    assert!((1..=900).contains(&seconds.parse::<u32>().unwrap()));
    // A new password by the operator resets the rate limit.
    app.instance.set_password("ada", "hunter33");
    assert_eq!(app.client().log_in("ada", "hunter33").status, 200);
}

#[test]
fn thirty_two_right_logins_of_one_account_at_once_succeed() {
    let app = TestApp::new();
    at_once(32, |_| app.try_password().token());
}

#[test]
fn full_login_queue_answers_that_the_server_is_not_ready() {
    let app = TestApp::new();
    let settings =
        "[password]\nhashers = 1\nmemory_kib = 65536\niterations = 8\n[limits]\nlogin_queue = 1";
    app.instance.write("nox.toml", settings);
    let app = app.restart();
    let answers = at_once(12, |_| app.try_password());
    let (good, busy): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert!(!good.is_empty() && !busy.is_empty());
    for answer in busy {
        assert_eq!(answer.refused(NOT_READY, LOGIN), "The server is not ready yet.");
        assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    }
}

#[test]
fn cookie_is_bound_to_a_public_url_of_https() {
    let settings = "[server]\npublic_url = 'https://nox.example'";
    let app = TestApp::with(settings).serve();
    let cookie = |app: &TestApp| app.try_password().header("set-cookie").unwrap().to_owned();
    let set = cookie(&app);
    assert!(
        set.starts_with("__Host-_uid=") && set.contains("; Secure") && !set.contains("Domain"),
        "{set}"
    );
    app.instance.configure(&format!("{settings}\n[cookie]\ndomain = 'nox.example'"));
    let set = cookie(&app.restart());
    assert!(
        set.starts_with("_uid=") && set.contains("; Secure") && set.contains("Domain=nox.example"),
        "{set}"
    );
}

#[test]
fn login_keeps_the_clients_key_with_its_fingerprint() {
    let app = TestApp::new();
    // The Ed25519 key of RFC 8410, 10.1; its SHA-256 by `base64 -d | sha256sum`.
    let key = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
    let body = json!({ "identifier": "ada", "password": "hunter22", "public_key": key });
    app.client().post(LOGIN, &body).token();
    let database = app.instance.database();
    let query = "SELECT length(public_key), lower(hex(public_key_sha256)) FROM sessions";
    let kept: (u32, String) =
        database.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(
        kept,
        (44, "a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f".into())
    );
}
