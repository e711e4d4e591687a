//! `POST` and `PATCH /api/users/@me`: the rule of each field.

use serde_json::{Value, json};

use crate::harness::{ME, TestApp};

/// Checks that each value is refused by the name of the field, by either method, and changes
/// nothing.
#[track_caller]
fn assert_refused(field: &str, values: &[Value]) {
    let app = TestApp::logged_in();
    let before = app.ada.me();
    for value in values {
        let mut body = json!({ "bio": "must not be stored", field: value });
        if field == "password" {
            body["current_password"] = "hunter22".into();
        }
        let answers = [app.ada.post(ME, &body), app.ada.patch(ME, &body)];
        for answer in answers {
            let clause = answer.refused_field(field, ME);
            assert!(clause.starts_with("must be "), "{value}: {clause}");
        }
        app.ada.post("/api/v2/users/@me", &body).refused_as("VALIDATION_ERROR", 422);
    }
    assert_eq!(app.ada.me(), before);
}

fn texts<const N: usize>(texts: [&str; N]) -> [Value; N] {
    texts.map(Value::from)
}

#[test]
fn username_has_3_to_16_characters_of_its_alphabet() {
    let values = [
        "",
        "ab",
        &"a".repeat(17),
        "123",
        "Ada",
        "a b",
        "adä",
        "a/b",
        "@me",
        "ada@x",
        "ada\u{0}",
        "ada\n",
    ];
    assert_refused("username", &texts(values));
    assert_refused("username", &[json!(7), json!(true), json!(["ada"]), json!({})]);
}

#[test]
fn display_name_has_1_to_50_characters() {
    assert_refused(
        "display",
        &texts(["", " ", &"ä".repeat(51), "Ada\n", "A\u{1b}[31m", "Ada\u{0}"]),
    );
    assert_refused("display", &[json!(123), json!(false), json!(["Ada"])]);
}

#[test]
fn email_is_an_address_of_at_most_320_characters() {
    let long = format!("{}@b.example", "a".repeat(311));
    assert_refused("email", &texts(["nobody", "@b.example", "ada@", "a b@c.example", &long]));
    assert_refused("email", &[json!(7), json!(["a@b.example"])]);
}

#[test]
fn new_password_has_as_many_characters_as_the_server_wants() {
    assert_refused("password", &texts(["", "hunter2", &"x".repeat(129)]));
    assert_refused("password", &[json!(12_345_678), json!(["hunter33"])]);
}

#[test]
fn bio_has_at_most_4096_characters() {
    assert_refused("bio", &texts([&"x".repeat(4097), &"ä".repeat(4097)]));
    assert_refused("bio", &[json!(7), json!(["x"])]);
}

#[test]
fn picture_is_a_url_of_http_or_https() {
    let long = format!("https://a.example/{}", "x".repeat(2031));
    let values = [
        "a.example",
        "javascript:alert(1)",
        "data:,x",
        "file:///etc",
        "ftp://a.example",
        "https://",
        &long,
    ];
    for field in ["thumbnail", "banner"] {
        assert_refused(field, &texts(values));
        assert_refused(field, &[json!(7), json!(["https://a.example"])]);
    }
}

#[test]
fn links_are_at_most_ten_urls() {
    assert_refused(
        "links",
        &[json!(vec!["https://a.example"; 11]), json!("https://a.example"), json!([7]), json!({})],
    );
    assert_refused(
        "links",
        &[json!([""]), json!(["a.example"]), json!(["https://a.example", "javascript:alert(1)"])],
    );
    assert_refused(
        "links",
        &[json!([{ "label": "a" }]), json!([{ "value": 7 }]), json!([["https://a.example"]])],
    );
    let labelled = |label: Value| json!([{ "label": label, "value": "https://a.example" }]);
    assert_refused(
        "links",
        &[labelled(json!("x".repeat(33))), labelled(json!(7)), labelled(json!("two\nlines"))],
    );
}

#[test]
fn pronoun_has_at_most_32_characters_and_an_avatar_100() {
    for (field, longest) in [("pronoun", 32), ("avatar", 100), ("presence_status", 128)] {
        let long = json!("ä".repeat(longest + 1));
        assert_refused(field, &[long, json!(7), json!(["x"]), json!({})]);
    }
}

#[test]
fn presence_is_a_status_that_clients_know() {
    assert_refused(
        "presence",
        &[json!("away"), json!("Online"), json!(1), json!(["busy"]), json!({ "status": "away" })],
    );
    let long = json!({ "status": "busy", "text": "x".repeat(129) });
    assert_refused("presence", &[json!({ "status": 1 }), json!({ "text": 1 }), long]);
}

#[test]
fn home_has_1_to_100_characters() {
    assert_refused("home", &texts([&"x".repeat(101)]));
    assert_refused("home", &[json!(7), json!(["x"])]);
}

#[test]
fn own_tags_are_at_most_fifty_with_their_prefix() {
    for tag in [
        "",
        "usr:",
        "admin",
        "sys:admin",
        "dft:can_fly",
        "usr:A",
        "usr:a-b",
        "usr:a:b",
        "USR:a",
        "usr:a\n",
    ] {
        assert_refused("tags", &[json!(["usr:good", tag])]);
    }
    let many: Vec<_> = (0..51).map(|number| format!("usr:t{number}")).collect();
    assert_refused("tags", &[json!(many), json!("usr:a"), json!([7])]);
}

#[test]
fn edit_with_several_faults_reports_the_first_in_contract_order() {
    let app = TestApp::logged_in();
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
        app.ada.post(ME, &body).refused_field(field, ME);
        body[field] = Value::Null;
    }
}
