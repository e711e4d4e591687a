//! Logins with each kind of factor, and logout.

use serde_json::json;

use super::{Front, credentials};
use crate::clients::envelope::{Done, Told};
use crate::clients::lists::{OpenSession, SessionList};
use crate::clients::request::Request;
use crate::clients::user::{Link, OwnUser, Session};
use crate::clients::{data, let_bob_have_codes_by_mail, serve, serve_with, serve_with_mail};
use crate::harness::PNG;

#[test]
fn front_2026_reads_every_answer_from_login_to_logout() {
    let app = serve();
    let mut front = Front::open(&app);
    assert!(!front.configs.allow_user_registration && front.configs.support_passkey);
    let due = front.log_in("ada");
    let methods = Front::due(&due);
    assert_eq!(
        (methods.len(), methods[0].kind.as_str(), methods[0].details.sendable),
        (1, "totp", false)
    );
    front.enter("ada", Some(&app.ada.code(0)));
    let me: OwnUser<Link> = front.get("users/@me");
    me.is(1, "ada");
    assert_eq!(me.public.links, Link::of_ada());
    let sessions: SessionList = front.get("users/@me/sessions?limit=20&offset=0");
    let current: OpenSession = front.get("users/@me/session");
    assert_eq!((&current.id, current.active), (&sessions.current().id, true));

    let token = front.token.clone();
    assert!(front.ask::<Done>("auth/logout").success);
    front.refused(Request::get("users/@me"), "UNAUTHORIZED", 401);
    assert_eq!(front.token, None);
    front.token = token;
    front.refused(Request::post("auth/logout"), "UNAUTHORIZED", 401);
    front.enter("bob", None);
    front.get::<OwnUser<Link>>("users/@me").is(2, "bob");
}

#[test]
fn front_2026_asks_for_a_code_right_after_the_login_mailed_one() {
    let app = serve_with_mail();
    let_bob_have_codes_by_mail(&app);
    let mut front = Front::open(&app);
    // At a second login within the minute, too.
    for _ in 0..2 {
        let due = front.log_in("bob");
        let methods = Front::due(&due);
        let method = &methods[0];
        assert_eq!(
            (methods.len(), method.kind.as_str(), method.can_send, method.cooldown),
            (1, "email", true, 60)
        );
        assert_eq!(
            (method.details.sendable, method.details.cooldown, method.details.code.length),
            (true, 60, 6)
        );
        for _ in 0..2 {
            assert!(data::<Told>(&front.call(method.send())).success);
        }
    }
    let broken = json!({ "type": "email", "challenge": "x" });
    front.refused(Request::post("auth/methods/email/send").json(&broken), "BAD_REQUEST", 400);
    front.enter("bob", Some(&app.mails().next_mail().code()));
    assert_eq!(app.rest(), [""; 0], "one mail is all that was sent");
}

#[test]
fn front_2026_logs_in_by_mailed_code_beside_an_authenticator_app() {
    let app = serve_with_mail();
    let_bob_have_codes_by_mail(&app);
    app.instance.enroll("bob");
    assert_eq!(app.mails().next_mail().subject(), "Nox: An authenticator app was set up");
    let mut front = Front::open(&app);
    let methods = Front::due(&front.log_in("bob"));
    let kinds: Vec<_> = methods.iter().map(|method| method.kind.as_str()).collect();
    assert_eq!(kinds, ["totp", "email"]);
    assert!(data::<Told>(&front.call(methods[1].send())).success);
    front.enter("bob", Some(&app.mails().next_mail().code()));
}

#[test]
fn front_2026_stays_logged_in_after_a_missing_right_or_wrong_code() {
    let app = serve_with("[users]\ndefault_tags = []");
    let mut front = Front::open(&app);
    front.enter("bob", None);
    front.refused(
        Request::post("users/@me").json(&json!({ "display": "Bobby" })),
        "FORBIDDEN",
        403,
    );
    let picture = Request::post("users/@me/thumbnail").form(PNG);
    front.refused(picture, "FORBIDDEN", 403);
    assert_eq!(front.get::<OwnUser<Link>>("users/@me").public.display, "bob");
    front.enter("ada", Some(&app.ada.code(0)));
    let wrong =
        Request::post("auth/totp/disable").json_said_twice(&json!({ "factor_code": "000000" }));
    front.refused(wrong, "VALIDATION_ERROR", 422);
    front.get::<OwnUser<Link>>("users/@me").is(1, "ada");
}

#[test]
fn front_2026_gets_no_401_where_a_suspended_user_logs_in() {
    let app = serve();
    app.nox("user disable bob");
    let mut front = Front::open(&app);
    front.refused(Request::post("auth/login").json(&credentials("bob")), "FORBIDDEN", 403);
    let mut wrong = credentials("ada");
    wrong["factor_code"] = "12345x".into();
    front.refused(Request::post("auth/login").json(&wrong), "VALIDATION_ERROR", 422);
}

#[test]
fn front_2026_registers_where_registration_is_open() {
    let body = json!({
        "username": "cleo", "password": "hunter22!", "email": "cleo@b.example", "display": "Cleo",
    });
    let app = serve_with("[users]\nregistration = 'open'");
    let mut front = Front::open(&app);
    assert!(front.configs.allow_user_registration);
    let session: Session<Link> = front.post("auth/register", &body);
    session.user.is(3, "cleo");
    front.token = Some(session.token);
    front.get::<OwnUser<Link>>("users/@me").is(3, "cleo");
    front.refused(Request::post("auth/register").json(&body), "CONFLICT", 409);

    let app = serve_with("[users]\nregistration = 'invite'");
    let mut front = Front::open(&app);
    assert!(!front.configs.allow_user_registration);
    front.refused(Request::post("auth/register").json(&body), "FORBIDDEN", 403);
}
