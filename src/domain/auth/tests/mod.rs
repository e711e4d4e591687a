use super::*;
use crate::domain::accounts::new_password::NewPassword;
use crate::domain::accounts::operator;
use crate::domain::factors;
use crate::domain::factors::totp::{self, Enrollment};
use crate::domain::principal::Device;
use crate::domain::sessions::authenticate;
use crate::domain::testing::{add_user, app_with, suspend};
use crate::storage::totp_factors::{self, RightStep};
use crate::storage::users::UserId;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

mod limits;

const NOW: Timestamp = Timestamp::from_millis(1_750_936_113_726);
const PASSWORD: &str = "correct horse";
const DEVICE: Device = Device {
    ip: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
    is_forwarded: false,
    user_agent: None,
    language: None,
    browser: None,
};
const SECOND: Duration = Duration::from_secs(1);

fn app(settings: &str) -> (tempfile::TempDir, App) {
    let (folder, app) = app_with(settings);
    add_user(&app, "ada", PASSWORD);
    (folder, app)
}

fn new_password(app: &App, text: &str) -> NewPassword {
    NewPassword::parse(text.to_owned().into(), &app.config).unwrap()
}

fn change_password(app: &App, text: &str, now: Timestamp) {
    operator::change_password(
        app,
        "ada",
        &new_password(app, text),
        now,
        |_: &_| Ok::<_, Error>(()),
    )
    .unwrap();
}

fn enroll(app: &App) -> Enrollment {
    let enrollment = totp::enroll(app, "ada").unwrap();
    totp::enable_unconfirmed(app, &enrollment, NOW, |_: &_| Ok::<_, Error>(())).unwrap();
    enrollment
}

fn attempt(name: &str, password: &str, code: Option<&str>) -> LoginAttempt {
    LoginAttempt {
        identifier: Identifier::parse(name, "").unwrap(),
        password: password.to_owned().into(),
        code: code.map(|digits| Code::parse("factor_code", digits.into()).unwrap()),
        client: Client { device: DEVICE, public_key: None },
        repeat: Repeat::Never,
        held: None,
    }
}

fn token(outcome: Result<Box<OpenedSession>>) -> String {
    outcome.unwrap().token
}

fn message(outcome: Result<Box<OpenedSession>>) -> String {
    outcome.unwrap_err().to_string()
}

/// The code that an enrolled app shows at this time.
fn code_at(enrollment: &Enrollment, now: Timestamp) -> String {
    let app = totp_rs::Totp::from_url(enrollment.otpauth_url.as_str()).unwrap();
    app.generate(u64::try_from(now.seconds()).unwrap()).to_string()
}

#[test]
fn session_is_valid_until_its_last_millisecond() {
    let (_folder, app) = app("[session]\nlifetime = '1h'");
    let token = token(login(&app, &attempt("ada", PASSWORD, None), NOW));
    let end = NOW.after(Duration::from_hours(1));
    let before = Timestamp::from_millis(end.millis() - 1);
    assert!(authenticate(&app, &token, before).is_ok());
    assert!(matches!(authenticate(&app, &token, end), Err(Error::NotLogged)));
}

#[test]
fn suspension_is_told_only_after_the_right_password() {
    let (_folder, app) = app("");
    let token = token(login(&app, &attempt("ada", PASSWORD, None), NOW));
    suspend(&app, "ada", NOW);
    assert!(authenticate(&app, &token, NOW).is_err(), "the suspension ends its sessions at once");
    let refused = message(login(&app, &attempt("ada", PASSWORD, None), NOW));
    assert_eq!(refused, "You are not authorized to log in.");
    let refused = message(login(&app, &attempt("ada", "wrong horse", None), NOW));
    assert_eq!(refused, "Invalid field: password, is not correct.");
}

#[test]
fn hidden_names_are_refused_like_a_wrong_password() {
    let (_folder, app) = app("[login]\nhide_unknown_users = true");
    suspend(&app, "ada", NOW);
    for (name, password) in
        [("nobody", PASSWORD), ("77", PASSWORD), ("ada", PASSWORD), ("ada", "wrong horse")]
    {
        let refused = message(login(&app, &attempt(name, password, None), NOW));
        assert_eq!(refused, "Invalid field: password, is not correct.");
    }
}

#[test]
fn hash_with_old_parameters_is_replaced_by_the_next_login() {
    let (folder, app) = app("");
    drop(app);
    let file = folder.path().join("nox.toml");
    std::fs::write(&file, "[password]\nmemory_kib = 2048\niterations = 1").unwrap();
    let config = crate::config::Config::load(Some(&file), std::iter::empty()).unwrap();
    let app = App::open(config).unwrap();
    let hash = || app.db.read(|c| rows::find_by_username(c, "ada")).unwrap().unwrap().password_hash;
    assert!(login(&app, &attempt("ada", "wrong horse", None), NOW).is_err());
    assert!(hash().contains("m=1024"));
    let first = token(login(&app, &attempt("ada", PASSWORD, None), NOW));
    assert!(hash().contains("m=2048"));
    token(login(&app, &attempt("ada", PASSWORD, None), NOW));
    assert!(authenticate(&app, &first, NOW).is_ok());
}

