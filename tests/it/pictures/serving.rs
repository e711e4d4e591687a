//! Pictures as they are served.

use serde_json::{Value, json};

use super::uploads::{GIF, ME, OWN, PATH, PNG, content_at, serve, sha256sum, upload};

#[test]
fn a_picture_is_found_by_every_form_of_selector() {
    let (_instance, server, ada) = serve();
    upload(&ada, OWN, PNG).data();
    for selector in ["1", "ada", "ADA", "u:1", "u:1@localhost:53032", "ada@localhost:53032"] {
        for prefix in ["/api", "/api/v2", "/api/v2/api"] {
            assert_eq!(
                content_at(&server, &format!("{prefix}/users/{selector}/thumbnail")),
                PNG,
                "{selector}"
            );
        }
    }
}

#[test]
fn ones_own_picture_is_found_by_every_form_of_me() {
    let (_instance, server, ada) = serve();
    upload(&ada, OWN, PNG).data();
    for own in ["@me", "%40me", "@me@localhost:53032"] {
        let path = format!("/api/users/{own}/thumbnail");
        server.client().get(&path, &[]).failure(7, 401, &path);
        assert_eq!(ada.get(&path).header("content-type"), Some("image/png"), "{own}");
    }
}

#[test]
fn thumbnail_and_banner_are_two_pictures_and_the_user_shows_where_they_are() {
    let (instance, server, ada) = serve();
    upload(&ada, OWN, PNG).data();
    let user = upload(&ada, "/api/users/@me/banner", GIF).data();
    for (kind, content) in [("thumbnail", PNG), ("banner", GIF)] {
        let path = format!("/api/users/1/{kind}?t={}", &sha256sum(&instance, content)[..16]);
        assert_eq!(user[kind], format!("http://localhost:53032{path}"));
        assert_eq!(content_at(&server, &path), content);
    }
    assert_eq!(user["url"], user["banner"]);
    let others = server.client().get("/api/v2/users/ada", &[]).data();
    assert_eq!((&others["thumbnail"], &others["banner"]), (&user["thumbnail"], &user["banner"]));
}

#[test]
fn whoever_has_the_picture_gets_a_304_until_it_is_another() {
    let (_instance, server, ada) = serve();
    upload(&ada, OWN, PNG).data();
    let tag = server.client().get(PATH, &[]).header("etag").unwrap().to_owned();
    for sent in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".into()] {
        let answer = server.client().get(PATH, &[("If-None-Match", &sent)]);
        assert_eq!((answer.status, answer.text.as_str()), (304, ""), "{sent}");
        assert_eq!(answer.header("etag"), Some(tag.as_str()));
    }
    assert_eq!(server.client().get(PATH, &[("If-None-Match", "\"x\"")]).status, 200);
    upload(&ada, OWN, GIF).data();
    let answer = server.client().get(PATH, &[("If-None-Match", &tag)]);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/gif")));
    assert_ne!(answer.header("etag"), Some(tag.as_str()));
}

#[test]
fn ones_own_picture_is_kept_in_no_shared_cache() {
    let (_instance, _server, ada) = serve();
    upload(&ada, OWN, PNG).data();
    // Somebody else's answer from the same path is another picture.
    let answer = ada.get(OWN);
    assert!(!answer.header("cache-control").unwrap().contains("public"), "{:?}", answer.headers);
}

#[test]
fn a_url_is_answered_by_where_it_leads_and_replaces_the_upload() {
    let (instance, server, ada) = serve();
    upload(&ada, OWN, PNG).data();
    let url = "https://pictures.example/ada.png?x=1";
    let user = ada.post(ME, &json!({ "thumbnail": url })).data();
    assert_eq!(user["thumbnail"], "http://localhost:53032/api/users/1/thumbnail");
    for answer in [server.client().get(PATH, &[]), ada.get(OWN)] {
        assert_eq!((answer.status, answer.header("location")), (302, Some(url)));
    }
    let database = rusqlite::Connection::open(instance.path("nox.db")).unwrap();
    let kept: u32 =
        database.query_row("SELECT count(*) FROM pictures", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 0);
    upload(&ada, OWN, GIF).data();
    assert_eq!(content_at(&server, PATH), GIF);
    assert_eq!(ada.post(ME, &json!({ "thumbnail": "" })).data()["thumbnail"], Value::Null);
    server.client().get(PATH, &[]).failure(3, 404, PATH);
}

#[test]
fn a_url_with_other_letters_leads_on_in_ascii() {
    let (_instance, server, ada) = serve();
    ada.post(ME, &json!({ "thumbnail": "https://pictures.example/ä.png" })).data();
    let location = server.client().get(PATH, &[]).headers["location"].clone();
    assert_eq!(location.as_bytes(), b"https://pictures.example/%C3%A4.png");
}

#[test]
fn a_profile_that_is_sent_back_as_it_was_shown_keeps_its_picture() {
    let (_instance, server, ada) = serve();
    let shown = upload(&ada, OWN, PNG).data();
    ada.post(ME, &json!({ "thumbnail": shown["thumbnail"], "bio": "x" }));
    let answer = server.client().get(PATH, &[]);
    assert_eq!(answer.status, 200, "{:?}", answer.header("location"));
}

#[test]
fn where_there_is_no_picture_or_nobody_it_is_not_found() {
    let (_instance, server, ada) = serve();
    for (kind, message) in [("thumbnail", "Thumbnail not found."), ("banner", "Banner not found.")]
    {
        for whose in ["1", "@me"] {
            let path = format!("/api/users/{whose}/{kind}");
            assert_eq!(ada.get(&path).failure(3, 404, &path), message);
        }
        let path = format!("/api/users/nobody/{kind}");
        server.client().get(&path, &[]).failure(2, 404, &path);
        server
            .client()
            .get(&format!("/api/v2/users/1/{kind}"), &[])
            .named_failure("NOT_FOUND", 404);
    }
}
