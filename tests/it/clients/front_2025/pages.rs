//! What the pages of the front of 2025 ask for after a login.

use serde_json::json;

use super::{Front, LoggedIn};
use crate::clients::documents::{Configs, ServerFacts};
use crate::clients::envelope::{Done, Revoked};
use crate::clients::lists::{Found, OpenSession, Relations, SessionList};
use crate::clients::request::Request;
use crate::clients::user::{OwnUser, Pictured, PublicUser};
use crate::clients::values::Nullable;
use crate::clients::{data, path_of, serve, serve_with};
use crate::harness::{PASSWORD, PNG, Wire};

#[test]
fn front_2025_shows_sessions_also_without_a_user_agent() {
    let app = serve();
    // It says nothing of itself.
    assert_eq!(Wire::logging_in(&app.server, "bob", PASSWORD).status(), 200);
    let mut front = Front::open(&app);
    front.enter("bob", None);
    let list: SessionList = front.get("users/@me/sessions?limit=10&offset=0");
    assert_eq!((list.total, list.limit, list.offset, list.sessions.len()), (2, 10, 0, 2));
    let current: OpenSession = front.get("users/@me/session");
    assert_eq!((&current.id, current.current, current.active), (&list.current().id, true, true));
    assert_eq!(current.expires, current.expires_at);
    let other = list.sessions.iter().find(|session| !session.current).unwrap();
    assert_eq!((other.devices[0].user_agent.as_str(), other.public_key.0.len()), ("", 0));

    let one = format!("users/@me/sessions/{}", other.id);
    assert_eq!(front.get::<OpenSession>(&one).id, other.id);
    let none: SessionList = front.get("users/@me/sessions?limit=0");
    assert_eq!((none.total, none.limit, none.sessions.len()), (2, 0, 0));
    let ended: Revoked = data(&front.call(Request::delete(one.as_str())));
    assert!(ended.success && !ended.logout);
    front.refused(Request::get(one), 15, 404);
    let own = format!("users/@me/sessions/{}", current.id);
    let ended: Revoked = data(&front.call(Request::delete(own)));
    assert!(ended.success && ended.logout);
    front.refused(Request::get("users/@me/session"), 7, 401);
}

#[test]
fn front_2025_shows_people_with_empty_relations() {
    let app = serve();
    let mut front = Front::open(&app);
    front.enter("bob", None);
    for path in ["relations/@me/followers", "relations/@me/following?limit=20&offset=5"] {
        let list: Relations<String> = front.get(path);
        assert!(list.items.is_empty() && list.count == 0 && list.total == 0, "{list:?}");
    }
    let page: Relations<String> = front.get("relations/@me/following?limit=1000&offset=5");
    assert_eq!((page.limit, page.offset), (100, 5));
    let ada: PublicUser<String> = front.get("users/ada");
    ada.is(1, "ada");
    let found: Found<String> = front.get("users?query=ad");
    assert_eq!(found.names(), ["ada"]);
    front.get::<ServerFacts>("server").is_ours();
    front.get::<Configs>("configs").are_true();
    front.refused(Request::get("users/nobody"), 2, 404);
    front.refused(Request::get("worlds"), 1, 501);
}

#[test]
fn front_2025_changes_a_profile() {
    let app = serve();
    let mut front = Front::open(&app);
    front.enter("bob", None);
    let wanted = json!({
        "display": "Bob B.", "bio": "Builds.", "links": ["https://bob.example/"],
        "pronoun": "he/him",
        "thumbnail": "https://bob.example/me.png", "tags": ["usr:builder"],
    });
    let bob: OwnUser<String> = front.post("users/@me", &wanted);
    assert_eq!(bob, front.get("users/@me"));
    let shown =
        (bob.public.display.as_str(), bob.public.pronoun.text(), bob.public.links.as_slice());
    assert_eq!(shown, ("Bob B.", Some("he/him"), &["https://bob.example/".into()][..]));
    // Without a body, or with an empty one, nothing changes.
    for request in [Request::post("users/@me"), Request::post("users/@me").json(&json!({}))] {
        assert_eq!(bob, data(&front.call(request)));
    }
    let pictured: Pictured<String> = data(&front.call(Request::post("users/@me/banner").form(PNG)));
    assert_eq!(pictured.user.public.banner, Nullable(Some(pictured.url.clone())));
    assert_eq!(front.browser.fetch(Request::get(path_of(&pictured.url))).status, 200);
    front.refused(Request::post("users/@me").json(&json!({ "display": "" })), 5, 400);
    front.refused(Request::post("users/@me").json(&json!({ "username": "ada" })), 6, 409);

    let password = json!({ "password": PASSWORD });
    let gone: Done = data(&front.call(Request::delete("users/@me").json(&password)));
    assert!(gone.success);
    front.refused(Request::get("users/@me"), 7, 401);
    front.refused(Request::get("users/bob"), 2, 404);
}

#[test]
fn front_2025_registers_where_registration_is_open() {
    let app = serve_with("[users]\nregistration = 'open'");
    let mut front = Front::open(&app);
    let body = json!({
        "username": "cleo", "password": "hunter22!", "email": "cleo@b.example", "display": "Cleo",
    });
    front.post::<LoggedIn>("auth/register", &body).user.is(3, "cleo");
    front.get::<OwnUser<String>>("users/@me").is(3, "cleo");
    front.refused(Request::post("auth/register").json(&body), 6, 409);
    let app = serve();
    Front::open(&app).refused(Request::post("auth/register").json(&body), 4, 403);
}
