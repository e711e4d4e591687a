//! How Unity of 2026 finds other players.

use super::Unity;
use crate::clients::lists::{Found, OpenSession, SessionList, UserList};
use crate::clients::request::{Request, sha256};
use crate::clients::user::{Link, OwnUser, PublicUser};
use crate::clients::values::Base64;
use crate::clients::{PUBLIC_KEY, serve};

#[test]
fn unity_2026_finds_others_by_every_selector() {
    let app = serve();
    let unity = Unity::discover(&app);
    for path in [
        "u:1@nox.example",
        "1@nox.example",
        "u:ada@nox.example",
        "ada@nox.example",
        "u:1",
        "u:ada",
        "1",
        "ada",
    ] {
        let ada: PublicUser<Link> = unity.get(&format!("users/{path}"));
        ada.is(1, "ada");
        assert_eq!(ada.links, Link::of_ada(), "{path}");
    }
    for path in ["u:3@nox.example", "u:1@elsewhere.example", "u:nobody", "3"] {
        unity.refused(Request::get(format!("users/{path}")), "NOT_FOUND", 404);
    }
    unity.refused(Request::get("worlds/1"), "NOT_IMPLEMENTED", 501);
    unity.refused(Request::delete("users/1"), "METHOD_NOT_ALLOWED", 405);
}

#[test]
fn unity_2026_searches_by_text_and_ids_of_this_server() {
    let app = serve();
    let unity = Unity::discover(&app);
    let bob: PublicUser<Link> = unity.get("users/2");
    for query in [
        "query=bo&id=",
        "query=&id=2",
        "query=bo&id=2",
        "q=bo",
        "query=&id=u:2@nox.example&id=u:2@elsewhere.example",
    ] {
        let found: Found<Link> = unity.get(&format!("users?{query}"));
        assert_eq!((found.total, found.people()), (1, vec![bob.clone()]), "{query}");
    }
    let found: Found<Link> =
        unity.get("users?query=&id=1@nox.example&id=u:2@nox.example&id=u:bob&id=77&id=x@y.example");
    assert_eq!((found.total, found.ids.as_slice()), (2, &[1, 2][..]));
    let mut names = found.names();
    names.sort();
    assert_eq!(names, ["ada", "bob"]);
    let none: Found<Link> = unity.get("users?query=&id=1@elsewhere.example");
    assert_eq!((none.total, none.names()), (0, Vec::new()));
    let counted: Found<Link> = unity.get("users?query=&id=1&id=2&limit=0");
    assert_eq!((counted.total, counted.limit, counted.names()), (2, 0, Vec::new()));
    let clamped: Found<Link> = unity.get("users?query=bo&limit=1000&offset=-1");
    assert_eq!((clamped.limit, clamped.offset, clamped.names()), (100, 0, vec!["bob".into()]));
    unity.refused(Request::get("users?query=bo&limit=ten"), "VALIDATION_ERROR", 422);
}

#[test]
fn unity_2026_reads_an_empty_list_of_friends() {
    let app = serve();
    let mut unity = Unity::discover(&app);
    unity.refused(Request::get("users/@me/friends"), "UNAUTHORIZED", 401);
    unity.enter("bob", None);
    let friends: UserList<Link> = unity.get("users/@me/friends?offset=20&limit=50");
    assert!(
        friends.items.is_empty()
            && friends.total == 0
            && (friends.limit, friends.offset) == (50, 20),
        "{friends:?}"
    );
}

#[test]
fn unity_2026_finds_a_player_by_the_key_of_an_active_session() {
    let app = serve();
    let mut unity = Unity::discover(&app);
    let print = sha256(&Base64::try_from(PUBLIC_KEY.to_owned()).unwrap().0);
    let path = format!("users/u:2@nox.example?fp={print}");
    unity.refused(Request::get(path.as_str()), "NOT_FOUND", 404);
    unity.enter("bob", None);
    unity.get::<OwnUser<Link>>(&format!("users/@me?fp={print}")).is(2, "bob");
    let current: OpenSession = unity.get("users/@me/session");
    let here: SessionList = unity.get(&format!("users/@me/sessions?ip={}", current.devices[0].ip));
    assert_eq!(here.sessions.len(), 1);
    assert_eq!(unity.get::<SessionList>("users/@me/sessions?ip=192.0.2.1").sessions.len(), 0);
    let stranger = Unity { bearer: None, ..Unity::discover(&app) };
    stranger.get::<PublicUser<Link>>(&path).is(2, "bob");
    unity.refused(Request::get("users/2?fp=abc"), "VALIDATION_ERROR", 422);
    unity.refused(Request::get(format!("users/1?fp={print}")), "NOT_FOUND", 404);
}
