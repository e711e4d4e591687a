//! Lists that clients ask for as they open, and whose users must be there.

use serde_json::json;

use crate::harness::Person;

#[test]
fn what_a_user_has_none_of_is_an_empty_list_of_a_user_who_is_there() {
    let (instance, server, ada) = Person::at_home("");
    instance.add_user("bob", "hunter22");
    for prefix in ["/api", "/api/v2"] {
        for list in ["followers", "following", "public"] {
            let empty = json!({ "items": [], "total": 0, "limit": 10, "offset": 0 });
            for selector in ["bob", "2", "u:2@localhost:53032", "u:bob"] {
                let path = format!("{prefix}/users/{selector}/{list}");
                assert_eq!(server.client().get(&path, &[]).data(), empty, "{path}");
            }
            assert_eq!(ada.get(&format!("{prefix}/users/@me/{list}")).data(), empty);
            let part = ada.get(&format!("{prefix}/users/bob/{list}?limit=500&offset=20")).data();
            assert_eq!((&part["limit"], &part["offset"]), (&json!(100), &json!(20)));
        }
        let friends = ada.get(&format!("{prefix}/users/@me/friends?offset=5&limit=0")).data();
        assert_eq!(friends, json!({ "items": [], "total": 0, "limit": 0, "offset": 5 }));
        for list in ["followers", "following"] {
            let none = json!({ "limit": 10, "offset": 0, "count": 0, "total": 0, "items": [] });
            assert_eq!(ada.get(&format!("{prefix}/relations/@me/{list}")).data(), none);
        }
    }
    for path in [
        "/api/users/nobody/followers",
        "/api/users/77/public",
        "/api/users/bob@elsewhere.example/following",
    ] {
        server.client().get(path, &[]).failure(2, 404, path);
    }
    for path in
        ["/api/users/@me/followers", "/api/users/@me/friends", "/api/relations/@me/following"]
    {
        server.client().get(path, &[]).failure(7, 401, path);
    }
    let path = "/api/users/bob/public?limit=x";
    server.client().get(path, &[]).failure(5, 400, path);
}
