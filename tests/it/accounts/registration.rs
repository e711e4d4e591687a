//! `POST /api/auth/register`: accounts that strangers make.

use serde_json::{Value, json};

use crate::harness::{Answer, Instance, Server};

const PATH: &str = "/api/auth/register";
const NAMES: &str = "/api/v2/auth/register";
/// The Ed25519 key of RFC 8410, 10.1.
const KEY: &str = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

fn open() -> (Instance, Server) {
    let instance = Instance::with("[users]\nregistration = 'open'");
    let server = instance.serve();
    (instance, server)
}

fn person(name: &str) -> Value {
    json!({ "username": name, "password": "hunter22" })
}

fn register_from(server: &Server, address: &str, body: &Value) -> Answer {
    let headers = [("Content-Type", "application/json"), ("X-Forwarded-For", address)];
    server.client().send("POST", PATH, &headers, body.to_string().as_bytes())
}

fn count(instance: &Instance) -> usize {
    instance.ok(&["user", "list"], "").lines().count()
}

#[test]
fn registration_is_closed_unless_it_is_opened() {
    for settings in ["", "[users]\nregistration = 'closed'", "[users]\nregistration = 'invite'"] {
        let instance = Instance::with(settings);
        let server = instance.serve();
        for body in [person("ada"), json!({}), json!({ "username": 7 })] {
            let answer = server.client().post(PATH, &body);
            assert_eq!(answer.failure(4, 403, PATH), "This service is disabled.", "{settings}");
            assert_eq!(answer.header("set-cookie"), None);
            server.client().post(NAMES, &body).named_failure("FORBIDDEN", 403);
        }
        assert_eq!(count(&instance), 0);
    }
}

#[test]
fn whoever_registers_is_logged_in() {
    let (_instance, server) = open();
    let body = json!({
        "username": "ada", "password": "hunter22", "email": "ada@b.example", "display": "Ada L.", "is_admin": true,
        "rank": 9, "tags": ["sys:admin"], "id": 77,
    });
    let answer = server.client().post(PATH, &body);
    let data = answer.data();
    let keys: Vec<_> = data.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["created_at", "expires", "token", "user"]);
    let user = &data["user"];
    assert_eq!(
        (&user["id"], &user["username"], &user["display"]),
        (&json!(1), &json!("ada"), &json!("Ada L."))
    );
    assert_eq!((&user["email"], &user["email_verified"]), (&json!("ada@b.example"), &json!(false)));
    assert_eq!(user["tags"], json!(["dft:can_self_edit", "dft:can_file_upload", "sys:unverified"]));
    assert_eq!(user["rank"], 0);
    assert_eq!(&server.client().me(&answer.token()).data(), user);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with(&format!("_uid={};", answer.token())) && cookie.contains("HttpOnly"),
        "{cookie}"
    );
    assert_eq!(
        &server.client().get("/api/users/@me", &[("Cookie", &answer.cookie())]).data(),
        user
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(server.client().log_in("ada", "hunter22").status, 200);
}

#[test]
fn the_display_name_is_the_username_where_there_is_none() {
    let (_instance, server) = open();
    let body = json!({ "username": "ada", "password": "hunter22", "email": null, "display": null, "public_key": null });
    let user = server.client().post(NAMES, &body).data()["user"].clone();
    assert_eq!((&user["display"], &user["email"]), (&json!("ada"), &Value::Null));
}

#[test]
fn each_field_has_its_rule() {
    let (instance, server) = open();
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
            let answer = server.client().post(PATH, &body);
            let message = answer.failure(5, 400, PATH);
            assert!(
                message.starts_with(&format!("Invalid field: {field}, must be ")),
                "{body}: {message}"
            );
            assert_eq!(answer.header("set-cookie"), None);
            server.client().post(NAMES, &body).named_failure("VALIDATION_ERROR", 422);
        }
    }
    for missing in ["username", "password"] {
        let mut body = person("ada");
        body[missing] = Value::Null;
        let message = server.client().post(PATH, &body).failure(5, 400, PATH);
        assert!(message.starts_with(&format!("Invalid field: {missing}, ")), "{message}");
    }
    assert_eq!(count(&instance), 0);
    assert_eq!(
        server.client().post(PATH, &person("ada")).status,
        200,
        "faults are not counted as accounts"
    );
}

#[test]
fn the_ends_of_every_rule_are_good() {
    let (_instance, server) = open();
    let email = format!("{}@b.example", "a".repeat(310));
    for (index, (username, password, display)) in [
        ("a.1", "ä".repeat(8), "ä".repeat(3)),
        ("-_.-9-_.-9-_.-9-", "🌙".repeat(128), "🌙".repeat(32)),
    ]
    .iter()
    .enumerate()
    {
        let mut body = json!({ "username": username, "password": password, "display": display });
        if index == 1 {
            body["email"] = email.clone().into();
        }
        let user = server.client().post(PATH, &body).data()["user"].clone();
        assert_eq!((&user["username"], &user["display"]), (&json!(username), &json!(display)));
        assert_eq!(server.client().log_in(*username, password).status, 200);
    }
}

