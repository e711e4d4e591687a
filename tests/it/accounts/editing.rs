//! `POST /api/users/@me`: stored values, rights, and taken names.

use serde_json::{Value, json};

use crate::harness::{
    ALREADY_EXISTS, JSON, LOGIN, ME, NOT_LOGGED, TestApp, UNAUTHORIZED, USER_NOT_FOUND, at_once,
};

#[test]
fn good_values_are_stored_and_shown() {
    let app = TestApp::logged_in();
    let links = vec![format!("https://a.example/{}", "x".repeat(700)); 10];
    let tags: Vec<_> = (0..50).map(|number| format!("usr:t_{number}")).collect();
    let body = json!({
        "username": "a.b-c_1", "display": "ä".repeat(50), "email": "New@b.example",
        "bio": "🌙".repeat(4096), "links": links, "home": "ä".repeat(100), "tags": tags,
        "unknown": [{}], "rank": 9, "id": 7, "is_admin": true,
    });
    let mut changed = app.ada.post(ME, &body).data();
    let message = changed.as_object_mut().unwrap().remove("message").unwrap();
    assert!(message.is_string(), "it says what became of the link for the new address");
    for field in ["username", "display", "email", "bio", "links", "home"] {
        assert_eq!(changed[field], body[field], "{field}");
    }
    assert_eq!(
        (&changed["id"], &changed["rank"], &changed["email_verified"]),
        (&json!(1), &json!(0), &json!(false))
    );
    let shown: Vec<_> =
        changed["tags"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(
        tags.iter().all(|tag| shown.contains(&tag.as_str())) && !shown.contains(&"sys:admin"),
        "{shown:?}"
    );
    assert_eq!(app.ada.me(), changed);
    assert_eq!(app.client().log_in("a.b-c_1", "hunter22").status, 200);
    app.try_password().refused(USER_NOT_FOUND, LOGIN);
}

#[test]
fn ten_links_of_full_length_keep_the_rule() {
    let app = TestApp::logged_in();
    let links = vec![format!("https://a.example/{}", "x".repeat(2030)); 10];
    assert_eq!(app.ada.post(ME, &json!({ "links": links })).data()["links"], json!(links));
}

#[test]
fn edit_without_the_right_is_refused_and_own_tags_do_not_grant_it() {
    let app = TestApp::with("[users]\ndefault_tags = []").session().serve();
    let edit = json!({ "bio": "mine", "tags": ["usr:can_self_edit"] });
    for own in
        ["usr:can_self_edit", "usr:can_self_edit,usr:dft,can_world_create", "can_self_edit_not"]
    {
        app.nox(&format!("user set ada --tags {own}"));
        for answer in [app.ada.post(ME, &edit), app.ada.patch(ME, &edit)] {
            assert!(answer.refused(UNAUTHORIZED, ME).starts_with("You are not authorized to "));
        }
        app.ada.post("/api/v2/users/@me", &edit).refused_as("FORBIDDEN", 403);
        assert_eq!(app.ada.me()["bio"], Value::Null);
    }
    app.nox("user tag add ada can_self_edit");
    assert_eq!(app.ada.post(ME, &edit).data()["bio"], "mine");
    app.nox("user tag remove ada can_self_edit");
    app.ada.post(ME, &edit).refused(UNAUTHORIZED, ME);
}

#[test]
fn own_tags_replace_no_tags_of_the_operator() {
    let app = TestApp::logged_in();
    app.nox("user set ada --tags sys:moderator,usr:old");
    let tags = app.ada.post(ME, &json!({ "tags": ["usr:new", "usr:new"] })).data()["tags"].clone();
    let tags: Vec<_> = tags.as_array().unwrap().iter().map(|tag| tag.as_str().unwrap()).collect();
    assert!(tags.contains(&"sys:moderator") && !tags.contains(&"usr:old"), "{tags:?}");
    assert_eq!(tags.iter().filter(|tag| **tag == "usr:new").count(), 1, "{tags:?}");
}

#[test]
fn edit_needs_a_session_and_by_cookie_the_servers_own_origin() {
    let app = TestApp::logged_in();
    let body = json!({ "bio": "x" });
    app.client().post(ME, &body).refused(NOT_LOGGED, ME);
    let cookie = app.try_password().cookie();
    let headers = [("Cookie", cookie.as_str()), JSON];
    for origin in [&[][..], &[("Origin", "https://evil.example")]] {
        let headers = [&headers, origin].concat();
        app.client()
            .send("POST", ME, &headers, body.to_string().as_bytes())
            .refused(UNAUTHORIZED, ME);
    }
    assert_eq!(app.ada.me()["bio"], Value::Null);
    let own = format!("http://{}", app.server.address);
    let headers = [&headers[..], &[("Origin", &own)]].concat();
    assert_eq!(
        app.client().send("POST", ME, &headers, body.to_string().as_bytes()).data()["bio"],
        "x"
    );
}

#[test]
fn username_wanted_by_two_users_at_once_goes_to_one() {
    let app = TestApp::builder().user("bob").session().serve();
    let users = [app.ada.clone(), app.log_in("bob")];
    for round in 0..5 {
        let body = json!({ "username": format!("wanted{round}") });
        let answers = at_once(2, |number| users[number].post(ME, &body));
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!((won.len(), lost.len()), (1, 1));
        assert_eq!(lost[0].refused(ALREADY_EXISTS, ME), "User already exists with this username.");
    }
}

#[test]
fn taken_username_or_address_is_refused() {
    let app = TestApp::logged_in();
    app.instance
        .ok(&["user", "add", "bob", "--email", "bob@b.example", "--password-stdin"], "hunter22");
    app.ada.post(ME, &json!({ "username": "bob" })).refused(ALREADY_EXISTS, ME);
    app.ada.post(ME, &json!({ "email": "BOB@b.example", "bio": "x" })).refused(ALREADY_EXISTS, ME);
    app.ada.post("/api/v2/users/@me", &json!({ "username": "bob" })).refused_as("CONFLICT", 409);
    let me = app.ada.me();
    assert_eq!((&me["email"], &me["bio"]), (&Value::Null, &Value::Null));
    assert_eq!(app.ada.post(ME, &json!({ "username": "ada" })).status, 200);
}
