use super::*;
use crate::domain::accounts::identifier::Identifier;
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::auth::Repeat;
use crate::domain::auth::{LoginAttempt, login};
use crate::domain::email_confirmation as addresses;
use crate::domain::factors::check::{Accepts, CodeAttempt, with_code};
use crate::domain::factors::email::EnablingCodes;
use crate::domain::factors::shown::Delivery;
use crate::domain::factors::totp::Enabling;
use crate::domain::principal::{Actor, Client, Device};
use crate::domain::sessions::authenticate;
use crate::domain::testing::{add_user, app_with, suspend};
use crate::storage::email_confirmations::{self, NewEmailConfirmation};
use crate::storage::sent_codes::Channel;
use crate::storage::totp_enrollments;
use crate::storage::users::{self, UserId};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use zeroize::Zeroizing;

const NOW: Timestamp = Timestamp::from_millis(1_750_936_113_726);
const DEVICE: Device = Device {
    ip: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
    is_forwarded: false,
    user_agent: None,
    language: None,
    browser: None,
};
const UNCHECKED: PasswordCheck = PasswordCheck::NotRequired;
const MINUTE: Duration = Duration::from_mins(1);

/// Mail settings with a port on which no server listens.
const MAIL: &str = "[mail]\nhost = '127.0.0.1'\nport = 1\ntls = 'none'\nfrom = 'nox@example.org'";

/// An instance with the user `ada`, whose address is confirmed.
fn app(settings: &str) -> (tempfile::TempDir, App, UserId) {
    let (folder, app) = app_with(settings);
    let ada = add_user(&app, "ada", "hunter22");
    change(&app, ada, |user| {
        user.email = Some("ada@example.org".into());
        user.email_verified = true;
    });
    (folder, app, ada)
}

fn change(app: &App, id: UserId, change: impl FnOnce(&mut User)) {
    let mut user = user(app, id);
    change(&mut user);
    app.db.write(|connection| users::update(connection, &user)).unwrap();
}

fn user(app: &App, id: UserId) -> User {
    app.db.read(|connection| users::find_by_id(connection, id)).unwrap().unwrap()
}

fn code(text: &str) -> Code {
    Code::parse("code", text.into()).unwrap()
}

fn principal(app: &App, code: Option<&str>, now: Timestamp) -> Principal {
    let attempt = LoginAttempt {
        identifier: Identifier::parse("ada", "").unwrap(),
        password: "hunter22".to_owned().into(),
        code: code.map(|text| Code::parse("code", text.into()).unwrap()),
        client: Client { device: DEVICE, public_key: None },
        repeat: Repeat::Never,
        held: None,
    };
    let session = login(app, &attempt, now).unwrap();
    authenticate(app, &session.token, now).unwrap().at(DEVICE)
}

/// A code, as it would be mailed or handed out.
fn make(app: &App, ada: UserId, channel: Channel, now: Timestamp) -> Zeroizing<String> {
    app.db.write(|connection| sent::make(app, connection, ada, channel, now)).unwrap().code
}

fn is_accepted(app: &App, ada: UserId, text: &str, now: Timestamp) -> bool {
    show(app, &user(app, ada), text, now, || Ok(())).is_ok()
}

/// Makes a change that needs a code of any factor.
fn show(
    app: &App,
    user: &User,
    text: &str,
    now: Timestamp,
    change: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let actor = Actor { user, device: &DEVICE };
    let attempt = CodeAttempt { actor, code: &code(text), accepts: Accepts::EveryFactor };
    with_code(app, &attempt, now, |_| change())
}

fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[test]
fn sent_code_is_valid_for_ten_minutes() {
    for (millis, good) in [(0, true), (599_999, true), (600_000, false)] {
        let (_folder, app, ada) = app("");
        let code = make(&app, ada, Channel::Operator, NOW);
        assert_eq!(
            is_accepted(&app, ada, &code, NOW.after(Duration::from_millis(millis))),
            good,
            "{millis}"
        );
    }
}

