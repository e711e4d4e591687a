//! The web front of 2025: it knows the session by its cookie alone.

use serde::Deserialize;
use serde_json::{Value, json};

use super::browser::Browser;
use super::{Done, Due, Failure, Method, Nullable, Stage, User, assert_app_is_due, data, decode};
use crate::common::Answer;

const ME: (&str, &str) = ("GET", "/api/users/@me");

/// It reads no token.
#[derive(Deserialize)]
struct LoggedIn {
    user: User<String>,
}

fn log_in(browser: &mut Browser, code: Option<&str>) -> Answer {
    let mut body = json!({ "identifier": "ada", "password": "hunter22" });
    if let Some(code) = code {
        body["factor_code"] = code.into();
    }
    browser.fetch(("POST", "/api/auth/login"), &[], Some(&body))
}

#[test]
fn the_front_of_2025_logs_in_with_a_code_and_out_again_by_its_cookie() {
    let stage = Stage::new();
    let mut browser = Browser::with_credentials(&stage.server);
    let due: Failure<u32, Due<Method>> = decode(&log_in(&mut browser, None), 428);
    assert_eq!((due.error.code, due.error.status), (20, 428));
    let methods = [0, 1].map(|index: usize| &due.data.methods[index]);
    assert_app_is_due(methods.map(|method| (method.kind.as_str(), method.enabled)));

    let logged_in: LoggedIn = data(&log_in(&mut browser, Some(&stage.code(0))));
    assert_eq!(logged_in.user.id, 1);
    let user: User<String> = data(&browser.fetch(ME, &[], None));
    assert_eq!((user.username.as_str(), user.links), ("ada", vec!["https://ada.example/".into()]));

    assert!(data::<Done>(&browser.fetch(("GET", "/api/auth/logout"), &[], None)).success);
    let refused: Failure<u32> = decode(&browser.fetch(ME, &[], None), 401);
    assert_eq!((refused.error.code, refused.error.status), (7, 401));
}

#[test]
fn the_front_of_2025_may_submit_its_right_code_again_and_again() {
    let stage = Stage::new();
    let mut browser = Browser::with_credentials(&stage.server);
    let code = stage.code(0);
    data::<LoggedIn>(&log_in(&mut browser, Some(&code)));
    // Five wrong codes would lock the account; six right ones do not.
    for _ in 0..6 {
        let again: Failure<u32, Nullable<Value>> = decode(&log_in(&mut browser, Some(&code)), 400);
        assert_eq!((again.error.code, again.error.status), (5, 400));
        assert!(again.error.message.starts_with("Invalid field: factor_code, "), "{}", again.error.message);
        assert_eq!(again.data.0, None);
    }
    // The session that the first one opened still holds.
    assert_eq!(data::<User<String>>(&browser.fetch(ME, &[], None)).id, 1);
    let mut other = Browser::with_credentials(&stage.server);
    assert_eq!(data::<LoggedIn>(&log_in(&mut other, Some(&stage.code(1)))).user.id, 1);
}
