use super::*;

/// An attempt from another address.
fn from(last: u8, password: &str) -> LoginAttempt {
    let device = Device { ip: [198, 51, 100, last].into(), ..DEVICE };
    LoginAttempt { client: Client { device, public_key: None }, ..attempt("ada", password, None) }
}

#[test]
fn five_wrong_passwords_from_one_address_are_enough_and_elsewhere_there_is_a_rest() {
    let (_folder, app) = app("");
    let wrong = attempt("ada", "wrong horse", None);
    for _ in 0..5 {
        assert!(message(login(&app, &wrong, NOW)).contains("password"));
    }
    let refused = message(login(&app, &attempt(" ADA ", PASSWORD, None), NOW));
    assert_eq!(refused, "Too many attempts, try again in 900 seconds.");
    let mut elsewhere = attempt("1", PASSWORD, None);
    elsewhere.client.device.ip = [192, 0, 2, 2].into();
    token(login(&app, &elsewhere, NOW));
}

#[test]
fn right_passwords_are_not_counted() {
    let (_folder, app) = app("");
    (0..70).for_each(|_| drop(token(login(&app, &attempt("ada", PASSWORD, None), NOW))));
}

#[test]
fn five_wrong_codes_close_the_second_step_and_a_right_password_does_not_open_it() {
    let (_folder, app) = app("");
    let enrollment = enroll(&app);
    let right = code_at(&enrollment, NOW);
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert!(
            message(login(&app, &attempt("ada", PASSWORD, Some(wrong)), NOW))
                .contains("factor_code")
        );
        let asked = login(&app, &attempt("ada", PASSWORD, None), NOW);
        assert!(matches!(asked, Err(Error::VerificationRequired { .. })));
    }
    let refused = message(login(&app, &attempt("ada", PASSWORD, Some(&right)), NOW));
    assert_eq!(refused, "Too many attempts, try again in 900 seconds.");
}

#[test]
fn strangers_lock_an_owner_out_of_nowhere_where_they_live() {
    let (_folder, app) = app("");
    let at_home = attempt("ada", PASSWORD, None);
    assert!(login(&app, &at_home, NOW).is_ok());
    let with_browser = |last, browser: &str, password| {
        let mut attempt = from(last, password);
        attempt.client.device.browser = Some(browser.into());
        attempt
    };
    assert!(login(&app, &with_browser(50, "mine", PASSWORD), NOW).is_ok());
    for stranger in 0..4 {
        for _ in 0..5 {
            login(&app, &from(stranger, "wrong horse"), NOW).unwrap_err();
        }
    }
    let is_stopped =
        |attempt| matches!(login(&app, &attempt, NOW), Err(Error::TooManyRequests { .. }));
    assert!(is_stopped(from(9, PASSWORD)), "the account is closed to strangers");
    assert!(is_stopped(with_browser(9, "other", PASSWORD)), "whatever their browser keeps");
    assert!(
        !is_stopped(attempt("ada", PASSWORD, None)),
        "but not to the address of earlier logins"
    );
    assert!(
        !is_stopped(with_browser(9, "mine", PASSWORD)),
        "nor to a browser of earlier logins, wherever it is"
    );
    for _ in 0..5 {
        assert!(!is_stopped(with_browser(60, "mine", "wrong horse")));
    }
    assert!(is_stopped(with_browser(60, "mine", PASSWORD)), "which has a budget of its own");
}

#[test]
fn a_fault_of_the_servers_own_and_a_disabled_account_are_no_guesses() {
    let (_folder, app) = app("");
    operator::disable(&app, "ada", None, None, NOW).unwrap();
    for _ in 0..10 {
        assert_eq!(
            message(login(&app, &attempt("ada", PASSWORD, None), NOW)),
            "You are not authorized to log in."
        );
    }
    operator::enable(&app, "ada", NOW).unwrap();
    let enrollment = enroll(&app);
    let code = code_at(&enrollment, NOW);
    // A seed that was moved here from another row does not open.
    let bob = add_user(&app, "bob", PASSWORD);
    let enrollment = totp::enroll(&app, "bob").unwrap();
    totp::enable_unconfirmed(&app, &enrollment, NOW, |_: &_| Ok::<_, Error>(())).unwrap();
    let moved = app.db.read(|c| totp_factors::find(c, bob)).unwrap().unwrap();
    app.db.write(|c| totp_factors::update_secret(c, UserId(1), &moved.secret)).unwrap();
    for _ in 0..10 {
        let fault = login(&app, &attempt("ada", PASSWORD, Some(&code)), NOW).unwrap_err();
        assert!(matches!(fault, Error::InternalError { .. }), "{fault}");
    }
}
