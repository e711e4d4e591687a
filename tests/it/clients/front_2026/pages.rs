//! What its pages ask for as they open: an unknown endpoint shows skeletons for ever.

use super::Front;
use crate::clients::documents::ServerFacts;
use crate::clients::envelope::Revoked;
use crate::clients::lists::{Found, OpenSession, SessionList, UserList};
use crate::clients::request::Request;
use crate::clients::user::{Link, OwnUser, PublicUser};
use crate::clients::{data, serve};
use crate::harness::{PASSWORD, Wire};

#[test]
fn front_2026_opens_a_profile_with_all_its_lists() {
    let app = serve();
    let mut front = Front::open(&app);
    let lists = |who: &str| {
        ["followers", "following", "public"]
            .map(|list| format!("users/{who}/{list}?limit=24&offset=48"))
    };
    for who in ["ada", "1", "u:1@nox.example"] {
        front.get::<PublicUser<Link>>(&format!("users/{who}")).is(1, "ada");
        for path in lists(who) {
            let list: UserList<Link> = front.get(&path);
            assert!(
                list.items.is_empty() && (list.total, list.limit, list.offset) == (0, 24, 48),
                "{path}: {list:?}"
            );
        }
    }
    front.enter("bob", None);
    for path in lists("@me").into_iter().chain(["users/@me/friends?limit=24&offset=48".into()]) {
        assert!(front.get::<UserList<Link>>(&path).items.is_empty(), "{path}");
    }
    front.refused(Request::get("users/nobody/following"), "NOT_FOUND", 404);
    front.get::<ServerFacts>("server").is_ours();
}

#[test]
fn front_2026_searches_by_parts_of_a_name() {
    let app = serve();
    let mut front = Front::open(&app);
    let found: Found<Link> = front.get("users?q=bo&limit=8");
    assert_eq!((found.query.text(), found.limit), (Some("bo"), 8));
    let people = found.people();
    assert_eq!(people, [front.get::<PublicUser<Link>>("users/bob")]);
    assert!(front.get::<Found<Link>>("users?q=zzz").people().is_empty());
    assert_eq!(front.get::<Found<Link>>("users?q=").query.text(), None);
}

#[test]
fn front_2026_shows_sessions_also_without_a_user_agent() {
    let app = serve();
    for _ in 0..2 {
        // It says nothing of itself.
        assert_eq!(Wire::logging_in(&app.server, "bob", PASSWORD).status(), 200);
    }
    let mut front = Front::open(&app);
    front.enter("bob", None);
    let current: OpenSession = front.get("users/@me/session");
    let list: SessionList = front.get("users/@me/sessions?limit=100");
    assert_eq!((list.total, &list.current().id), (3, &current.id));
    let others: Vec<_> = list.sessions.iter().filter(|session| !session.current).collect();
    assert!(
        others.len() == 2 && others.iter().all(|other| other.devices[0].user_agent.is_empty()),
        "{others:?}"
    );
    let one = format!("users/@me/sessions/{}", others[0].id);
    assert_eq!(front.get::<OpenSession>(&one).id, others[0].id);
    let ended: Revoked = data(&front.call(Request::delete(one.as_str())));
    assert!(ended.success && !ended.logout);
    front.refused(Request::get(one), "NOT_FOUND", 404);
    let ended: Revoked = data(&front.call(Request::delete("users/@me/sessions")));
    assert!(ended.success && !ended.logout);
    assert_eq!(front.get::<SessionList>("users/@me/sessions").total, 1);
    front.get::<OwnUser<Link>>("users/@me").is(2, "bob");
}
