//! `POST` and `PATCH /api/users/@me`: what users change of themselves.

use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};

use crate::common::{Instance, Person, Server};

const ME: &str = "/api/users/@me";

fn serve() -> (Instance, Server, Person) {
    Person::at_home("")
}

/// Checks that each value is refused with the field's name, whichever way it is sent, and changes nothing.
#[track_caller]
fn assert_refused(field: &str, values: &[Value]) {
    let (_instance, _server, ada) = serve();
    let before = ada.get(ME).data();
    for value in values {
        let mut body = json!({ "bio": "must not be stored", field: value });
        if field == "password" {
            body["current_password"] = "hunter22".into();
        }
        let answers = [ada.post(ME, &body), ada.patch(ME, &body)];
        for answer in answers {
            let message = answer.failure(5, 400, ME);
            assert!(message.starts_with(&format!("Invalid field: {field}, must be ")), "{value}: {message}");
        }
        ada.post("/api/v2/users/@me", &body).named_failure("VALIDATION_ERROR", 422);
    }
    assert_eq!(ada.get(ME).data(), before);
}

fn texts<const N: usize>(texts: [&str; N]) -> [Value; N] {
    texts.map(Value::from)
}

#[test]
fn a_username_has_3_to_16_of_its_letters() {
    let values = ["", "ab", &"a".repeat(17), "123", "Ada", "a b", "adä", "a/b", "@me", "ada@x", "ada\u{0}", "ada\n"];
    assert_refused("username", &texts(values));
    assert_refused("username", &[json!(7), json!(true), json!(["ada"]), json!({})]);
}

#[test]
fn a_display_name_has_1_to_50_characters() {
    assert_refused("display", &texts(["", " ", &"ä".repeat(51), "Ada\n", "A\u{1b}[31m", "Ada\u{0}"]));
    assert_refused("display", &[json!(123), json!(false), json!(["Ada"])]);
}

#[test]
fn an_email_is_an_address_of_at_most_320_characters() {
    let long = format!("{}@b.example", "a".repeat(311));
    assert_refused("email", &texts(["nobody", "@b.example", "ada@", "a b@c.example", "a@b.example\n", &long]));
    assert_refused("email", &[json!(7), json!(["a@b.example"])]);
}

#[test]
fn a_new_password_has_as_many_characters_as_the_server_wants() {
    assert_refused("password", &texts(["", "hunter2", &"x".repeat(129)]));
    assert_refused("password", &[json!(12_345_678), json!(["hunter33"])]);
}

#[test]
fn a_bio_has_at_most_4096_characters() {
    assert_refused("bio", &texts([&"x".repeat(4097), &"ä".repeat(4097)]));
    assert_refused("bio", &[json!(7), json!(["x"])]);
}

#[test]
fn pictures_are_urls_of_the_web() {
    let long = format!("https://a.example/{}", "x".repeat(2031));
    let values = ["a.example", "javascript:alert(1)", "data:,x", "file:///etc", "ftp://a.example", "https://", &long];
    for field in ["thumbnail", "banner"] {
        assert_refused(field, &texts(values));
        assert_refused(field, &[json!(7), json!(["https://a.example"])]);
    }
}

#[test]
fn links_are_at_most_ten_urls() {
    assert_refused("links", &[json!(vec!["https://a.example"; 11]), json!("https://a.example"), json!([7]), json!({})]);
    assert_refused("links", &[json!([""]), json!(["a.example"]), json!(["https://a.example", "javascript:alert(1)"])]);
    assert_refused("links", &[json!([{ "label": "a" }]), json!([{ "value": 7 }]), json!([["https://a.example"]])]);
    let labelled = |label: Value| json!([{ "label": label, "value": "https://a.example" }]);
    assert_refused("links", &[labelled(json!("x".repeat(33))), labelled(json!(7)), labelled(json!("two\nlines"))]);
}

