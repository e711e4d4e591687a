//! Unity builds up to January 2026.

use serde_json::{Value, json};

use super::{ADDRESS, Due, Failure, Method, PUBLIC_KEY, Session, Stage, User, assert_app_is_due, data, decode, send};
use crate::common::{Answer, Client};

/// It says who it thinks it is in every request, which must count for nothing: here it is wrong.
const NOISE: [(&str, &str); 3] =
    [("X-Nox-User", "2@nox.example"), ("x-uuid", "0f8fad5b-d9cb-469f-a165-70867728950e"), ("x-nox-mods", "[]")];

fn log_in(client: &Client, code: Option<&str>) -> Answer {
    let body: Value =
        json!({ "identifier": "ada", "password": "hunter22", "public_key": PUBLIC_KEY, "factor_code": code });
    send(client, ("POST", "/api/auth/login"), &NOISE, Some(&body))
}

fn with_bearer(client: &Client, method: &str, path: &str, bearer: &str) -> Answer {
    send(client, (method, path), &[&NOISE[..], &[("Authorization", bearer)]].concat(), None)
}

#[test]
fn unity_of_january_2026_logs_in_with_a_code_and_out_again() {
    let stage = Stage::new();
    let client = stage.server.client();
    // Whatever the document says: where it is, there is a server.
    let found = send(&client, ("GET", "/.well-known/nox"), &NOISE, None);
    assert!((200..300).contains(&found.status), "{}", found.text);

    let due: Failure<u32, Due<Method>> = decode(&log_in(&client, None), 428);
    assert_eq!((due.error.code, due.error.status), (20, 428));
    let methods = [0, 1].map(|index: usize| &due.data.methods[index]);
    assert_app_is_due(methods.map(|method| (method.kind.as_str(), method.enabled)));

    let session: Session<String> = data(&log_in(&client, Some(&stage.code(0))));
    let bearer = session.bearer();
    let user: User<String> = data(&with_bearer(&client, "GET", "/api/users/@me", &bearer));
    assert_eq!((user.id, user.username.as_str(), user.server.as_str()), (1, "ada", ADDRESS));
    assert_eq!((user.links, user.twofa_enabled), (vec!["https://ada.example/".into()], true));
    assert_eq!((session.user.id, session.user.links), (1, vec!["https://ada.example/".to_owned()]));

    let done: super::Done = data(&with_bearer(&client, "GET", "/api/auth/logout", &bearer));
    assert!(done.success);
    let refused: Failure<u32> = decode(&with_bearer(&client, "GET", "/api/users/@me", &bearer), 401);
    assert_eq!((refused.error.code, refused.error.status), (7, 401));
}
