//! A page of an origin that is not configured: it reads public answers alone.

use super::browser::Browser;
use super::documents::{Configs, ServerFacts};
use super::lists::Found;
use super::request::Request;
use super::unity_2026::discovery::{NodeInfo, NodeInfoLinks, Nox};
use super::user::{Link, OwnUser, PublicUser};
use super::{FRONT, data, decode, serve};
use crate::harness::{PNG, TestApp, User};

const STRANGER: &str = "https://elsewhere.example";

/// Gives `bob` a picture.
fn upload_picture(app: &TestApp, bob: &User) {
    let upload = Request::post("/api/users/@me/thumbnail").with("authorization", bob.bearer());
    assert_eq!(upload.form(PNG).send(&app.client()).status, 200);
}

#[test]
fn page_of_another_origin_reads_what_is_public() {
    let app = serve();
    upload_picture(&app, &app.log_in("bob"));
    let mut page = Browser::at(&app.server, STRANGER);
    decode::<Nox>(&page.fetch(Request::get("/.well-known/nox")), 200);
    decode::<NodeInfoLinks>(&page.fetch(Request::get("/.well-known/nodeinfo")), 200);
    for path in ["/nodeinfo/2.1", "/api/nodeinfo/2.1", "/api/v2/nodeinfo/2.1"] {
        decode::<NodeInfo>(&page.fetch(Request::get(path)), 200);
    }
    let found = page.fetch(Request::get("/.well-known/webfinger?resource=acct:ada@nox.example"));
    assert!(
        found.status == 200 && found.json()["subject"] == "acct:ada@nox.example",
        "{}",
        found.text
    );
    for dialect in ["/api", "/api/v2"] {
        // With a header that asks for a preflight.
        let ask = |path: &str| {
            Request::get(format!("{dialect}/{path}")).with("content-type", "application/json")
        };
        data::<Configs>(&page.fetch(ask("configs"))).are_true();
        data::<ServerFacts>(&page.fetch(ask("server"))).is_ours();
    }
    let bob: PublicUser<Link> = data(&page.fetch(Request::get("/api/v2/users/u:2@nox.example")));
    let bob_in_numbers: PublicUser<String> = data(&page.fetch(Request::get("/api/users/bob")));
    assert_eq!(bob.thumbnail, bob_in_numbers.thumbnail);
    let picture = page.fetch(Request::get(super::path_of(bob.thumbnail.text().unwrap())));
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/png")));
    assert_eq!(picture.header("access-control-allow-origin"), Some("*"));
}

#[test]
fn page_of_another_origin_reads_no_session_and_gets_no_cookie() {
    let app = serve();
    let bob = app.log_in("bob");
    upload_picture(&app, &bob);
    let bearer = bob.bearer();
    let mut page = Browser::at(&app.server, STRANGER);
    for request in [
        Request::get("/api/users/@me").with("authorization", &bearer),
        Request::get("/api/v2/users/@me").with("authorization", &bearer),
        // Its path is that of a public user.
        Request::get("/api/v2/users/@me@nox.example").with("authorization", &bearer),
        Request::get("/api/v2/users/@me/thumbnail").with("authorization", &bearer),
        Request::get("/api/v2/users/@me/sessions"),
        Request::get("/api/v2/users?q=bo"),
        Request::post("/api/v2/auth/login").json(&serde_json::json!({})),
        Request::post("/api/auth/logout"),
        Request::delete("/api/users/@me"),
    ] {
        assert!(page.try_fetch(request.clone()).is_err(), "{} {}", request.method, request.path);
    }
    let mut page = page.with_credentials();
    assert!(page.try_fetch(Request::get("/api/configs")).is_err(), "with credentials");
}

#[test]
fn answers_that_differ_by_origin_vary_and_name_a_configured_front() {
    let app = serve();
    let bob = app.log_in("bob");
    upload_picture(&app, &bob);
    let bearer = bob.bearer();
    let mut front = Browser::at(&app.server, FRONT);
    for path in ["/api/v2/configs", "/api/v2/users/2", "/.well-known/nox", "/api/v2/users/@me"] {
        let answer = front.fetch(Request::get(path).with("authorization", &bearer));
        assert_eq!(answer.header("access-control-allow-origin"), Some(FRONT), "{path}");
        let varies = answer
            .headers
            .get_all("vary")
            .iter()
            .any(|value| value.to_str().unwrap().contains("Origin"));
        assert!(varies, "{path}: {:?}", answer.headers);
    }
    data::<OwnUser<Link>>(
        &front.fetch(Request::get("/api/v2/users/@me").with("authorization", &bearer)),
    );
    data::<Found<Link>>(&front.fetch(Request::get("/api/v2/users?q=bo")));
}