#[test]
fn a_pronoun_has_at_most_32_characters_and_an_avatar_100() {
    for (field, longest) in [("pronoun", 32), ("avatar", 100), ("presence_status", 128)] {
        assert_refused(field, &[json!("ä".repeat(longest + 1)), json!(7), json!(["x"]), json!({})]);
    }
}

#[test]
fn a_presence_is_a_status_that_clients_know() {
    assert_refused(
        "presence",
        &[json!("away"), json!("Online"), json!(1), json!(["busy"]), json!({ "status": "away" })],
    );
    let long = json!({ "status": "busy", "text": "x".repeat(129) });
    assert_refused("presence", &[json!({ "status": 1 }), json!({ "text": 1 }), long]);
}

#[test]
fn a_home_has_1_to_100_characters() {
    assert_refused("home", &texts([&"x".repeat(101)]));
    assert_refused("home", &[json!(7), json!(["x"])]);
}

#[test]
fn tags_of_ones_own_are_at_most_fifty_with_their_prefix() {
    for tag in ["", "usr:", "admin", "sys:admin", "dft:can_fly", "usr:A", "usr:a-b", "usr:a:b", "USR:a", "usr:a\n"] {
        assert_refused("tags", &[json!(["usr:good", tag])]);
    }
    let many: Vec<_> = (0..51).map(|number| format!("usr:t{number}")).collect();
    assert_refused("tags", &[json!(many), json!("usr:a"), json!([7])]);
}

#[test]
fn of_several_faults_the_first_in_the_contracts_order_is_reported() {
    let (_instance, _server, ada) = serve();
    let order = [
        "username",
        "email",
        "password",
        "display",
        "bio",
        "pronoun",
        "avatar",
        "presence",
        "presence_status",
        "thumbnail",
        "banner",
        "links",
        "home",
        "tags",
    ];
    let mut body: Value = order.iter().rev().map(|field| ((*field).to_owned(), json!(7))).collect();
    for field in order {
        let message = ada.post(ME, &body).failure(5, 400, ME);
        assert!(message.starts_with(&format!("Invalid field: {field},")), "{field}: {message}");
        body[field] = Value::Null;
    }
}

