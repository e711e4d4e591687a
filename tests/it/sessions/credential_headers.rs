//! The headers that carry a session: cookies, of which several may come, and `Authorization`.

use serde_json::{Value, json};

use crate::harness::{ME, NOT_LOGGED, TestApp};

#[test]
fn first_good_session_cookie_counts_and_a_bearer_token_precedes_it() {
    let app = TestApp::builder().user("bob").session().serve();
    let bob = app.log_in("bob");
    let client = app.client();
    let (of_ada, of_bob) = (format!("_uid={}", app.ada.token), format!("_uid={}", bob.token));
    let who = |headers: &[(&str, &str)]| {
        let answer = client.get(ME, headers);
        assert!(matches!(answer.status, 200 | 401), "{}", answer.text);
        answer.json()["data"]["username"].clone()
    };
    for (cookies, expected) in [
        (format!("{of_ada}; {of_bob}"), json!("ada")),
        (format!("{of_bob}; {of_ada}"), json!("bob")),
        (format!("_uid=x; {of_ada}"), json!("ada")),
        (format!("_uid=; {of_ada}"), json!("ada")),
        (format!("{of_ada}; _uid=x"), json!("ada")),
        (format!("__Host-_uid={}", app.ada.token), Value::Null),
        (format!("_UID={}", app.ada.token), Value::Null),
        (format!("other=1; {of_ada}; ;; =; x"), json!("ada")),
        // RFC 6265, 4.1.1: quotes around a value are allowed.
        (format!("_uid=\"{}\"", app.ada.token), json!("ada")),
    ] {
        assert_eq!(who(&[("Cookie", &cookies)]), expected, "{cookies}");
    }
    let bearer = app.ada.bearer();
    assert_eq!(who(&[("Authorization", &bearer), ("Cookie", &of_bob)]), "ada");
    assert_eq!(who(&[("Cookie", &of_bob), ("Authorization", &bearer)]), "ada");
    assert_eq!(who(&[("Authorization", "Bearer x"), ("Cookie", &of_bob)]), Value::Null);
    // A change by bearer token changes the account of the token.
    let headers = [("Authorization", bearer.as_str()), ("Cookie", &of_bob)];
    assert_eq!(client.send("POST", "/api/auth/logout", &headers, b"").status, 200);
    assert_eq!((app.ada.get(ME).status, bob.get(ME).status), (401, 200));
}

#[test]
fn bearer_header_is_the_scheme_and_one_token() {
    let app = TestApp::logged_in();
    let client = app.client();
    let token = &app.ada.token;
    let get = |value: &str| client.get(ME, &[("Authorization", value)]);
    for value in [
        format!("Bearer{token}"),
        format!("Bearer\t{token}"),
        format!("Bearer: {token}"),
        format!("Bearer Bearer {token}"),
        format!("Bearer {token} {token}"),
        format!("Badger {token}"),
        format!("Basic {token}"),
        token.clone(),
    ] {
        get(&value).refused(NOT_LOGGED, ME);
    }
    // RFC 6750 allows more than one blank before the token.
    assert_eq!(get(&format!("Bearer   {token}")).status, 200);
    // The first of two headers counts.
    let (good, bad) = (format!("Bearer {token}"), "Bearer x.y.z");
    for (headers, status) in [([good.as_str(), bad], 200), ([bad, &good], 401)] {
        assert_eq!(client.get(ME, &headers.map(|value| ("Authorization", value))).status, status);
    }
    assert_eq!(app.ada.get(ME).status, 200);
}
