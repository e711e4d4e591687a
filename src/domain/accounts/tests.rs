use super::fields::{Email, Username};
use super::operator::*;
use super::profile::Profile;
use super::registration::{NewAccount, register};
use super::suspension::Suspension;
use super::*;
use crate::domain::App;
use crate::domain::accounts::new_password::NewPassword;
use crate::domain::testing::{app_with, suspend};
use crate::error::{Error, Result};
use crate::storage::users;
use crate::time::Timestamp;

const NOW: Timestamp = Timestamp::from_millis(1_750_936_113_726);

fn add(app: &App, name: &str, email: Option<&str>) -> Result<Profile> {
    let registration = NewAccount {
        username: Username::parse(name.into()).unwrap(),
        password: NewPassword::parse("correct horse".to_owned().into(), &app.config).unwrap(),
        email: email.map(|email| Email::parse(email.into()).unwrap()),
        display: None,
        is_admin: true,
    };
    register(app, registration, NOW, |_| Ok(()))
}

#[test]
fn profile_has_the_keys_of_the_contract_and_effective_tags() {
    let (_folder, app) =
        app_with("[users]\ndefault_tags = ['can_self_edit']\n[server]\naddress = 'nox.example'");
    let shown = serde_json::to_value(add(&app, "ada", Some("ada@example.org")).unwrap()).unwrap();
    let expected = serde_json::json!({
        "id": 1, "username": "ada", "display": "ada", "server": "nox.example",
        "tags": ["dft:can_self_edit", "sys:admin", "sys:unverified"],
        "bio": null, "thumbnail": null, "banner": null, "links": [], "link_labels": [], "rank": 0,
        "email": "ada@example.org", "email_verified": false, "created_at": 1_750_936_113_726_u64,
        "home": null, "twofa_enabled": false, "pronoun": null, "avatar": null,
        "presence": {"status": "online", "text": null},
        "factors": {"totp": false, "email": false, "passkey": false, "recovery_codes": 0},
        "passkeys": 0,
        "awaits_confirmation": false, "second_factor_demanded": false,
        "second_factor_grace_until": null,
    });
    assert_eq!(shown, expected);
}

#[test]
fn taken_username_or_email_is_refused() {
    let (_folder, app) = app_with("");
    add(&app, "ada", Some("ada@example.org")).unwrap();
    let again = add(&app, "ada", None).unwrap_err();
    assert_eq!(again.to_string(), "User already exists with this username.");
    let other = add(&app, "bob", Some("ADA@example.org")).unwrap_err();
    assert_eq!(other.to_string(), "User already exists with this email.");
}

#[test]
fn password_that_cannot_be_shown_is_not_stored() {
    let (_folder, app) = app_with("");
    add(&app, "ada", None).unwrap();
    let unread = |_: &_| Err::<(), _>(Error::ServerNotReady { source: None });
    let password = NewPassword::parse("battery staple".to_owned().into(), &app.config).unwrap();
    let before = app.db.read(|c| users::find_by_username(c, "ada")).unwrap();
    assert!(change_password(&app, "ada", &password, NOW, unread).is_err());
    assert_eq!(app.db.read(|c| users::find_by_username(c, "ada")).unwrap(), before);
}

#[test]
fn suspension_ends_at_its_time_or_by_the_operator() {
    let (_folder, app) = app_with("");
    add(&app, "ada", None).unwrap();
    let until = Timestamp::from_millis(NOW.millis() + 1000);
    let spam = Suspension { until: Some(until), reason: Some("spam".into()) };
    disable(&app, "ada", &spam, LastAdministrator::MayGo, NOW).unwrap();
    let tagged =
        |now| find(&app, "ada", now).unwrap().public.tags.contains(&"sys:blacklisted".to_owned());
    assert!(tagged(NOW) && !tagged(until));
    suspend(&app, "ada", NOW);
    assert!(tagged(until));
    enable(&app, "ada", NOW).unwrap();
    assert!(!tagged(NOW));
}

#[test]
fn id_of_a_removed_account_is_not_reused() {
    let (_folder, app) = app_with("");
    add(&app, "ada", None).unwrap();
    remove(
        &app,
        find(&app, "ada", NOW).unwrap().public.id,
        Removal { last_administrator: LastAdministrator::MayGo, forget: false },
        NOW,
    )
    .unwrap();
    assert_eq!(add(&app, "ada", None).unwrap().public.id, UserId(2));
}