#[test]
fn new_password_ends_sessions_and_replaces_the_old_one() {
    let (_folder, app) = app("");
    let old = token(login(&app, &attempt("ada", PASSWORD, None), NOW));
    change_password(&app, "battery staple", NOW.after(SECOND));
    assert!(authenticate(&app, &old, NOW).is_err());
    assert!(login(&app, &attempt("ada", PASSWORD, None), NOW).is_err());
    token(login(&app, &attempt("ada", "battery staple", None), NOW));
}

#[test]
fn used_or_earlier_totp_code_is_refused_but_not_counted() {
    let (_folder, app) = app("");
    let enrollment = enroll(&app);
    let with = |code: &str| login(&app, &attempt("ada", PASSWORD, Some(code)), NOW);
    let now = code_at(&enrollment, NOW);
    let earlier = code_at(&enrollment, Timestamp::from_millis(NOW.millis() - 30_000));
    token(with(&now));
    for _ in 0..10 {
        // A used code is not a guess, so ten of them do not use up the limit.
        let refused = "Invalid field: factor_code, is wrong, has expired or was used already.";
        assert_eq!([message(with(&now)), message(with(&earlier))], [refused, refused]);
    }
    token(with(&code_at(&enrollment, NOW.after(Duration::from_secs(30)))));
}

#[test]
fn code_that_enabled_the_app_does_not_log_in() {
    let (_folder, app) = app("");
    let enrollment = totp::enroll(&app, "ada").unwrap();
    let code = code_at(&enrollment, NOW);
    let confirm = |code: &str| {
        totp::confirm(&app, &enrollment, &Code::parse("code", code.into()).unwrap(), NOW)
    };
    assert!(confirm(if code == "000000" { "000001" } else { "000000" }).is_err());
    confirm(&code).unwrap();
    assert!(login(&app, &attempt("ada", PASSWORD, Some(&code)), NOW).is_err());
}

#[test]
fn code_sent_by_twenty_clients_at_once_opens_one_session() {
    let (_folder, app) = app("");
    let enrollment = enroll(&app);
    let code = code_at(&enrollment, NOW);
    let run = || login(&app, &attempt("ada", PASSWORD, Some(&code)), NOW).is_ok();
    let opened = std::thread::scope(|scope| {
        let all: Vec<_> = (0..20).map(|_| scope.spawn(run)).collect();
        all.into_iter().map(|one| one.join().unwrap()).filter(|opened| *opened).count()
    });
    assert_eq!(opened, 1);
}

#[test]
fn account_change_during_the_hash_refuses_the_login() {
    type Interruption = fn(&App);
    let disable: Interruption = |app| suspend(app, "ada", NOW.after(SECOND));
    let wrong_password = "Invalid field: password, is not correct.";
    let changes: [(&str, Interruption, &str); 4] = [
        ("", |app| change_password(app, "battery staple", NOW.after(SECOND)), wrong_password),
        ("", |app| drop(enroll(app)), wrong_password),
        // The password was right, so the refusal tells of the suspension.
        ("", disable, "You are not authorized to log in."),
        ("[login]\nhide_unknown_users = true", disable, wrong_password),
    ];
    for (settings, change, refusal) in changes {
        let (_folder, app) = app(settings);
        let checked = app.db.read(|c| rows::find_by_username(c, "ada")).unwrap().unwrap();
        change(&app);
        let checked = Checked { user: checked, fresh_hash: None, sent: None };
        let client = Client { device: DEVICE, public_key: None };
        let entered =
            app.change(By::User(&DEVICE), NOW, |tx| open_session(&app, tx, &checked, &client, NOW));
        assert_eq!(message(entered), refusal);
    }
}

#[test]
fn step_of_a_replaced_factor_is_refused() {
    let (_folder, app) = app("");
    let factor = || {
        app.db
            .read(|c| totp_factors::find(c, rows::find_by_username(c, "ada")?.unwrap().id))
            .unwrap()
            .unwrap()
    };
    drop(enroll(&app));
    let old = factor();
    factors::operator::reset(&app, "ada", NOW).unwrap();
    drop(enroll(&app));
    let right = RightStep { step: 7, skew: 0, latest: 7 };
    let accepts = |factor| {
        let update = |c: &_| totp_factors::update_last_step(c, factor, right);
        app.db.write::<_, Error>(update).unwrap()
    };
    assert!(!accepts(&old) && accepts(&factor()));
}

#[test]
fn old_hash_of_a_decomposed_password_lets_in_once_and_is_replaced() {
    let (_folder, app) = app("");
    let [composed, decomposed] = ["pass w\u{fc}rd", "pass wu\u{308}rd"];
    let old = app.hasher.hash_as_typed(decomposed).unwrap();
    let id = app.db.read(|c| rows::find_by_username(c, "ada")).unwrap().unwrap().id;
    app.db.write(|c| rows::update_password_hash(c, id, &old)).unwrap();
    let wrong = message(login(&app, &attempt("ada", composed, None), NOW));
    assert_eq!(wrong, "Invalid field: password, is not correct.");
    for typed in [decomposed, composed, decomposed] {
        token(login(&app, &attempt("ada", typed, None), NOW));
    }
}