#[test]
fn of_several_faults_the_first_in_the_contracts_order_is_reported() {
    let (_instance, server) = open();
    let order = ["username", "password", "email", "display", "public_key"];
    let mut body: Value = order.iter().rev().map(|field| ((*field).to_owned(), json!(7))).collect();
    for field in order {
        let message = server.client().post(PATH, &body).failure(5, 400, PATH);
        assert!(message.starts_with(&format!("Invalid field: {field},")), "{field}: {message}");
        body[field] = match field {
            "username" => json!("ada"),
            "password" => json!("hunter22"),
            _ => Value::Null,
        };
    }
}

#[test]
fn what_is_taken_is_refused() {
    let (instance, server) = open();
    let body = json!({ "username": "ada", "password": "hunter22", "email": "ada@b.example" });
    server.client().post(PATH, &body).data();
    let refused = server.client().post(PATH, &person("ada"));
    assert_eq!(refused.failure(6, 409, PATH), "User already exists with this username.");
    assert_eq!(refused.header("set-cookie"), None);
    let body = json!({ "username": "bob", "password": "hunter22", "email": "ADA@b.example" });
    assert_eq!(
        server.client().post(PATH, &body).failure(6, 409, PATH),
        "User already exists with this email."
    );
    server.client().post(NAMES, &person("ada")).named_failure("CONFLICT", 409);
    assert_eq!(count(&instance), 1);
}

#[test]
fn of_many_who_race_for_one_name_one_gets_it() {
    let (instance, server) = open();
    let one =
        |number: u32| register_from(&server, &format!("192.0.2.{number}"), &person("ada")).status;
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|number| scope.spawn(move || one(number))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!((statuses[0], statuses[1], statuses[7]), (200, 409, 409), "{statuses:?}");
    assert_eq!(count(&instance), 1);
}

#[test]
fn ten_accounts_come_from_one_address_and_then_no_more() {
    let (instance, server) = open();
    for number in 0..10 {
        register_from(&server, "192.0.2.1", &person(&format!("user{number}"))).data();
    }
    let refused = register_from(&server, "192.0.2.1", &person("ada"));
    let message = refused.failure(1001, 429, PATH);
    let seconds = refused.header("retry-after").unwrap();
    assert_eq!(message, format!("Too many attempts, try again in {seconds} seconds."));
    assert!(seconds.parse::<u32>().unwrap() > 0);
    // What the client says of itself before the proxy does counts for nothing.
    assert_eq!(register_from(&server, "198.51.100.7, 192.0.2.1", &person("ada")).status, 429);
    assert_eq!(count(&instance), 10);
    register_from(&server, "192.0.2.2", &person("ada")).data();
    // One subscriber has a whole network of version 6.
    for number in 0..10 {
        register_from(&server, &format!("2001:db8::{number}"), &person(&format!("six{number}")))
            .data();
    }
    assert_eq!(register_from(&server, "2001:db8::ffff", &person("bob")).status, 429);
    assert_eq!(register_from(&server, "2001:db8:0:1::1", &person("bob")).status, 200);
}

#[test]
fn the_clients_key_is_kept_with_its_session() {
    let (instance, server) = open();
    let body = json!({ "username": "ada", "password": "hunter22", "public_key": KEY });
    server.client().post(PATH, &body).data();
    let database = rusqlite::Connection::open(instance.path("nox.db")).unwrap();
    let query = "SELECT length(public_key), lower(hex(public_key_sha256)) FROM sessions";
    let kept: (u32, String) =
        database.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(
        kept,
        (44, "a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f".into())
    );
}

#[test]
fn another_sites_page_registers_nobody() {
    let (instance, server) = open();
    for header in [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")] {
        let headers = [("Content-Type", "application/json"), header];
        let body = person("ada").to_string();
        server.client().send("POST", PATH, &headers, body.as_bytes()).failure(8, 401, PATH);
    }
    assert_eq!(count(&instance), 0);
}

#[test]
fn while_it_is_closed_it_says_so_whatever_it_is_sent() {
    let instance = Instance::new();
    let server = instance.serve();
    let client = server.client();
    let json = ("Content-Type", "application/json");
    for (headers, body) in
        [(&[][..], &b""[..]), (&[json], b""), (&[json], b"{}"), (&[("Content-Type", "x/y")], b"x")]
    {
        client.send("POST", "/api/auth/register", headers, body).failure(
            4,
            403,
            "/api/auth/register",
        );
    }
}
