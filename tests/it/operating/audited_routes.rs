//! What each route of the API that writes leaves in the audit log.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::audited_passkeys;
use crate::harness::{Answer, Builder, GIF, ME, Mode, TestApp, Trail};

/// A route, what it needs, a request that it accepts, and the lines of that, or why it has none.
pub(super) struct Row {
    pub routes: &'static [&'static str],
    pub app: fn() -> Builder,
    pub send: fn(&TestApp) -> Answer,
    pub lines: Result<&'static [&'static str], &'static str>,
}

const MAILED: Result<&[&str], &str> = Err("it mails a code or a link, which changes nothing");

pub(super) fn session() -> Builder {
    TestApp::builder().session()
}

fn totp() -> Builder {
    TestApp::builder().totp()
}

fn email_factor() -> Builder {
    TestApp::builder().email_factor()
}

fn unconfirmed() -> Builder {
    let builder = TestApp::builder().mail_server(Mode::Plain).session();
    builder.nox("user set ada --email ada@b.example")
}

pub(super) fn post(app: &TestApp, path: &str, body: &Value) -> Answer {
    app.ada.post(&format!("/api{path}"), body)
}

/// A body with a recovery code.
fn code(app: &TestApp) -> Value {
    json!({ "token": app.ada.recovery_codes[0] })
}

/// The secret of a link that was mailed to confirm an address.
fn link(app: &TestApp) -> String {
    post(app, "/email/resend", &json!({})).data();
    app.mails().next_mail().token()
}

fn upload(app: &TestApp, kind: &str) -> Answer {
    app.ada.send("POST", &format!("{ME}/{kind}"), &[("Content-Type", "image/gif")], GIF)
}

const ROWS: &[Row] = &[
    Row {
        routes: &["POST /users/@me"],
        app: session,
        send: |app| app.ada.post(ME, &json!({ "bio": "Hello", "username": "eve" })),
        lines: Ok(&["account.renamed by user: username", "profile.changed by user: bio"]),
    },
    Row {
        routes: &["PATCH /users/@me"],
        app: session,
        send: |app| {
            let body = json!({ "password": "hunter33", "current_password": "hunter22" });
            app.ada.patch(ME, &body)
        },
        lines: Ok(&["password.changed by user"]),
    },
    Row {
        routes: &["DELETE /users/@me"],
        app: session,
        send: |app| {
            let body = json!({ "current_password": "hunter22" }).to_string();
            app.ada.send("DELETE", ME, &[crate::harness::JSON], body.as_bytes())
        },
        lines: Ok(&["account.deleted by user"]),
    },
    Row {
        routes: &["POST /relays/checkbearer", "POST /relay/checkbearer", "POST /relays/update"],
        app: session,
        send: |app| {
            let token = app.nox("relay add hub");
            let body = json!({ "access_token": app.ada.token }).to_string();
            let badger = format!("Badger {}", token.trim_end());
            let headers = [crate::harness::JSON, ("Authorization", badger.as_str())];
            app.client().send("POST", "/api/relays/checkbearer", &headers, body.as_bytes())
        },
        // That of the command alone.
        lines: Ok(&["relay.added by operator: name"]),
    },
    Row {
        routes: &["POST /auth/register"],
        app: || TestApp::with("[users]\nregistration = 'open'"),
        send: |app| {
            let body = json!({ "username": "eve", "password": "rabbit22", "email": "e@b.example" });
            app.client().post("/api/auth/register", &body)
        },
        lines: Ok(&["account.created by user: email", "session.opened by user"]),
    },
    Row {
        routes: &["POST /auth/login"],
        app: TestApp::builder,
        send: TestApp::try_password,
        lines: Ok(&["session.opened by user"]),
    },
    Row {
        routes: &["GET /auth/logout", "POST /auth/logout"],
        app: session,
        send: |app| post(app, "/auth/logout", &json!({})),
        lines: Ok(&["session.ended by user"]),
    },
    Row {
        routes: &["GET /email/confirmation"],
        app: unconfirmed,
        send: |app| app.client().get(&format!("/api/email/confirmation?token={}", link(app)), &[]),
        lines: Ok(&["email.confirmed by user: email_verified"]),
    },
    Row {
        routes: &["POST /email/resend"],
        app: unconfirmed,
        send: |app| post(app, "/email/resend", &json!({})),
        lines: MAILED,
    },
    Row {
        routes: &["POST /auth/email/enable"],
        app: || TestApp::builder().mail(),
        send: |app| post(app, "/auth/email/enable", &json!({ "token": app.mailed_code(&app.ada) })),
        lines: Ok(&["email_factor.enabled by user"]),
    },
    Row {
        routes: &["POST /auth/email/disable"],
        app: email_factor,
        send: |app| post(app, "/auth/email/disable", &code(app)),
        lines: Ok(&["recovery_code.used by user", "email_factor.disabled by user"]),
    },
    Row {
        routes: &["POST /auth/methods/email/setup"],
        app: || TestApp::builder().mail_server(Mode::Plain).session(),
        send: |app| post(app, "/auth/methods/email/setup", &json!({ "email": "a@b.example" })),
        lines: Ok(&["email.changed by user: email"]),
    },
    Row {
        routes: &["POST /auth/methods/email/enable"],
        app: || TestApp::builder().mail(),
        send: |app| {
            let body = json!({ "token": app.mailed_code(&app.ada) });
            post(app, "/auth/methods/email/enable", &body)
        },
        lines: Ok(&["email_factor.enabled by user"]),
    },
    Row {
        routes: &["POST /auth/methods/email/disable"],
        app: email_factor,
        send: |app| post(app, "/auth/methods/email/disable", &code(app)),
        lines: Ok(&[
            "recovery_code.used by user",
            "email.changed by user: email, email_verified",
            "email_factor.disabled by user",
        ]),
    },
    Row {
        routes: &[
            "GET /auth/methods/email/send",
            "POST /auth/methods/email/send",
            "GET /{type}/send",
            "POST /{type}/send",
        ],
        app: || TestApp::builder().mail(),
        send: |app| app.ada.post_nothing("/api/auth/email/send"),
        lines: MAILED,
    },
    Row {
        routes: &["POST /totp/setup"],
        app: session,
        send: |app| post(app, "/auth/totp/setup", &json!({})),
        lines: Err("an app that waits for its first code is of no use yet"),
    },
    Row {
        routes: &["POST /totp/enable"],
        app: session,
        send: |app| {
            let secret = app.ada.set_up_app();
            let code = crate::harness::oathtool(&secret, 0);
            post(app, "/auth/totp/enable", &json!({ "token": code }))
        },
        lines: Ok(&["totp.enabled by user"]),
    },
    Row {
        routes: &["POST /totp/disable"],
        app: totp,
        send: |app| post(app, "/auth/totp/disable", &code(app)),
        lines: Ok(&["recovery_code.used by user", "totp.disabled by user"]),
    },
    Row {
        routes: &["POST /totp/verify"],
        app: totp,
        send: |app| post(app, "/auth/totp/verify", &json!({ "token": app.ada.code(1) })),
        lines: Err("it says whether a code is right, which changes nothing"),
    },
    Row {
        routes: &["POST /recovery/renew"],
        app: totp,
        send: |app| post(app, "/auth/recovery/renew", &code(app)),
        lines: Ok(&["recovery_code.used by user", "recovery_codes.renewed by user"]),
    },
    Row {
        routes: &["DELETE /users/@me/sessions"],
        app: session,
        send: |app| {
            app.try_password().token();
            app.ada.delete("/api/users/@me/sessions")
        },
        lines: Ok(&["session.opened by user", "sessions.ended by user"]),
    },
    Row {
        routes: &["DELETE /users/@me/sessions/{id}"],
        app: session,
        send: |app| {
            let id = app.ada.get("/api/users/@me/session").data()["id"].clone();
            app.ada.delete(&format!("/api/users/@me/sessions/{}", id.as_str().unwrap()))
        },
        lines: Ok(&["session.ended by user"]),
    },
    Row {
        routes: &["POST /users/@me/thumbnail"],
        app: session,
        send: |app| upload(app, "thumbnail"),
        lines: Ok(&["profile.changed by user: thumbnail"]),
    },
    Row {
        routes: &["POST /users/@me/banner"],
        app: session,
        send: |app| upload(app, "banner"),
        lines: Ok(&["profile.changed by user: banner"]),
    },
];

