//! The way in, by each kind of factor, and out.

use serde_json::json;

use super::{Front, credentials};
use crate::clients::envelope::{Done, Told};
use crate::clients::lists::{OpenSession, SessionList};
use crate::clients::request::Request;
use crate::clients::user::{Link, OwnUser, Session};
use crate::clients::{PNG, Stage, data};
use crate::harness::{MailServer, Mode};

#[test]
fn the_front_of_2026_reads_every_answer_on_its_way_in_and_out() {
    let stage = Stage::new();
    let mut front = Front::open(&stage);
    assert!(!front.configs.allow_user_registration && !front.configs.support_passkey);
    let due = front.log_in("ada");
    let methods = Front::due(&due);
    assert_eq!(
        (methods.len(), methods[0].kind.as_str(), methods[0].details.sendable),
        (1, "totp", false)
    );
    front.enter("ada", Some(&stage.code(0)));
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
fn the_front_of_2026_sends_for_a_code_that_its_login_has_sent_and_is_not_told_to_wait() {
    let mails = MailServer::start(Mode::Plain);
    let stage = Stage::with(&mails.settings());
    stage.let_bob_have_codes_by_mail(&mails);
    let mut front = Front::open(&stage);
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
    front.enter("bob", Some(&mails.next_mail().code()));
    assert_eq!(stage.rest(mails), [""; 0], "one mail is all that was sent");
}

#[test]
fn the_front_of_2026_logs_in_by_a_code_that_it_has_sent_for_where_there_is_an_app_too() {
    let mails = MailServer::start(Mode::Plain);
    let stage = Stage::with(&mails.settings());
    stage.let_bob_have_codes_by_mail(&mails);
    stage.instance.enroll("bob");
    assert_eq!(mails.next_mail().subject(), "Nox: An authenticator app was switched on");
    let mut front = Front::open(&stage);
    let methods = Front::due(&front.log_in("bob"));
    let kinds: Vec<_> = methods.iter().map(|method| method.kind.as_str()).collect();
    assert_eq!(kinds, ["totp", "email"]);
    assert!(data::<Told>(&front.call(methods[1].send())).success);
    front.enter("bob", Some(&mails.next_mail().code()));
}

#[test]
fn the_front_of_2026_stays_logged_in_where_it_lacks_a_right_or_a_code_is_wrong() {
    let stage = Stage::with("[users]\ndefault_tags = []");
    let mut front = Front::open(&stage);
    front.enter("bob", None);
    front.refused(
        Request::post("users/@me").json(&json!({ "display": "Bobby" })),
        "FORBIDDEN",
        403,
    );
    let picture = Request::post("users/@me/thumbnail").form(PNG);
    front.refused(picture, "FORBIDDEN", 403);
    assert_eq!(front.get::<OwnUser<Link>>("users/@me").public.display, "bob");
    front.enter("ada", Some(&stage.code(0)));
    let wrong =
        Request::post("auth/totp/disable").json_said_twice(&json!({ "factor_code": "000000" }));
    front.refused(wrong, "VALIDATION_ERROR", 422);
    front.get::<OwnUser<Link>>("users/@me").is(1, "ada");
}

#[test]
fn the_front_of_2026_is_not_told_that_it_is_logged_out_where_it_may_not_log_in() {
    let stage = Stage::new();
    stage.instance.ok(&["user", "disable", "bob"], "");
    let mut front = Front::open(&stage);
    front.refused(Request::post("auth/login").json(&credentials("bob")), "FORBIDDEN", 403);
    let mut wrong = credentials("ada");
    wrong["factor_code"] = "12345x".into();
    front.refused(Request::post("auth/login").json(&wrong), "VALIDATION_ERROR", 422);
}

#[test]
fn the_front_of_2026_registers_where_the_server_says_that_it_may() {
    let body = json!({ "username": "cleo", "password": "hunter22!", "email": "cleo@b.example", "display": "Cleo" });
    let stage = Stage::with("[users]\nregistration = 'open'");
    let mut front = Front::open(&stage);
    assert!(front.configs.allow_user_registration);
    let session: Session<Link> = front.post("auth/register", &body);
    session.user.is(3, "cleo");
    front.token = Some(session.token);
    front.get::<OwnUser<Link>>("users/@me").is(3, "cleo");
    front.refused(Request::post("auth/register").json(&body), "CONFLICT", 409);

    let stage = Stage::with("[users]\nregistration = 'invite'");
    let mut front = Front::open(&stage);
    assert!(!front.configs.allow_user_registration);
    front.refused(Request::post("auth/register").json(&body), "FORBIDDEN", 403);
}
