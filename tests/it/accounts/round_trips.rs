//! Profile fields are stored and shown again in each form; `null` clears them.

use serde_json::{Value, json};

use crate::harness::{INVALID_FIELD, ME, TestApp};

const NAMES: &str = "/api/v2/users/@me";

fn link(label: &str, value: &str) -> Value {
    json!({ "label": label, "value": value })
}

#[test]
fn null_and_an_empty_text_clear_a_field_that_may_be_empty() {
    let app = TestApp::logged_in();
    let clearable = ["email", "bio", "home", "pronoun", "avatar", "thumbnail", "banner"];
    let filled = json!({
        "email": "a@b.example", "bio": "b", "home": "h@::", "pronoun": "she",
        "avatar": "robot@::", "display": "Ada", "tags": ["usr:x"],
        "thumbnail": "https://a.example/t.png", "banner": "https://a.example/b.png",
        "links": ["https://a.example"], "presence": { "status": "busy", "text": "Tea" },
    });
    for empty in [Value::Null, json!("")] {
        let mut full = app.ada.patch(ME, &filled).data();
        full.as_object_mut().unwrap().remove("message").unwrap();
        assert!(clearable.iter().all(|field| full[field].is_string()), "{full}");
        assert_eq!(app.ada.post(ME, &json!({})).data(), full);
        assert_eq!(app.ada.post_nothing(ME).data(), full, "no body is an empty one");
        let mut body: Value =
            clearable.iter().map(|field| ((*field).to_owned(), empty.clone())).collect();
        for list in ["links", "tags"] {
            body[list] = if empty.is_null() { Value::Null } else { json!([]) };
        }
        body["presence_status"] = empty;
        let cleared = app.ada.post(NAMES, &body).data();
        assert!(clearable.iter().all(|field| cleared[field].is_null()), "{cleared}");
        assert_eq!((&cleared["links"], &cleared["display"]), (&json!([]), &json!("Ada")));
        assert_eq!(cleared["presence"], json!({ "status": "busy", "text": null, "locations": [] }));
        assert!(!cleared["tags"].to_string().contains("usr:"), "{cleared}");
    }
    let nothing = json!({ "username": null, "display": null, "password": null });
    let before = app.ada.me();
    assert_eq!(app.ada.post(ME, &nothing).data(), before);
}

#[test]
fn link_labels_are_shown_in_the_dialect_of_names_and_default_to_the_url() {
    let app = TestApp::logged_in();
    let long = format!("https://long.example/{}", "x".repeat(100));
    let links = json!([
        link("My page", "https://a.example"), "https://b.example", link("", "https://c.example"),
        link(&long, &long), { "value": "https://d.example", "label": null },
        link(&"ä".repeat(32), "https://e.example"),
    ]);
    let values: Vec<_> = links
        .as_array()
        .unwrap()
        .iter()
        .map(|link| link.get("value").unwrap_or(link).clone())
        .collect();
    let labels = [
        "My page",
        "https://b.example",
        "https://c.example",
        &long,
        "https://d.example",
        &"ä".repeat(32),
    ];
    let expected: Vec<_> = labels
        .iter()
        .zip(&values)
        .map(|(label, value)| link(label, value.as_str().unwrap()))
        .collect();
    for path in [ME, NAMES] {
        app.ada.post(path, &json!({ "links": links })).data();
        for (path, expected) in [
            (ME, json!(values)),
            ("/api/v2/api/users/ada", json!(values)),
            (NAMES, json!(expected)),
            ("/api/v2/users/u:ada", json!(expected)),
        ] {
            assert_eq!(app.ada.get(path).data()["links"], expected, "{path}");
        }
        for (path, expected) in
            [("/api/users?id=1", json!(values)), ("/api/v2/users?id=1", json!(expected))]
        {
            assert_eq!(app.client().get(path, &[]).data()["items"][0]["links"], expected, "{path}");
        }
    }
}

#[test]
fn links_sent_back_as_shown_keep_their_labels() {
    let app = TestApp::logged_in();
    let labelled = [link("My page", "https://a.example"), link("", "https://b.example")];
    app.ada.patch(NAMES, &json!({ "links": labelled })).data();
    // A client may send back what it was shown, in either dialect; a label that equals the URL is
    // not stored.
    let shown = app.ada.get(NAMES).data()["links"].clone();
    assert_eq!(app.ada.patch(NAMES, &json!({ "links": shown })).data()["links"], shown);
    // The dialect of numbers has no labels, so what it sends back keeps those that are stored.
    app.ada.patch(ME, &json!({ "links": app.ada.me()["links"] })).data();
    assert_eq!(app.ada.get(NAMES).data()["links"], shown);
    for none in [json!({ "value": "https://a.example" }), link("", "https://a.example")] {
        app.ada.patch(NAMES, &json!({ "links": [none] })).data();
        let cleared = link("https://a.example", "https://a.example");
        assert_eq!(app.ada.get(NAMES).data()["links"], json!([cleared]));
        app.ada.patch(NAMES, &json!({ "links": [link("A", "https://a.example")] })).data();
    }
}

