//! What each route about passkeys leaves in the audit log.

use serde_json::json;

use super::audited_routes::{Row, post, session};
use crate::harness::{Authenticator, TestApp};

/// The path of a passkey that was added.
fn added(app: &TestApp) -> String {
    let added = Authenticator::new().add_to(&app.ada);
    format!("/api/auth/passkey/{}", added["id"].as_str().unwrap())
}

pub(super) const ROWS: &[Row] = &[
    Row {
        routes: &["POST /auth/passkey/login/options", "POST /auth/passkey/register/options"],
        app: session,
        send: |app| post(app, "/auth/passkey/register/options", &json!({})),
        lines: Err("a challenge is of no use before it is answered"),
    },
    Row {
        routes: &["POST /auth/passkey/register/verify"],
        app: session,
        send: |app| Authenticator::new().try_add_to(&app.ada),
        lines: Ok(&["passkey.added by user: name"]),
    },
    Row {
        routes: &["POST /auth/passkey/login/verify"],
        app: session,
        send: |app| {
            let mut device = Authenticator::new();
            device.add_to(&app.ada);
            device.log_in(&app.client())
        },
        lines: Ok(&["passkey.added by user: name", "session.opened by user"]),
    },
    Row {
        routes: &["PATCH /auth/passkey/{id}", "PATCH /auth/passkeys/{id}"],
        app: session,
        send: |app| app.ada.patch(&added(app), &json!({ "name": "Phone" })),
        lines: Ok(&["passkey.added by user: name", "passkey.renamed by user: name"]),
    },
    Row {
        routes: &["DELETE /auth/passkey/{id}", "DELETE /auth/passkeys/{id}"],
        app: session,
        send: |app| app.ada.delete(&added(app)),
        lines: Ok(&["passkey.added by user: name", "passkey.removed by user: name"]),
    },
    Row {
        routes: &["POST /passkey/enable"],
        app: session,
        send: |app| {
            added(app);
            post(app, "/auth/passkey/enable", &json!({}))
        },
        lines: Ok(&["passkey.added by user: name", "passkey_factor.enabled by user"]),
    },
    Row {
        routes: &["POST /passkey/disable"],
        app: session,
        send: |app| {
            added(app);
            let enabled = post(app, "/auth/passkey/enable", &json!({})).data();
            let code = json!({ "token": enabled["backup_codes"][0] });
            post(app, "/auth/passkey/disable", &code)
        },
        lines: Ok(&[
            "passkey.added by user: name",
            "passkey_factor.enabled by user",
            "recovery_code.used by user",
            "passkey_factor.disabled by user",
        ]),
    },
];
