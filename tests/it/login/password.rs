//! `POST /api/auth/login`, to the letter of the contract.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::harness::Instance;

pub(super) const PATH: &str = "/api/auth/login";

#[test]
fn a_login_answers_a_session_with_its_token_its_user_and_its_cookie() {
    let instance = Instance::new();
    instance.ok(
        &["user", "add", "Ada", "--email", "ada@example.org", "--admin", "--password-stdin"],
        "hunter22",
    );
    let server = instance.serve();
    let answer = server.client().log_in("ada", "hunter22");

    let envelope = answer.json();
    let keys: Vec<_> = envelope.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["data", "request", "time"]);
    assert_eq!(envelope["request"], PATH);
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
            "bio": null, "thumbnail": null, "banner": null, "links": [], "rank": 0, "relations": null,
            "email": "ada@example.org", "email_verified": false, "created_at": data["user"]["created_at"],
            "home": null, "twofa_enabled": false,
            "pronoun": null, "avatar": null, "public": "",
            "presence": { "status": "online", "text": null, "locations": [] },
            "alias": [{ "key": "uid", "value": "u:1@localhost:53032" }], "followers": 0, "following": 0,
            "methods": { "totp": "disabled", "email": "unverified", "recovery_codes": "0" },
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
    assert!(attributes[4].starts_with("Expires=") && attributes.len() == 5, "{cookie}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[test]
fn the_request_of_the_document_works_as_it_is_printed() {
    let instance = Instance::new();
    instance.add_user("hactazia", "hunter22");
    let server = instance.serve();
    let body = r#"{ "identifier": "hactazia", "password": "hunter22" }"#;
    let answer = server.client().send(
        "POST",
        PATH,
        &[("Content-Type", "application/json")],
        body.as_bytes(),
    );
    assert_eq!(answer.status, 200);
}

#[test]
fn a_user_is_found_by_name_id_address_and_verified_email() {
    let instance = Instance::new();
    instance
        .ok(&["user", "add", "ada", "--email", "ada@example.org", "--password-stdin"], "hunter22");
    let server = instance.serve();
    let client = server.client();
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
    assert_eq!(refused.failure(2, 404, PATH), "User not found.", "the address is not verified");
    let database = rusqlite::Connection::open(instance.path("nox.db")).unwrap();
    database.execute("UPDATE users SET email_verified = 1", []).unwrap();
    assert_eq!(client.log_in("ADA@example.org", "hunter22").status, 200);
}

#[test]
fn who_is_not_there_and_what_is_not_right_are_told_apart() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    let client = server.client();
    for identifier in
        [json!("nobody"), json!(77), json!("ada@elsewhere.example"), json!("' OR 1=1 --")]
    {
        let refused = client.log_in(identifier, "hunter22");
        assert_eq!(refused.failure(2, 404, PATH), "User not found.");
        assert_eq!(refused.json()["data"], Value::Null);
    }
    let refused = client.log_in("ada", "Hunter22");
    assert_eq!(refused.failure(5, 400, PATH), "Invalid field: password, is not correct.");
    assert_eq!(refused.header("set-cookie"), None);
}

#[test]
fn a_password_is_used_exactly_as_it_was_sent() {
    let instance = Instance::new();
    instance.add_user("ada", " pass wörd ");
    let server = instance.serve();
    assert_eq!(server.client().log_in("ada", " pass wörd ").status, 200);
    for other in ["pass wörd", " pass wo\u{308}rd ", " PASS WÖRD "] {
        assert_eq!(server.client().log_in("ada", other).status, 400, "{other}");
    }
}

#[test]
fn a_disabled_account_is_told_so_after_the_right_password() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    instance.ok(&["user", "disable", "ada", "--reason", "spam"], "");
    let server = instance.serve();
    let refused = server.client().log_in("ada", "hunter22");
    assert_eq!(refused.failure(8, 401, PATH), "You are not authorized to log in.");
    assert_eq!(server.client().log_in("ada", "hunter23").status, 400);
    instance.ok(&["user", "enable", "ada"], "");
    assert_eq!(server.client().log_in("ada", "hunter22").status, 200);
}

#[test]
fn guessing_is_stopped_and_the_count_outlives_the_process() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    for guess in 0..5 {
        assert_eq!(server.client().log_in("ada", &format!("guess {guess}")).status, 400);
    }
    drop(server);
    let server = instance.serve();
    let refused = server.client().log_in("ada", "hunter22");
    let message = refused.failure(1001, 429, PATH);
    let seconds = refused.header("retry-after").unwrap();
    assert_eq!(message, format!("Too many attempts, try again in {seconds} seconds."));
    assert!((1..=900).contains(&seconds.parse::<u32>().unwrap()));
    // A new password from the operator clears the way.
    instance.ok(&["user", "passwd", "ada", "--password-stdin"], "hunter33");
    assert_eq!(server.client().log_in("ada", "hunter33").status, 200);
}

#[test]
fn many_right_logins_of_one_account_at_once_all_succeed() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| server.client().log_in("ada", "hunter22").token());
        }
    });
}

#[test]
fn a_full_queue_answers_that_the_server_is_not_ready() {
    let instance = Instance::with("hashers = 1\n[limits]\nlogin_queue = 1");
    instance.add_user("ada", "hunter22");
    let settings =
        "[password]\nhashers = 1\nmemory_kib = 65536\niterations = 8\n[limits]\nlogin_queue = 1";
    std::fs::write(instance.path("nox.toml"), settings).unwrap();
    let server = instance.serve();
    let one = || server.client().log_in("ada", "hunter22");
    let answers: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..12).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let (good, busy): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert!(!good.is_empty() && !busy.is_empty());
    for answer in busy {
        assert_eq!(answer.failure(10, 503, PATH), "The server is not ready yet.");
        assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    }
}

#[test]
fn where_the_public_url_is_https_the_cookie_is_bound_to_it() {
    let instance = Instance::with("[server]\npublic_url = 'https://nox.example'");
    instance.add_user("ada", "hunter22");
    let cookie = |server: &crate::harness::Server| {
        let answer = server.client().log_in("ada", "hunter22");
        answer.header("set-cookie").unwrap().to_owned()
    };
    let server = instance.serve();
    let set = cookie(&server);
    assert!(
        set.starts_with("__Host-_uid=") && set.contains("; Secure") && !set.contains("Domain"),
        "{set}"
    );
    std::fs::write(
        instance.path("nox.toml"),
        "[server]\npublic_url = 'https://nox.example'\n[cookie]\ndomain = 'nox.example'",
    )
    .unwrap();
    let set = cookie(&instance.serve());
    assert!(
        set.starts_with("_uid=") && set.contains("; Secure") && set.contains("Domain=nox.example"),
        "{set}"
    );
}

#[test]
fn the_clients_key_is_kept_with_its_fingerprint() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let server = instance.serve();
    // The Ed25519 key of RFC 8410, 10.1; its SHA-256 by `base64 -d | sha256sum`.
    let key = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
    let body = json!({ "identifier": "ada", "password": "hunter22", "public_key": key });
    server.client().post(PATH, &body).token();
    let database = rusqlite::Connection::open(instance.path("nox.db")).unwrap();
    let query = "SELECT length(public_key), lower(hex(public_key_sha256)) FROM sessions";
    let kept: (u32, String) =
        database.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(
        kept,
        (44, "a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f".into())
    );
}
