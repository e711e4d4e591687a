//! Instances and users for unit tests.

use super::App;
use super::accounts::fields::Username;
use super::accounts::new_password::NewPassword;
use super::accounts::operator::disable;
use super::accounts::registration::{NewAccount, register};
use super::accounts::suspension::Suspension;
use super::accounts::{LastAdministrator, UserId};
use crate::config::Config;
use crate::error::Error;
use crate::time::Timestamp;

/// Adds a user who has been there since the epoch.
pub(crate) fn add_user(app: &App, name: &str, password: &str) -> UserId {
    let account = NewAccount {
        username: Username::parse(name.into()).expect("a test sets it up"),
        password: NewPassword::parse(password.to_owned().into(), &app.config)
            .expect("a test sets it up"),
        email: None,
        display: None,
        is_admin: false,
    };
    register(app, account, Timestamp::from_millis(0), |_| Ok::<_, Error>(()))
        .expect("a test sets it up")
        .public
        .id
}

/// Suspends a user without an end.
pub(crate) fn suspend(app: &App, name: &str, now: Timestamp) {
    disable(app, name, &Suspension::default(), LastAdministrator::MayGo, now)
        .expect("a test sets it up");
}

/// An instance in a folder of its own, with hashes that take no time.
pub(crate) fn app_with(settings: &str) -> (tempfile::TempDir, App) {
    let folder = tempfile::tempdir().expect("a test sets it up");
    let file = folder.path().join("nox.toml");
    std::fs::write(&file, format!("[password]\nmemory_kib = 1024\niterations = 1\n{settings}"))
        .expect("a test sets it up");
    let app = App::open(Config::load(Some(&file), std::iter::empty()).expect("a test sets it up"))
        .expect("a test sets it up");
    (folder, app)
}
