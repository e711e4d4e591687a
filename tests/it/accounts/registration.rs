//! `POST /api/auth/register`.

use serde_json::{Value, json};

use crate::harness::{
    ALREADY_EXISTS, Answer, JSON, ME, SERVICE_DISABLED, TOO_MANY_REQUESTS, TestApp, UNAUTHORIZED,
    at_once,
};

const PATH: &str = "/api/auth/register";
const NAMES: &str = "/api/v2/auth/register";
/// The Ed25519 key of RFC 8410, 10.1.
const KEY: &str = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

/// An instance without users, where anyone may register.
fn open() -> TestApp {
    TestApp::with("[users]\nregistration = 'open'").empty().serve()
}

fn person(name: &str) -> Value {
    json!({ "username": name, "password": "hunter22" })
}

fn register(app: &TestApp, body: &Value) -> Answer {
    app.client().post(PATH, body)
}

/// Registers through a proxy that names this address.
fn register_from(app: &TestApp, address: &str, body: &Value) -> Answer {
    let headers = [JSON, ("X-Forwarded-For", address)];
    app.client().send("POST", PATH, &headers, body.to_string().as_bytes())
}

fn count(app: &TestApp) -> usize {
    app.nox("user list").lines().count()
}

#[test]
fn registration_is_closed_by_default() {
    for settings in ["", "[users]\nregistration = 'closed'", "[users]\nregistration = 'invite'"] {
        let app = TestApp::with(settings).empty().serve();
        for body in [person("ada"), json!({}), json!({ "username": 7 })] {
            let answer = register(&app, &body);
            assert_eq!(
                answer.refused(SERVICE_DISABLED, PATH),
                "This service is disabled.",
                "{settings}"
            );
            assert_eq!(answer.header("set-cookie"), None);
            app.client().post(NAMES, &body).refused_as("FORBIDDEN", 403);
        }
        assert_eq!(count(&app), 0);
    }
}

#[test]
fn registration_opens_a_session() {
    let app = open();
    let body = json!({
        "username": "ada", "password": "hunter22", "email": "ada@b.example",
        "display": "Ada L.", "is_admin": true, "rank": 9, "tags": ["sys:admin"], "id": 77,
    });
    let answer = register(&app, &body);
    let data = answer.data();
    let keys: Vec<_> = data.as_object().unwrap().keys().collect();
    // What became of the link for the address is told beside the keys of a login.
    assert_eq!(keys, ["created_at", "expires", "message", "token", "user"]);
    let user = &data["user"];
    assert_eq!(
        (&user["id"], &user["username"], &user["display"]),
        (&json!(1), &json!("ada"), &json!("Ada L."))
    );
    assert_eq!((&user["email"], &user["email_verified"]), (&json!("ada@b.example"), &json!(false)));
    assert_eq!(user["tags"], json!(["dft:can_self_edit", "dft:can_file_upload", "sys:unverified"]));
    assert_eq!(user["rank"], 0);
    assert_eq!(&app.client().me(&answer.token()).data(), user);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with(&format!("_uid={};", answer.token())) && cookie.contains("HttpOnly"),
        "{cookie}"
    );
    assert_eq!(&app.client().get(ME, &[("Cookie", &answer.cookie())]).data(), user);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(app.try_password().status, 200);
}

#[test]
fn display_name_defaults_to_the_username() {
    let app = open();
    let body = json!({
        "username": "ada", "password": "hunter22",
        "email": null, "display": null, "public_key": null,
    });
    let user = app.client().post(NAMES, &body).data()["user"].clone();
    assert_eq!((&user["display"], &user["email"]), (&json!("ada"), &Value::Null));
}

#[test]
fn registration_with_an_invalid_field_is_refused_by_its_name() {
    let app = open();
    let long = format!("{}@b.example", "a".repeat(311));
    let mut names = vec!["", "ab", "123", "Ada", "a b", "adä", "a/b", "@me", "u:1", " ada"];
    names.extend(["ada\u{0}", "aaaaaaaaaaaaaaaaa"]);
    for (field, values) in [
        ("username", names),
        ("password", vec!["", "hunter2", &"x".repeat(129)]),
        ("email", vec!["", "nobody", "@b.example", "ada@", "a b@c.example", &long]),
        ("display", vec!["", " ", &"ä".repeat(51), "A\u{1b}[31m", "Ada\u{0}"]),
        ("public_key", vec!["", "AAAA", "not base64"]),
    ] {
        let others = [json!(12_345_678), json!(true), json!(["ada"]), json!({})];
        for value in values.into_iter().map(Value::from).chain(others) {
            let mut body = person("ada");
            body[field] = value;
            let answer = register(&app, &body);
            let clause = answer.refused_field(field, PATH);
            assert!(clause.starts_with("must be "), "{body}: {clause}");
            assert_eq!(answer.header("set-cookie"), None);
            app.client().post(NAMES, &body).refused_as("VALIDATION_ERROR", 422);
        }
    }
    for missing in ["username", "password"] {
        let mut body = person("ada");
        body[missing] = Value::Null;
        register(&app, &body).refused_field(missing, PATH);
    }
    assert_eq!(count(&app), 0);
    assert_eq!(register(&app, &person("ada")).status, 200, "faults are not counted as accounts");
}

