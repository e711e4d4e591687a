//! Addresses that no mail can be sent to are refused wherever one is set; stored ones stay.

use serde_json::json;

use crate::harness::{INVALID_FIELD, Instance, ME, TestApp};

const REGISTER: &str = "/api/auth/register";
const SETUP: &str = "/api/auth/methods/email/setup";
const BAD: [&str; 5] =
    ["a..x@example.org", "me@example,org", "me@-example.org", "me@example.org/x", "me@192.0.2.1"];

#[test]
fn unreachable_address_is_refused_wherever_it_is_set() {
    let app = TestApp::with("[users]\nregistration = 'open'").session().serve();
    let mut browser = app.browser();
    browser.log_in("ada");
    for bad in BAD {
        for path in [ME, SETUP] {
            app.ada.post(path, &json!({ "email": bad })).refused_field("email", path);
        }
        let new = json!({ "username": "bob", "password": "hunter22", "email": bad });
        app.client().post(REGISTER, &new).refused_field("email", REGISTER);
        browser.get("/account");
        let fields = [("email", bad), ("current_password", "hunter22")];
        let refused = browser.submit("/account/email", &fields);
        assert_eq!(refused.status, 400, "{bad}");
        assert!(refused.text.contains("not an email address that can be used"), "{bad}");
        for args in [
            &["user", "add", "bob", "--password-stdin", "--email", bad][..],
            &["user", "set", "ada", "--email", bad],
        ] {
            let ran = app.instance.run(args, "hunter22");
            assert_eq!(ran.status, 2, "{bad}: {}", ran.stderr);
            assert!(ran.stderr.contains("mail can be sent to"), "{bad}: {}", ran.stderr);
        }
        app.instance.reset_limits();
    }
    assert_eq!(app.ada.me()["email"], json!(null));
    assert_eq!(app.nox("user list").lines().count(), 1);
}

#[test]
fn stored_unreachable_address_still_names_its_user_and_is_told_to_the_operator() {
    let app = TestApp::logged_in();
    app.instance.sql("UPDATE users SET email = 'a..x@example.org', email_verified = 1");
    app.client().log_in("a..x@example.org", "hunter22").token();
    // A client that sends the whole user back changes nothing of it.
    let body = json!({ "email": "a..x@example.org", "bio": "x" });
    assert_eq!(app.ada.post(ME, &body).data()["email"], "a..x@example.org");
    app.nox("user set ada --email a..x@example.org --bio y");
    app.ada.post(ME, &json!({ "email": "b..x@example.org" })).refused(INVALID_FIELD, ME);
    let found = app.instance.run(&["doctor"], "").stdout;
    let words = "warning\taddresses\tno mail can be sent to the address of 1 account(s): ada;";
    assert!(found.contains(words), "{found}");
    let clean = Instance::with_users(["ada"]).run(&["doctor"], "").stdout;
    assert!(!clean.contains("addresses"), "{clean}");
}