#[test]
fn sent_code_is_invalid_after_five_wrong_codes_despite_a_new_limit() {
    let (_folder, app, ada) = app("");
    let first = NOW.before(14 * MINUTE);
    assert!(!is_accepted(&app, ada, "000000", first));
    let code = make(&app, ada, Channel::Operator, NOW);
    for _ in 0..4 {
        assert!(!is_accepted(&app, ada, other_than(&code), NOW));
    }
    // Fifteen minutes after the first wrong code, the account's limit starts again.
    let later = NOW.after(2 * MINUTE);
    assert!(!is_accepted(&app, ada, other_than(&code), later));
    assert!(!is_accepted(&app, ada, &code, later));
}

#[test]
fn sent_code_is_replaced_by_the_next_of_its_channel() {
    let (_folder, app, ada) = app("");
    let old = make(&app, ada, Channel::Operator, NOW);
    let new = make(&app, ada, Channel::Operator, NOW);
    assert!(old == new || !is_accepted(&app, ada, &old, NOW));
    assert!(is_accepted(&app, ada, &new, NOW));
}

#[test]
fn mailed_code_is_refused_unless_mail_is_a_factor() {
    let (_folder, app, ada) = app("");
    let code = make(&app, ada, Channel::Email, NOW);
    assert!(!is_accepted(&app, ada, &code, NOW));
    change(&app, ada, |user| user.has_email_factor = true);
    let code = make(&app, ada, Channel::Email, NOW);
    assert!(is_accepted(&app, ada, &code, NOW));
}

#[test]
fn codes_are_mailed_once_a_minute_and_ten_times_a_day() {
    let (_folder, app, ada) = app(MAIL);
    let send = |now| sent::mail(&app, Actor { user: &user(&app, ada), device: &DEVICE }, now);
    for mail in 0..10 {
        let at = NOW.after(mail * MINUTE);
        send(at).unwrap();
        assert!(matches!(send(at), Err(Error::TooManyRequests { seconds: 60 })), "{mail}");
    }
    assert!(matches!(
        send(NOW.after(20 * MINUTE)),
        Err(Error::TooManyRequests { seconds: 85_200 })
    ));
    assert!(send(NOW.after(24 * 60 * MINUTE)).is_ok());
}

#[test]
fn challenge_ends_after_ten_minutes_or_with_password_or_account() {
    let (_folder, app, ada) = app("");
    let challenge = challenge::make(&app, &user(&app, ada), NOW).unwrap();
    let at = |millis| {
        challenge::user(&app, &challenge, NOW.after(Duration::from_millis(millis))).is_ok()
    };
    assert_eq!([at(0), at(599_999), at(600_000)], [true, true, false]);
    suspend(&app, "ada", NOW);
    assert!(!at(0));
    crate::domain::accounts::operator::enable(&app, "ada", NOW).unwrap();
    app.db.write(|connection| users::update_password(connection, ada, "hash", NOW)).unwrap();
    assert!(!at(0));
    assert!(matches!(challenge::user(&app, "AAAA", NOW), Err(Error::InvalidChallenge)));
}

#[test]
fn pending_enrolment_expires_after_an_hour() {
    for (minutes, good) in [(59, true), (60, false)] {
        let (_folder, app, _ada) = app("");
        let principal = principal(&app, None, NOW);
        let enrollment = totp::setup(&app, &principal, None, NOW).unwrap();
        let later = NOW.after(minutes * MINUTE);
        let shown = totp_rs::Totp::from_url(enrollment.otpauth_url.as_str()).unwrap();
        let first = shown.generate(u64::try_from(later.seconds()).unwrap()).to_string();
        let code = code(&first);
        let enabling = Enabling { code: &code, check: &UNCHECKED, delivery: Delivery::Response };
        assert_eq!(totp::enable(&app, &principal, enabling, later).is_ok(), good);
    }
}