#[test]
fn presence_is_stored_in_each_form() {
    let app = TestApp::logged_in();
    let presence =
        |status: &str, text: Value| json!({ "status": status, "text": text, "locations": [] });
    for (body, status, text) in [
        (json!({ "presence": "dnd" }), "dnd", Value::Null),
        (json!({ "presence": { "status": "stream", "text": "Tea" } }), "stream", json!("Tea")),
        (json!({ "presence": "do_not_disturb" }), "do_not_disturb", json!("Tea")),
        (json!({ "presence_status": "Cake" }), "do_not_disturb", json!("Cake")),
        (json!({ "presence": { "text": "Pie" } }), "do_not_disturb", json!("Pie")),
        (
            json!({ "presence": { "status": "oja", "text": "x" }, "presence_status": "y" }),
            "oja",
            json!("y"),
        ),
        (json!({ "presence": presence("events", json!("z")) }), "events", json!("z")),
        (json!({ "presence": { "status": null } }), "online", json!("z")),
        (json!({ "presence": { "status": "idle", "text": null } }), "idle", Value::Null),
        (
            json!({ "presence": { "status": "ojf", "text": "ä".repeat(128) } }),
            "ojf",
            json!("ä".repeat(128)),
        ),
        (json!({ "presence": "" }), "online", Value::Null),
        (json!({ "presence": { "status": "dnd", "text": "Tea" } }), "dnd", json!("Tea")),
        (json!({ "presence": null }), "online", Value::Null),
    ] {
        let changed = app.ada.post(ME, &body).data();
        assert_eq!(changed["presence"], presence(status, text), "{body}");
        assert_eq!(app.ada.me(), changed);
        assert_eq!(app.client().get("/api/users/ada", &[]).data()["presence"], changed["presence"]);
    }
}

#[test]
fn every_status_is_stored_and_an_invisible_user_looks_offline_to_others() {
    let app = TestApp::logged_in();
    let all = "online busy dnd oja ojf stream offline idle events public online_join";
    for status in all.split(' ') {
        assert_eq!(
            app.ada.post(ME, &json!({ "presence": status })).data()["presence"]["status"],
            status
        );
    }
    assert_eq!(
        app.ada.post(ME, &json!({ "presence": "invisible" })).data()["presence"]["status"],
        "invisible"
    );
    assert_eq!(
        app.ada.get("/api/users/@me@localhost:53032").data()["presence"]["status"],
        "invisible"
    );
    for path in ["/api/users/ada", "/api/v2/users/1"] {
        assert_eq!(app.ada.get(path).data()["presence"]["status"], "offline", "{path}");
    }
    assert_eq!(app.ada.get("/api/users?q=ada").data()["users"][0]["presence"]["status"], "offline");
}

#[test]
fn two_colons_stand_for_the_server_itself() {
    let app = TestApp::logged_in();
    let changed = app.ada.post(ME, &json!({ "home": "7@::", "avatar": "robot@::" })).data();
    assert_eq!(
        (&changed["home"], &changed["avatar"]),
        (&json!("7@localhost:53032"), &json!("robot@localhost:53032"))
    );
    let changed =
        app.ada.post(ME, &json!({ "home": "7@elsewhere.example", "avatar": "::" })).data();
    assert_eq!(
        (&changed["home"], &changed["avatar"]),
        (&json!("7@elsewhere.example"), &json!("::"))
    );
    let longest =
        json!({ "pronoun": "ä".repeat(32), "avatar": "ä".repeat(100), "home": "ä".repeat(100) });
    let changed = app.ada.post(ME, &longest).data();
    assert!(
        longest.as_object().unwrap().iter().all(|(field, value)| changed[field] == *value),
        "{changed}"
    );
}

#[test]
fn tags_sent_back_as_shown_stay() {
    let app = TestApp::logged_in();
    app.instance.nox("user tag add ada sys:moderator can_world_create usr:given");
    let shown = app.ada.get(NAMES).data()["tags"].clone();
    assert_eq!(app.ada.post(NAMES, &json!({ "tags": shown })).data()["tags"], shown);
    // Tags that the user has but may not set are ignored.
    let tags = |tags: Value| {
        let shown = app.ada.post(ME, &json!({ "tags": tags })).data()["tags"].to_string();
        ["sys:moderator", "can_world_create", "usr:given", "usr:new"].map(|tag| shown.contains(tag))
    };
    assert_eq!(tags(json!(["usr:new"])), [true, true, false, true]);
    assert_eq!(
        tags(json!(["sys:moderator", "dft:can_self_edit", "usr:given"])),
        [true, true, true, false]
    );
    app.ada.post(ME, &json!({ "tags": ["sys:admin"] })).refused(INVALID_FIELD, ME);
    app.ada.post(ME, &json!({ "tags": ["usr:new", "dft:can_fly"] })).refused(INVALID_FIELD, ME);
    assert_eq!(tags(Value::Null), [true, true, false, false]);
}

#[test]
fn picture_url_sent_back_as_shown_keeps_the_upload() {
    let app = TestApp::logged_in();
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    let user = app
        .ada
        .send("POST", "/api/users/@me/thumbnail", &[("Content-Type", "image/png")], png)
        .data();
    let shown = &user["thumbnail"];
    assert!(shown.as_str().unwrap().contains("/api/users/1/thumbnail?t="), "{shown}");
    let own = [
        "http://localhost:53032/api/users/1/thumbnail?t=0",
        "HTTP://LOCALHOST:53032/api/users/1/thumbnail",
        "http://localhost:53032/api/users/1/thumbnail#top",
        "http://localhost:53032/api/x/../users/1/thumbnail",
        "http://localhost:53032/api/v2/users/1/thumbnail",
        "http://localhost:53032/api/v2/api/users/1/thumbnail?t=0",
        "https://localhost:53032/api/users/1/thumbnail",
        "http://localhost:53032/api/users/ada/thumbnail",
        "http://localhost:53032/api/users/ADA@localhost:53032/thumbnail",
        "http://localhost:53032/api/users/u:1/thumbnail",
        "http://localhost:53032/api/users/%40me/thumbnail",
    ];
    for url in own.map(Value::from).iter().chain([shown]) {
        assert_eq!(
            &app.ada.post(ME, &json!({ "thumbnail": url, "bio": "x" })).data()["thumbnail"],
            shown,
            "{url}"
        );
    }
    assert_eq!(app.client().get("/api/users/1/thumbnail", &[]).status, 200);
}
