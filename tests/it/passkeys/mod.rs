//! Passkeys: adding them, logging in by them, and removing them.

mod adding;
mod bodies;
mod challenges;
mod commands;
mod factor;
mod hostile;
mod login;
mod removal;
mod settings;

use crate::harness::{Authenticator, TestApp};

/// The path at which a browser's answer is checked.
const VERIFY: &str = "/api/auth/passkey/login/verify";
const REGISTER: &str = "/api/auth/passkey/register/verify";
const OPTIONS: &str = "/api/auth/passkey/login/options";
const REGISTRATION_OPTIONS: &str = "/api/auth/passkey/register/options";

/// An app whose `ada` has a session and a passkey.
fn with_passkey() -> (TestApp, Authenticator) {
    let app = TestApp::logged_in();
    let mut device = Authenticator::new();
    device.add_to(&app.ada);
    (app, device)
}

/// Lets every session be older than the ten minutes in which it needs no password.
fn age_sessions(app: &TestApp) {
    app.instance.sql("UPDATE sessions SET created_at = created_at - 601000");
}
