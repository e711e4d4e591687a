//! Lists of relations, which are empty but must exist for clients.

use serde_json::json;

use crate::harness::{INVALID_FIELD, NOT_LOGGED, TestApp, USER_NOT_FOUND};

#[test]
fn relations_of_an_existing_user_are_empty_lists() {
    let app = TestApp::builder().user("bob").session().serve();
    for prefix in ["/api", "/api/v2"] {
        for list in ["followers", "following", "public"] {
            let empty = json!({ "items": [], "total": 0, "limit": 10, "offset": 0 });
            for selector in ["bob", "2", "u:2@localhost:53032", "u:bob"] {
                let path = format!("{prefix}/users/{selector}/{list}");
                assert_eq!(app.client().get(&path, &[]).data(), empty, "{path}");
            }
            assert_eq!(app.ada.get(&format!("{prefix}/users/@me/{list}")).data(), empty);
            let part =
                app.ada.get(&format!("{prefix}/users/bob/{list}?limit=500&offset=20")).data();
            assert_eq!((&part["limit"], &part["offset"]), (&json!(100), &json!(20)));
        }
        let friends = app.ada.get(&format!("{prefix}/users/@me/friends?offset=5&limit=0")).data();
        assert_eq!(friends, json!({ "items": [], "total": 0, "limit": 0, "offset": 5 }));
        for list in ["followers", "following"] {
            let none = json!({ "limit": 10, "offset": 0, "count": 0, "total": 0, "items": [] });
            assert_eq!(app.ada.get(&format!("{prefix}/relations/@me/{list}")).data(), none);
        }
    }
    for path in [
        "/api/users/nobody/followers",
        "/api/users/77/public",
        "/api/users/bob@elsewhere.example/following",
    ] {
        app.client().get(path, &[]).refused(USER_NOT_FOUND, path);
    }
    for path in
        ["/api/users/@me/followers", "/api/users/@me/friends", "/api/relations/@me/following"]
    {
        app.client().get(path, &[]).refused(NOT_LOGGED, path);
    }
    let path = "/api/users/bob/public?limit=x";
    app.client().get(path, &[]).refused(INVALID_FIELD, path);
}
