//! Searching for users.

use serde_json::{Value, json};

use super::lookup::{USERS, found, names, serve};
use crate::harness::Person;

#[test]
fn a_search_answers_to_both_query_names_and_under_both_list_names() {
    let (_instance, server) = serve();
    for name in ["query", "q"] {
        let found = found(&server, &format!("{name}=ADA"));
        assert_eq!(names(&found), ["ada", "adam"]);
        assert_eq!(found["users"], found["items"]);
        let about =
            (&found["total"], &found["query"], &found["ids"], &found["limit"], &found["offset"]);
        assert_eq!(about, (&json!(2), &json!("ADA"), &json!([]), &json!(10), &json!(0)));
        assert_eq!(found.as_object().unwrap().len(), 7);
    }
    assert_eq!(names(&found(&server, "q=l.")), ["ada"], "the display name counts");
    let all = found(&server, "limit=100");
    assert_eq!(
        (names(&all), &all["query"], &all["total"]),
        (vec!["ada", "bob", "adam"], &Value::Null, &json!(3))
    );
}

#[test]
fn what_is_special_to_the_database_is_plain_to_a_search() {
    let (_instance, server) = serve();
    for text in ["%25", "_", "*", "%27%20OR%201=1", "a%25a", "%5C", "%00"] {
        let found = found(&server, &format!("q={text}"));
        assert_eq!((&found["total"], names(&found).len()), (&json!(0), 0), "{text}");
    }
}

#[test]
fn nobody_is_found_by_their_email() {
    let (_instance, server) = serve();
    for query in ["secret", "hidden", "secret@hidden.example", "secret%40hidden.example", "example"]
    {
        assert_eq!(found(&server, &format!("q={query}"))["total"], 0, "{query}");
        assert_eq!(found(&server, &format!("id=1&q={query}"))["total"], 0, "{query}");
    }
    let ada = Person::log_in(&server, "ada").get("/api/users?q=secret@hidden.example");
    assert_eq!(ada.data()["total"], 0);
}

#[test]
fn ids_may_be_repeated_and_narrow_the_search() {
    let (_instance, server) = serve();
    let some = found(&server, "id=3&id=1&id=77");
    assert_eq!((&some["ids"], &some["total"]), (&json!([3, 1]), &json!(2)));
    let mut found_names = names(&some);
    found_names.sort_unstable();
    assert_eq!(found_names, ["ada", "adam"]);
    assert_eq!(names(&found(&server, "query=adam&id=1&id=3")), ["adam"]);
    assert_eq!(found(&server, "query=bob&id=1")["total"], 0);
    assert_eq!(
        names(&found(&server, "query=&id=1")),
        ["ada"],
        "an empty text, as one client sends it"
    );
    let ways = "id=u:2@localhost:53032&id=ADA@localhost:53032&id=u:adam&id=1";
    assert_eq!(names(&found(&server, ways)), ["bob", "ada", "adam"]);
    for nobody in [
        "id=abc",
        "id=0",
        "id=-1",
        "id=4294967296",
        "id=1@elsewhere.example",
        "id=u:1@elsewhere.example",
        "id=@me",
    ] {
        assert_eq!(found(&server, nobody)["total"], 0, "{nobody}");
        assert_eq!(names(&found(&server, &format!("{nobody}&id=2"))), ["bob"], "{nobody}");
    }
    let many = (0..1000).map(|number| format!("id={number}")).collect::<Vec<_>>().join("&");
    let path = format!("{USERS}?{many}");
    assert!(
        server.client().get(&path, &[]).failure(5, 400, &path).starts_with("Invalid field: id, ")
    );
    let own = Person::log_in(&server, "ada").get(&format!("{USERS}?id=@me")).data();
    assert_eq!(names(&own), ["ada"]);
}

#[test]
fn an_id_that_is_asked_for_twice_is_one_user() {
    let (_instance, server) = serve();
    let found = found(&server, "id=1&id=1");
    assert_eq!((names(&found), &found["total"]), (vec!["ada"], &json!(1)));
}

#[test]
fn a_page_is_a_part_and_the_total_is_the_whole() {
    let (instance, server) = serve();
    for (query, expected) in [
        ("limit=2", vec!["ada", "bob"]),
        ("limit=2&offset=2", vec!["adam"]),
        ("offset=3", vec![]),
        ("limit=1&offset=1&id=1&id=2&id=3", vec!["bob"]),
        ("limit=100&offset=4294967295", vec![]),
    ] {
        let found = found(&server, query);
        assert_eq!((names(&found), &found["total"]), (expected, &json!(3)), "{query}");
    }
    for number in 0..9 {
        let name = format!("more{number}");
        instance.add_user(&name, "hunter22");
    }
    let found = found(&server, "");
    assert_eq!((names(&found).len(), &found["total"]), (10, &json!(12)));
}

#[test]
fn numbers_out_of_their_range_are_moved_into_it_and_others_are_named() {
    let (_instance, server) = serve();
    for (query, limit, offset) in [
        ("limit=0", 0, 0),
        ("limit=-1", 0, 0),
        ("limit=101", 100, 0),
        ("limit=99999999999999999999&offset=-7", 100, 0),
        ("offset=99999999999999999999", 10, u32::MAX),
    ] {
        for ids in ["", "&id=1&id=2&id=3"] {
            let found = found(&server, &format!("{query}{ids}"));
            let about = (&found["limit"], &found["offset"], &found["total"]);
            assert_eq!(about, (&json!(limit), &json!(offset), &json!(3)), "{query}{ids}");
        }
    }
    assert_eq!(names(&found(&server, "limit=0")), [""; 0]);
    for (field, values) in
        [("limit", ["1e9", "abc", "1.5", "-"]), ("offset", ["1e9", "abc", "1.0", "--1"])]
    {
        for value in values {
            let path = format!("{USERS}?q=ada&{field}={value}");
            let message = server.client().get(&path, &[]).failure(5, 400, &path);
            assert!(
                message.starts_with(&format!("Invalid field: {field}, must be ")),
                "{path}: {message}"
            );
            let path = format!("/api/v2/users?{field}={value}");
            server.client().get(&path, &[]).named_failure("VALIDATION_ERROR", 422);
        }
    }
}
