//! Pictures as they are served.

use serde_json::{Value, json};

use super::uploads::{OWN, PATH, content_at, upload};

use crate::harness::{GIF, ME, NOT_FOUND, NOT_LOGGED, PNG, TestApp, USER_NOT_FOUND, sha256sum};

#[test]
fn picture_is_found_by_every_selector() {
    let app = TestApp::logged_in();
    upload(&app.ada, OWN, PNG).data();
    for selector in ["1", "ada", "ADA", "u:1", "u:1@localhost:53032", "ada@localhost:53032"] {
        for prefix in ["/api", "/api/v2", "/api/v2/api"] {
            assert_eq!(
                content_at(&app, &format!("{prefix}/users/{selector}/thumbnail")),
                PNG,
                "{selector}"
            );
        }
    }
}

#[test]
fn own_picture_is_found_by_every_form_of_me() {
    let app = TestApp::logged_in();
    upload(&app.ada, OWN, PNG).data();
    for own in ["@me", "%40me", "@me@localhost:53032"] {
        let path = format!("/api/users/{own}/thumbnail");
        app.client().get(&path, &[]).refused(NOT_LOGGED, &path);
        assert_eq!(app.ada.get(&path).header("content-type"), Some("image/png"), "{own}");
    }
}

#[test]
fn thumbnail_and_banner_are_two_pictures_with_urls_in_the_profile() {
    let app = TestApp::logged_in();
    upload(&app.ada, OWN, PNG).data();
    let user = upload(&app.ada, "/api/users/@me/banner", GIF).data();
    for (kind, content) in [("thumbnail", PNG), ("banner", GIF)] {
        let path = format!("/api/users/1/{kind}?t={}", &sha256sum(content)[..16]);
        assert_eq!(user[kind], format!("http://localhost:53032{path}"));
        assert_eq!(content_at(&app, &path), content);
    }
    assert_eq!(user["url"], user["banner"]);
    let others = app.client().get("/api/v2/users/ada", &[]).data();
    assert_eq!((&others["thumbnail"], &others["banner"]), (&user["thumbnail"], &user["banner"]));
}

#[test]
fn cached_picture_is_304_until_it_changes() {
    let app = TestApp::logged_in();
    upload(&app.ada, OWN, PNG).data();
    let tag = app.client().get(PATH, &[]).header("etag").unwrap().to_owned();
    for sent in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".into()] {
        let answer = app.client().get(PATH, &[("If-None-Match", &sent)]);
        assert_eq!((answer.status, answer.text.as_str()), (304, ""), "{sent}");
        assert_eq!(answer.header("etag"), Some(tag.as_str()));
    }
    assert_eq!(app.client().get(PATH, &[("If-None-Match", "\"x\"")]).status, 200);
    upload(&app.ada, OWN, GIF).data();
    let answer = app.client().get(PATH, &[("If-None-Match", &tag)]);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/gif")));
    assert_ne!(answer.header("etag"), Some(tag.as_str()));
}

#[test]
fn own_picture_is_kept_in_no_shared_cache() {
    let app = TestApp::logged_in();
    upload(&app.ada, OWN, PNG).data();
    // The same path answers another picture to another user.
    let answer = app.ada.get(OWN);
    assert!(!answer.header("cache-control").unwrap().contains("public"), "{:?}", answer.headers);
}

#[test]
fn picture_url_redirects_and_replaces_the_upload() {
    let app = TestApp::logged_in();
    upload(&app.ada, OWN, PNG).data();
    let url = "https://pictures.example/ada.png?x=1";
    let user = app.ada.post(ME, &json!({ "thumbnail": url })).data();
    assert_eq!(user["thumbnail"], "http://localhost:53032/api/users/1/thumbnail");
    for answer in [app.client().get(PATH, &[]), app.ada.get(OWN)] {
        assert_eq!((answer.status, answer.header("location")), (302, Some(url)));
    }
    let database = app.instance.database();
    let kept: u32 =
        database.query_row("SELECT count(*) FROM pictures", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 0);
    upload(&app.ada, OWN, GIF).data();
    assert_eq!(content_at(&app, PATH), GIF);
    assert_eq!(app.ada.post(ME, &json!({ "thumbnail": "" })).data()["thumbnail"], Value::Null);
    app.client().get(PATH, &[]).refused(NOT_FOUND, PATH);
}

#[test]
fn picture_url_with_other_characters_redirects_in_ascii() {
    let app = TestApp::logged_in();
    app.ada.post(ME, &json!({ "thumbnail": "https://pictures.example/ä.png" })).data();
    let location = app.client().get(PATH, &[]).headers["location"].clone();
    assert_eq!(location.as_bytes(), b"https://pictures.example/%C3%A4.png");
}

#[test]
fn profile_sent_back_as_shown_keeps_its_picture() {
    let app = TestApp::logged_in();
    let shown = upload(&app.ada, OWN, PNG).data();
    app.ada.post(ME, &json!({ "thumbnail": shown["thumbnail"], "bio": "x" }));
    let answer = app.client().get(PATH, &[]);
    assert_eq!(answer.status, 200, "{:?}", answer.header("location"));
}

#[test]
fn missing_picture_or_user_is_not_found() {
    let app = TestApp::logged_in();
    for (kind, message) in [("thumbnail", "Thumbnail not found."), ("banner", "Banner not found.")]
    {
        for whose in ["1", "@me"] {
            let path = format!("/api/users/{whose}/{kind}");
            assert_eq!(app.ada.get(&path).refused(NOT_FOUND, &path), message);
        }
        let path = format!("/api/users/nobody/{kind}");
        app.client().get(&path, &[]).refused(USER_NOT_FOUND, &path);
        app.client().get(&format!("/api/v2/users/1/{kind}"), &[]).refused_as("NOT_FOUND", 404);
    }
}
