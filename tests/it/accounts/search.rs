//! Searching for users.

use serde_json::{Value, json};

use super::lookup::{USERS, found, names, serve};

#[test]
fn search_takes_both_query_names_and_fills_both_lists() {
    let app = serve();
    for name in ["query", "q"] {
        let found = found(&app, &format!("{name}=ADA"));
        assert_eq!(names(&found), ["ada", "adam"]);
        assert_eq!(found["users"], found["items"]);
        let about =
            (&found["total"], &found["query"], &found["ids"], &found["limit"], &found["offset"]);
        assert_eq!(about, (&json!(2), &json!("ADA"), &json!([]), &json!(10), &json!(0)));
        assert_eq!(found.as_object().unwrap().len(), 7);
    }
    assert_eq!(names(&found(&app, "q=l.")), ["ada"], "the display name counts");
    let all = found(&app, "limit=100");
    assert_eq!(
        (names(&all), &all["query"], &all["total"]),
        (vec!["ada", "bob", "adam"], &Value::Null, &json!(3))
    );
}

#[test]
fn search_takes_special_characters_of_sql_literally() {
    let app = serve();
    for text in ["%25", "_", "*", "%27%20OR%201=1", "a%25a", "%5C", "%00"] {
        let found = found(&app, &format!("q={text}"));
        assert_eq!((&found["total"], names(&found).len()), (&json!(0), 0), "{text}");
    }
}

#[test]
fn search_by_email_finds_no_user() {
    let app = serve();
    for query in ["secret", "hidden", "secret@hidden.example", "secret%40hidden.example", "example"]
    {
        assert_eq!(found(&app, &format!("q={query}"))["total"], 0, "{query}");
        assert_eq!(found(&app, &format!("id=1&q={query}"))["total"], 0, "{query}");
    }
    let ada = app.log_in("ada").get("/api/users?q=secret@hidden.example");
    assert_eq!(ada.data()["total"], 0);
}

#[test]
fn repeated_ids_narrow_the_search() {
    let app = serve();
    let some = found(&app, "id=3&id=1&id=77");
    assert_eq!((&some["ids"], &some["total"]), (&json!([3, 1]), &json!(2)));
    let mut found_names = names(&some);
    found_names.sort_unstable();
    assert_eq!(found_names, ["ada", "adam"]);
    assert_eq!(names(&found(&app, "query=adam&id=1&id=3")), ["adam"]);
    assert_eq!(found(&app, "query=bob&id=1")["total"], 0);
    assert_eq!(
        names(&found(&app, "query=&id=1")),
        ["ada"],
        "an empty text, as one client sends it"
    );
    let ways = "id=u:2@localhost:53032&id=ADA@localhost:53032&id=u:adam&id=1";
    assert_eq!(names(&found(&app, ways)), ["bob", "ada", "adam"]);
    for unknown in [
        "id=abc",
        "id=0",
        "id=-1",
        "id=4294967296",
        "id=1@elsewhere.example",
        "id=u:1@elsewhere.example",
        "id=@me",
    ] {
        assert_eq!(found(&app, unknown)["total"], 0, "{unknown}");
        assert_eq!(names(&found(&app, &format!("{unknown}&id=2"))), ["bob"], "{unknown}");
    }
    let many = (0..1000).map(|number| format!("id={number}")).collect::<Vec<_>>().join("&");
    let path = format!("{USERS}?{many}");
    app.client().get(&path, &[]).refused_field("id", &path);
    let own = app.log_in("ada").get(&format!("{USERS}?id=@me")).data();
    assert_eq!(names(&own), ["ada"]);
}

#[test]
fn id_given_twice_finds_one_user() {
    let app = serve();
    let found = found(&app, "id=1&id=1");
    assert_eq!((names(&found), &found["total"]), (vec!["ada"], &json!(1)));
}

#[test]
fn page_of_a_search_is_a_part_and_its_total_the_whole() {
    let app = serve();
    for (query, expected) in [
        ("limit=2", vec!["ada", "bob"]),
        ("limit=2&offset=2", vec!["adam"]),
        ("offset=3", vec![]),
        ("limit=1&offset=1&id=1&id=2&id=3", vec!["bob"]),
        ("limit=100&offset=4294967295", vec![]),
    ] {
        let found = found(&app, query);
        assert_eq!((names(&found), &found["total"]), (expected, &json!(3)), "{query}");
    }
    for number in 0..9 {
        let name = format!("more{number}");
        app.instance.add_user(&name, "hunter22");
    }
    let found = found(&app, "");
    assert_eq!((names(&found).len(), &found["total"]), (10, &json!(12)));
}

#[test]
fn search_clamps_its_numbers_and_refuses_what_is_no_number() {
    let app = serve();
    for (query, limit, offset) in [
        ("limit=0", 0, 0),
        ("limit=-1", 0, 0),
        ("limit=101", 100, 0),
        ("limit=99999999999999999999&offset=-7", 100, 0),
        ("offset=99999999999999999999", 10, u32::MAX),
    ] {
        for ids in ["", "&id=1&id=2&id=3"] {
            let found = found(&app, &format!("{query}{ids}"));
            let about = (&found["limit"], &found["offset"], &found["total"]);
            assert_eq!(about, (&json!(limit), &json!(offset), &json!(3)), "{query}{ids}");
        }
    }
    assert_eq!(names(&found(&app, "limit=0")), [""; 0]);
    for (field, values) in
        [("limit", ["1e9", "abc", "1.5", "-"]), ("offset", ["1e9", "abc", "1.0", "--1"])]
    {
        for value in values {
            let path = format!("{USERS}?q=ada&{field}={value}");
            let clause = app.client().get(&path, &[]).refused_field(field, &path);
            assert!(clause.starts_with("must be "), "{path}: {clause}");
            let path = format!("/api/v2/users?{field}={value}");
            app.client().get(&path, &[]).refused_as("VALIDATION_ERROR", 422);
        }
    }
}