#[test]
fn pending_secret_opens_only_for_its_user_and_session() {
    let (_folder, app, ada) = app("");
    let principal = principal(&app, None, NOW);
    totp::setup(&app, &principal, None, NOW).unwrap();
    let bob = add_user(&app, "bob", "hunter22");
    let sealed = app
        .db
        .read(|connection| totp_enrollments::find_active(connection, ada, NOW))
        .unwrap()
        .unwrap();
    let session = principal.session;
    assert!(app.key.open(&format!("totp-enrollment:{ada}:{session}"), &sealed).is_ok());
    assert!(app.key.open(&format!("totp-enrollment:{bob}:{session}"), &sealed).is_err());
    assert!(app.key.open(&format!("totp:{ada}"), &sealed).is_err());
    let other = self::principal(&app, None, NOW);
    assert!(totp::pending(&app, &principal, NOW).unwrap().is_some());
    assert!(totp::pending(&app, &other, NOW).unwrap().is_none(), "another session does not see it");
}

#[test]
fn right_code_of_a_failed_change_stays_valid_and_uncounted() {
    let (_folder, app, ada) = app("");
    let digits = make(&app, ada, Channel::Operator, NOW);
    let user = user(&app, ada);
    for _ in 0..10 {
        let failed = show(&app, &user, &digits, NOW, || Err(Error::UserNotFound));
        assert!(matches!(failed, Err(Error::UserNotFound)));
    }
    assert!(is_accepted(&app, ada, &digits, NOW));
}

#[test]
fn challenge_of_a_user_without_a_factor_is_refused() {
    let (_folder, app, ada) = app("");
    let challenge = challenge::make(&app, &user(&app, ada), NOW).unwrap();
    let client = Client { device: DEVICE, public_key: None };
    let finish =
        |code: &str| crate::domain::auth::finish(&app, &challenge, &self::code(code), &client, NOW);
    assert!(matches!(finish("000000"), Err(Error::InvalidChallenge)));
    change(&app, ada, |user| user.has_email_factor = true);
    let code = make(&app, ada, Channel::Email, NOW);
    assert!(finish(&code).is_ok());
}

#[test]
fn change_of_factor_deletes_the_pending_enrolment() {
    let (_folder, app, ada) = app(MAIL);
    let principal = principal(&app, None, NOW);
    totp::setup(&app, &principal, None, NOW).unwrap();
    let mailed = make(&app, ada, Channel::Email, NOW);
    email::enable(
        &app,
        &principal,
        EnablingCodes { mailed: &code(&mailed), other: None, delivery: Delivery::Response },
        &UNCHECKED,
        NOW,
    )
    .unwrap();
    assert!(totp::pending(&app, &principal, NOW).unwrap().is_none());
}

#[test]
fn confirmation_link_is_valid_for_a_day() {
    for (hours, good) in [(23, true), (24, false)] {
        let (_folder, app, ada) = app("");
        change(&app, ada, |user| user.email_verified = false);
        let token_sha256: [u8; 32] =
            sha2::Digest::finalize(<sha2::Sha256 as sha2::Digest>::new_with_prefix("token")).into();
        let link = NewEmailConfirmation {
            token_sha256: &token_sha256,
            user_id: ada,
            email: "ada@example.org",
            expires_at: NOW.after(Duration::from_hours(24)),
        };
        app.db.write(|connection| email_confirmations::insert(connection, link)).unwrap();
        assert_eq!(
            addresses::confirm(&app, "token", &DEVICE, NOW.after(Duration::from_hours(hours)))
                .is_ok(),
            good
        );
    }
}

#[test]
fn text_that_is_neither_digits_nor_recovery_code_is_refused() {
    for text in ["", "12345", "1234567", "12345a", " 12345", "12345\0", "ABCDE-FGHI0", "ABCDEFGHJ"]
    {
        assert!(Code::parse("code", text.into()).is_err(), "{text:?}");
    }
    assert!(
        Code::parse("code", "000000".into()).is_ok()
            && Code::parse("code", "abcde-FGHJK".into()).is_ok()
    );
}