/// The rows of every capability.
fn all() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().chain(audited_passkeys::ROWS)
}

/// Every route of the API that may change something, as `src/http/routes.rs` has them.
fn routes() -> BTreeSet<String> {
    let source = include_str!("../../../src/http/routes.rs");
    let (_, api) = source.split_once("fn second_factor_endpoints").unwrap();
    let writing = [
        (".post(", "POST"),
        (".patch(", "PATCH"),
        (".delete(", "DELETE"),
        (".put(", "PUT"),
        (".get_change(", "GET"),
    ];
    let mut routes = BTreeSet::new();
    for endpoint in api.split("at(\"").skip(1) {
        let (path, methods) = endpoint.split_once('"').unwrap();
        let has = |call| methods.contains(call);
        let writing = writing.iter().filter(|(call, _)| has(call));
        routes.extend(writing.map(|(_, method)| format!("{method} {path}")));
    }
    routes
}

#[test]
fn every_route_that_writes_has_a_row() {
    let rows = all().flat_map(|row| row.routes);
    let rows: BTreeSet<String> = rows.map(|route| (*route).into()).collect();
    assert_eq!(rows, routes());
}

#[test]
fn every_route_that_writes_leaves_its_lines_in_the_audit_log() {
    let mut other = Vec::new();
    for row in all() {
        let app = (row.app)().serve();
        let trail = Trail::before(&app.instance);
        let answer = (row.send)(&app);
        assert_eq!(answer.status, 200, "{:?}: {}", row.routes, answer.text);
        let lines = trail.since(&app.instance);
        if lines != row.lines.unwrap_or_default() {
            other.push((row.routes, lines));
        }
    }
    assert!(other.is_empty(), "{other:#?}");
}