#[test]
fn good_values_are_stored_and_shown() {
    let (_instance, server, ada) = serve();
    let links = vec![format!("https://a.example/{}", "x".repeat(700)); 10];
    let tags: Vec<_> = (0..50).map(|number| format!("usr:t_{number}")).collect();
    let body = json!({
        "username": "a.b-c_1", "display": "ä".repeat(50), "email": "New@b.example", "bio": "🌙".repeat(4096),
        "links": links, "home": "ä".repeat(100), "tags": tags, "unknown": [{}], "rank": 9, "id": 7, "is_admin": true,
    });
    let changed = ada.post(ME, &body).data();
    for field in ["username", "display", "email", "bio", "links", "home"] {
        assert_eq!(changed[field], body[field], "{field}");
    }
    assert_eq!((&changed["id"], &changed["rank"], &changed["email_verified"]), (&json!(1), &json!(0), &json!(false)));
    let shown: Vec<_> = changed["tags"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(tags.iter().all(|tag| shown.contains(&tag.as_str())) && !shown.contains(&"sys:admin"), "{shown:?}");
    assert_eq!(ada.get(ME).data(), changed);
    assert_eq!(server.client().log_in("a.b-c_1", "hunter22").status, 200);
    server.client().log_in("ada", "hunter22").failure(2, 404, "/api/auth/login");
}

#[test]
fn ten_links_of_full_length_keep_the_rule() {
    let (_instance, _server, ada) = serve();
    let links = vec![format!("https://a.example/{}", "x".repeat(2030)); 10];
    assert_eq!(ada.post(ME, &json!({ "links": links })).data()["links"], json!(links));
}

#[test]
fn without_the_right_nothing_is_edited_and_no_tag_of_ones_own_gives_it() {
    let (instance, _server, ada) = Person::at_home("[users]\ndefault_tags = []");
    let edit = json!({ "bio": "mine", "tags": ["usr:can_self_edit"] });
    for own in ["usr:can_self_edit", "usr:can_self_edit,usr:dft,can_world_create", "can_self_edit_not"] {
        instance.ok(&["user", "set", "ada", "--tags", own], "");
        for answer in [ada.post(ME, &edit), ada.patch(ME, &edit)] {
            assert!(answer.failure(8, 401, ME).starts_with("You are not authorized to "));
        }
        ada.post("/api/v2/users/@me", &edit).named_failure("FORBIDDEN", 403);
        assert_eq!(ada.get(ME).data()["bio"], Value::Null);
    }
    instance.ok(&["user", "tag", "add", "ada", "can_self_edit"], "");
    assert_eq!(ada.post(ME, &edit).data()["bio"], "mine");
    instance.ok(&["user", "tag", "remove", "ada", "can_self_edit"], "");
    ada.post(ME, &edit).failure(8, 401, ME);
}

#[test]
fn ones_own_tags_replace_no_other_tags() {
    let (instance, _server, ada) = serve();
    instance.ok(&["user", "set", "ada", "--tags", "sys:moderator,usr:old"], "");
    let tags = ada.post(ME, &json!({ "tags": ["usr:new", "usr:new"] })).data()["tags"].clone();
    let tags: Vec<_> = tags.as_array().unwrap().iter().map(|tag| tag.as_str().unwrap()).collect();
    assert!(tags.contains(&"sys:moderator") && !tags.contains(&"usr:old"), "{tags:?}");
    assert_eq!(tags.iter().filter(|tag| **tag == "usr:new").count(), 1, "{tags:?}");
}

#[test]
fn an_edit_needs_a_session_and_by_cookie_a_page_of_ours() {
    let (_instance, server, ada) = serve();
    let body = json!({ "bio": "x" });
    server.client().post(ME, &body).failure(7, 401, ME);
    let cookie = server.client().log_in("ada", "hunter22").cookie();
    let headers = [("Cookie", cookie.as_str()), ("Content-Type", "application/json")];
    for origin in [&[][..], &[("Origin", "https://evil.example")]] {
        let headers = [&headers, origin].concat();
        server.client().send("POST", ME, &headers, body.to_string().as_bytes()).failure(8, 401, ME);
    }
    assert_eq!(ada.get(ME).data()["bio"], Value::Null);
    let own = format!("http://{}", server.address);
    let headers = [&headers[..], &[("Origin", &own)]].concat();
    assert_eq!(server.client().send("POST", ME, &headers, body.to_string().as_bytes()).data()["bio"], "x");
}

#[test]
fn of_two_users_who_race_for_one_name_one_gets_it() {
    let (instance, server, ada) = serve();
    instance.add_user("bob", "hunter22");
    let bob = Person::log_in(&server, "bob");
    for round in 0..5 {
        let body = json!({ "username": format!("wanted{round}") });
        let start = Barrier::new(2);
        let race = |person: &Person| {
            start.wait();
            person.post(ME, &body)
        };
        let answers = thread::scope(|scope| {
            let first = scope.spawn(|| race(&ada));
            let second = scope.spawn(|| race(&bob));
            [first.join().unwrap(), second.join().unwrap()]
        });
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!((won.len(), lost.len()), (1, 1));
        assert_eq!(lost[0].failure(6, 409, ME), "User already exists with this username.");
    }
}

#[test]
fn a_name_or_an_address_that_is_taken_is_refused() {
    let (instance, _server, ada) = serve();
    instance.ok(&["user", "add", "bob", "--email", "bob@b.example", "--password-stdin"], "hunter22");
    ada.post(ME, &json!({ "username": "bob" })).failure(6, 409, ME);
    ada.post(ME, &json!({ "email": "BOB@b.example", "bio": "x" })).failure(6, 409, ME);
    ada.post("/api/v2/users/@me", &json!({ "username": "bob" })).named_failure("CONFLICT", 409);
    assert_eq!((&ada.get(ME).data()["email"], &ada.get(ME).data()["bio"]), (&Value::Null, &Value::Null));
    assert_eq!(ada.post(ME, &json!({ "username": "ada" })).status, 200);
}
