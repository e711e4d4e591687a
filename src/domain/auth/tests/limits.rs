use super::*;

/// An attempt from another address.
fn from(last: u8, password: &str) -> LoginAttempt {
    let device = Device { ip: [198, 51, 100, last].into(), ..DEVICE };
    LoginAttempt { client: Client { device, public_key: None }, ..attempt("ada", password, None) }
}

#[test]
fn five_wrong_passwords_lock_out_one_address_but_not_another() {
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
fn right_password_is_not_counted() {
    let (_folder, app) = app("");
    (0..70).for_each(|_| drop(token(login(&app, &attempt("ada", PASSWORD, None), NOW))));
}

#[test]
fn five_wrong_codes_lock_out_codes_even_with_the_right_password() {
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
fn guesses_of_others_do_not_lock_out_recognized_devices() {
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
    assert!(is_stopped(from(9, PASSWORD)), "the account is locked for unknown devices");
    assert!(
        is_stopped(with_browser(9, "other", PASSWORD)),
        "with an unknown browser secret as well"
    );
    assert!(
        !is_stopped(attempt("ada", PASSWORD, None)),
        "the address of earlier logins is not locked out"
    );
    assert!(
        !is_stopped(with_browser(9, "mine", PASSWORD)),
        "the browser of earlier logins is not locked out at any address"
    );
    for _ in 0..5 {
        assert!(!is_stopped(with_browser(60, "mine", "wrong horse")));
    }
    assert!(
        is_stopped(with_browser(60, "mine", PASSWORD)),
        "a recognized browser has a limit of its own"
    );
}

#[test]
fn fault_or_suspended_account_is_not_counted_as_a_guess() {
    let (_folder, app) = app("");
    suspend(&app, "ada", NOW);
    for _ in 0..10 {
        assert_eq!(
            message(login(&app, &attempt("ada", PASSWORD, None), NOW)),
            "You are not authorized to log in."
        );
    }
    operator::enable(&app, "ada", NOW).unwrap();
    let enrollment = enroll(&app);
    let code = code_at(&enrollment, NOW);
    // A secret that was copied from another row does not open, which is a fault.
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
