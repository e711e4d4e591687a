//! Refusals: the front reads the code, which must be a text.

use serde_json::json;

use super::Front;
use crate::clients::request::Request;
use crate::clients::user::{Link, OwnUser};
use crate::clients::{data, serve};

#[test]
fn front_2026_reads_every_refusal_of_a_page_without_a_session() {
    let app = serve();
    let mut front = Front::open(&app);
    let login = || Request::post("auth/login");
    let large = json!({ "identifier": "ada", "password": "x".repeat(20_000) });
    for (request, code, status) in [
        (Request::get("users/nobody"), "NOT_FOUND", 404),
        (Request::get("users/ada/thumbnail"), "NOT_FOUND", 404),
        (Request::get("users/nobody/followers"), "NOT_FOUND", 404),
        (Request::get("users?limit=ten"), "VALIDATION_ERROR", 422),
        (Request::get("worlds"), "NOT_IMPLEMENTED", 501),
        (Request::get(""), "NOT_IMPLEMENTED", 501),
        (Request::delete("users/ada"), "METHOD_NOT_ALLOWED", 405),
        (Request::get("users/@me"), "UNAUTHORIZED", 401),
        (Request::get("users/@me/session"), "UNAUTHORIZED", 401),
        (login().typed("text/plain", "{}"), "BAD_REQUEST", 415),
        (login().typed("application/json", "{"), "BAD_REQUEST", 400),
        (login().json(&json!([])), "BAD_REQUEST", 400),
        (login().json(&large), "BAD_REQUEST", 413),
        (
            login().json(&json!({ "identifier": "bob", "password": "hunter23" })),
            "VALIDATION_ERROR",
            422,
        ),
        (
            login().json(&json!({ "identifier": "nobody", "password": "hunter23" })),
            "NOT_FOUND",
            404,
        ),
        (
            Request::post("auth/methods/email/enable").json(&json!({ "token": "x" })),
            "NOT_FOUND",
            404,
        ),
    ] {
        front.refused(request, code, status);
    }
}

#[test]
fn front_2026_reads_the_refusal_of_too_many_attempts() {
    let app = serve();
    let mut front = Front::open(&app);
    let wrong =
        Request::post("auth/login").json(&json!({ "identifier": "bob", "password": "hunter23" }));
    for _ in 0..5 {
        front.refused(wrong.clone(), "VALIDATION_ERROR", 422);
    }
    let message = front.refused(wrong, "RATE_LIMITED", 429);
    assert!(message.starts_with("Too many attempts, try again in "), "{message}");
}

#[test]
fn front_2026_may_leave_out_a_body_whatever_its_type() {
    let app = serve();
    let mut front = Front::open(&app);
    front.enter("ada", Some(&app.ada.code(0)));
    for path in
        ["users/@me", "auth/totp/disable", "auth/methods/totp/disable", "auth/recovery/renew"]
    {
        for request in [
            Request::post(path),
            Request::post(path).typed("application/json", ""),
            Request::post(path).typed("application/json, application/json", ""),
            Request::post(path).typed("text/plain;charset=UTF-8", ""),
            Request::post(path).json(&json!({})),
        ] {
            let answer = front.call(request);
            if path == "users/@me" {
                data::<OwnUser<Link>>(&answer).is(1, "ada");
            } else {
                assert_eq!(Front::due_kinds(&answer), ["totp"], "{path}");
            }
        }
    }
}