#[test]
fn registration_takes_the_shortest_and_longest_values() {
    let app = open();
    let email = format!("{}@b.example", "a".repeat(310));
    for (index, (username, password, display)) in [
        ("a.1", "äö".repeat(4), "ä".repeat(3)),
        ("-_.-9-_.-9-_.-9-", "🌙☀".repeat(64), "🌙".repeat(32)),
    ]
    .iter()
    .enumerate()
    {
        let mut body = json!({ "username": username, "password": password, "display": display });
        if index == 1 {
            body["email"] = email.clone().into();
        }
        let user = register(&app, &body).data()["user"].clone();
        assert_eq!((&user["username"], &user["display"]), (&json!(username), &json!(display)));
        assert_eq!(app.client().log_in(*username, password).status, 200);
    }
}

#[test]
fn registration_with_several_faults_reports_the_first_in_contract_order() {
    let app = open();
    let order = ["username", "password", "email", "display", "public_key"];
    let mut body: Value = order.iter().rev().map(|field| ((*field).to_owned(), json!(7))).collect();
    for field in order {
        register(&app, &body).refused_field(field, PATH);
        body[field] = match field {
            "username" => json!("ada"),
            "password" => json!("hunter22"),
            _ => Value::Null,
        };
    }
}

#[test]
fn registration_with_a_taken_name_or_address_is_refused() {
    let app = open();
    let body = json!({ "username": "ada", "password": "hunter22", "email": "ada@b.example" });
    register(&app, &body).data();
    let refused = register(&app, &person("ada"));
    assert_eq!(refused.refused(ALREADY_EXISTS, PATH), "User already exists with this username.");
    assert_eq!(refused.header("set-cookie"), None);
    let body = json!({ "username": "bob", "password": "hunter22", "email": "ADA@b.example" });
    assert_eq!(
        register(&app, &body).refused(ALREADY_EXISTS, PATH),
        "User already exists with this email."
    );
    app.client().post(NAMES, &person("ada")).refused_as("CONFLICT", 409);
    assert_eq!(count(&app), 1);
}

#[test]
fn username_registered_by_eight_at_once_goes_to_one() {
    let app = open();
    let mut statuses = at_once(8, |number| {
        register_from(&app, &format!("192.0.2.{number}"), &person("ada")).status
    });
    statuses.sort_unstable();
    assert_eq!((statuses[0], statuses[1], statuses[7]), (200, 409, 409), "{statuses:?}");
    assert_eq!(count(&app), 1);
}

#[test]
fn eleventh_account_from_one_address_is_refused() {
    let app = open();
    for number in 0..10 {
        register_from(&app, "192.0.2.1", &person(&format!("user{number}"))).data();
    }
    let refused = register_from(&app, "192.0.2.1", &person("ada"));
    let message = refused.refused(TOO_MANY_REQUESTS, PATH);
    let seconds = refused.header("retry-after").unwrap();
    assert_eq!(message, format!("Too many attempts, try again in {seconds} seconds."));
    assert!(seconds.parse::<u32>().unwrap() > 0);
    // Entries that the client wrote before the proxy do not count.
    assert_eq!(register_from(&app, "198.51.100.7, 192.0.2.1", &person("ada")).status, 429);
    assert_eq!(count(&app), 10);
    register_from(&app, "192.0.2.2", &person("ada")).data();
    // An IPv6 subscriber has a whole /64.
    for number in 0..10 {
        register_from(&app, &format!("2001:db8::{number}"), &person(&format!("six{number}")))
            .data();
    }
    assert_eq!(register_from(&app, "2001:db8::ffff", &person("bob")).status, 429);
    assert_eq!(register_from(&app, "2001:db8:0:1::1", &person("bob")).status, 200);
}

#[test]
fn registration_keeps_the_clients_key_with_its_session() {
    let app = open();
    let body = json!({ "username": "ada", "password": "hunter22", "public_key": KEY });
    register(&app, &body).data();
    let query = "SELECT length(public_key), lower(hex(public_key_sha256)) FROM sessions";
    let kept: (u32, String) =
        app.instance.database().query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(
        kept,
        (44, "a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f".into())
    );
}

#[test]
fn registration_from_another_site_is_refused() {
    let app = open();
    for header in [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")] {
        let headers = [JSON, header];
        let body = person("ada").to_string();
        app.client().send("POST", PATH, &headers, body.as_bytes()).refused(UNAUTHORIZED, PATH);
    }
    assert_eq!(count(&app), 0);
}

#[test]
fn closed_registration_says_so_whatever_is_sent() {
    let app = TestApp::builder().empty().serve();
    let client = app.client();
    for (headers, body) in
        [(&[][..], &b""[..]), (&[JSON], b""), (&[JSON], b"{}"), (&[("Content-Type", "x/y")], b"x")]
    {
        client
            .send("POST", "/api/auth/register", headers, body)
            .refused(SERVICE_DISABLED, "/api/auth/register");
    }
}
