//! Adding passkeys.

use serde_json::json;

use super::{REGISTER, REGISTRATION_OPTIONS, age_sessions, with_passkey};
use crate::harness::{
    ALREADY_EXISTS, Authenticator, ME, NOT_LOGGED, PASSKEYS, SINGLE, TestApp, UNAUTHORIZED,
    VERIFICATION_REQUIRED,
};

#[test]
fn options_ask_for_a_passkey_that_needs_no_name_and_verifies_its_user() {
    let app = TestApp::logged_in();
    let options = app.ada.post(REGISTRATION_OPTIONS, &json!({})).data();
    let mut again = options.clone();
    let inner = again.as_object_mut().unwrap().remove("options").unwrap();
    assert_eq!(inner, again, "bare, and again under options");
    assert_eq!(inner["rp"], json!({ "id": "localhost", "name": "Nox" }));
    assert_eq!(
        (&inner["user"]["name"], &inner["user"]["displayName"]),
        (&"ada".into(), &"ada".into())
    );
    assert_eq!(inner["user"]["id"].as_str().unwrap().len(), 86, "64 bytes in base64url");
    let algorithms = [-7, -8, -257].map(|alg| json!({ "type": "public-key", "alg": alg }));
    assert_eq!(inner["pubKeyCredParams"], json!(algorithms));
    assert_eq!((&inner["timeout"], &inner["attestation"]), (&json!(300_000), &json!("none")));
    let selection = json!({
        "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
    });
    assert_eq!(inner["authenticatorSelection"], selection);
    assert_eq!(inner["extensions"], json!({ "credProps": true }));
    assert_eq!(inner["excludeCredentials"], json!([]));
    assert_eq!(inner["challenge"].as_str().unwrap().len(), 108, "81 bytes in base64url");
    let second = app.ada.post(REGISTRATION_OPTIONS, &json!({})).data();
    assert_eq!(second["user"]["id"], inner["user"]["id"], "the handle stays the same");
    assert_ne!(second["challenge"], inner["challenge"]);
}

#[test]
fn passkey_is_listed_as_it_was_added_and_excluded_from_the_next() {
    let app = TestApp::logged_in();
    assert_eq!(app.ada.me()["methods"]["passkey"], "disabled");
    let mut device = Authenticator::new();
    device.transports = vec!["usb", "fly", "internal"];
    device.aaguid = *b"SAMSUNG\0\0\0\0\0\0\0\0\0";
    let added = device.add_to(&app.ada);
    let expected = json!({
        "id": added["id"], "name": "Passkey", "created_at": added["created_at"],
        "last_used_at": null, "synced": true, "backed_up": true, "device_type": "multiDevice",
        "discoverable": true, "transports": ["internal", "usb"],
        "aaguid": "53414d53-554e-4700-0000-000000000000", "rp_id": "localhost", "usable": true,
    });
    let mut expected = expected;
    expected["name"] = "Samsung Pass".into();
    assert_eq!(added, expected);
    assert_eq!(added["id"].as_str().unwrap().len(), 36);
    for path in
        [PASSKEYS, "/api/auth/passkeys", "/api/v2/auth/passkeys", "/api/v2/api/auth/passkey"]
    {
        let list = app.ada.get(path).data();
        assert_eq!(list, json!({ "total": 1, "items": [added], "passkeys": [added] }), "{path}");
    }
    assert_eq!(app.ada.me()["methods"]["passkey"], "enabled");
    assert_eq!(app.ada.me()["twofa_enabled"], false, "a passkey alone switches no factor on");
    let options = app.ada.post(REGISTRATION_OPTIONS, &json!({})).data();
    let excluded = &options["excludeCredentials"][0];
    assert_eq!(excluded["type"], "public-key");
    assert_eq!(excluded["transports"], json!(["internal", "usb"]));
}

#[test]
fn name_is_chosen_or_that_of_the_program_with_a_number() {
    let app = TestApp::logged_in();
    let add = |name: serde_json::Value| {
        let mut device = Authenticator::new();
        let options = app.ada.post(REGISTRATION_OPTIONS, &json!({})).data();
        let mut body = device.create(&options);
        body["name"] = name;
        app.ada.post(REGISTER, &body)
    };
    let long = "é".repeat(64);
    for (name, stored) in [
        (json!("  My laptop "), "My laptop"),
        (json!(null), "Passkey"),
        (json!(""), "Passkey 2"),
        (json!("  "), "Passkey 3"),
        (json!(long), long.as_str()),
    ] {
        assert_eq!(add(name).data()["name"], stored);
    }
    for name in [json!("é".repeat(65)), json!("two\nlines"), json!(7)] {
        add(name).refused_field("name", REGISTER);
    }
    assert_eq!(app.ada.get(PASSKEYS).data()["total"], 5);
}

#[test]
fn adding_needs_a_young_session_or_the_password_or_a_code() {
    let app = TestApp::logged_in();
    age_sessions(&app);
    let said =
        app.ada.post(REGISTRATION_OPTIONS, &json!({})).refused(UNAUTHORIZED, REGISTRATION_OPTIONS);
    assert_eq!(said, "You are not authorized to add a passkey with an old session.");
    let names = app.ada.post("/api/v2/auth/passkey/register/options", &json!({}));
    names.refused_as("FORBIDDEN", 403);
    let wrong = app.ada.post(REGISTRATION_OPTIONS, &json!({ "current_password": "hunter33" }));
    wrong.refused_field("current_password", REGISTRATION_OPTIONS);
    app.ada.post(REGISTRATION_OPTIONS, &json!({ "current_password": "hunter22" })).data();
    let client = app.client();
    client.post(REGISTRATION_OPTIONS, &json!({})).refused(NOT_LOGGED, REGISTRATION_OPTIONS);
}

#[test]
fn adding_needs_a_code_where_a_second_factor_is_on() {
    let app = TestApp::builder().totp().serve();
    for body in [json!({}), json!({ "current_password": "hunter22" })] {
        let answer = app.ada.post(REGISTRATION_OPTIONS, &body);
        answer.refused(VERIFICATION_REQUIRED, REGISTRATION_OPTIONS);
    }
    let wrong = app.ada.post(REGISTRATION_OPTIONS, &json!({ "factor_code": "000000" }));
    wrong.refused_field("factor_code", REGISTRATION_OPTIONS);
    let body = json!({ "factor_code": app.ada.recovery_codes[0] });
    let options = app.ada.post(REGISTRATION_OPTIONS, &body).data();
    app.ada.post(REGISTER, &Authenticator::new().create(&options)).data();
}

#[test]
fn twenty_first_passkey_is_refused() {
    let app = TestApp::logged_in();
    for _ in 0..19 {
        Authenticator::new().add_to(&app.ada);
    }
    let begun = [(); 2].map(|()| app.ada.post(REGISTRATION_OPTIONS, &json!({})).data());
    let [last, one_too_many] = begun.map(|options| Authenticator::new().create(&options));
    app.ada.post(REGISTER, &last).data();
    let rule = app.ada.post(REGISTER, &one_too_many).refused_field("credential", REGISTER);
    assert_eq!(rule, "must be one of at most 20.");
    assert_eq!(app.ada.get(PASSKEYS).data()["total"], 20);
    assert_eq!(app.instance.user("ada")["passkeys"], 20);
}

#[test]
fn twenty_first_passkey_is_refused_before_a_device_makes_it() {
    let mut app = TestApp::logged_in();
    for _ in 0..20 {
        Authenticator::new().add_to(&app.ada);
    }
    let answer = app.ada.post(REGISTRATION_OPTIONS, &json!({}));
    let rule = answer.refused_field("credential", REGISTRATION_OPTIONS);
    assert_eq!(rule, "must be one of at most 20.");
    let names = app.ada.post("/api/v2/auth/passkey/register/options", &json!({}));
    names.refused_as("VALIDATION_ERROR", 422);
    app.ada.enable_app();
    for proof in [json!({}), json!({ "factor_code": app.ada.recovery_codes[0] })] {
        let answer = app.ada.post(REGISTRATION_OPTIONS, &proof);
        answer.refused_field("credential", REGISTRATION_OPTIONS);
    }
    assert_eq!(app.ada.codes_left(), 10, "no code was used up");
    let id = app.ada.get(PASSKEYS).data()["items"][0]["id"].clone();
    app.nox(&format!("passkey remove ada {}", id.as_str().unwrap()));
    let proof = json!({ "factor_code": app.ada.recovery_codes[1] });
    let ada = app.log_in_by(&app.ada.recovery_codes[0]);
    ada.post(REGISTRATION_OPTIONS, &proof).data();
}

#[test]
fn one_credential_belongs_to_one_account() {
    let app = TestApp::builder().session().user("bob").serve();
    let bob = app.log_in("bob");
    let mut device = Authenticator::new();
    device.add_to(&app.ada);
    let handle = device.handle.clone();
    let said = device.try_add_to(&bob).refused(ALREADY_EXISTS, REGISTER);
    assert_eq!(said, "Passkey already exists with this id.");
    device.try_add_to(&app.ada).refused(ALREADY_EXISTS, REGISTER);
    assert_eq!(bob.get(PASSKEYS).data()["total"], 0);
    device.handle = handle;
    assert_eq!(device.log_in(&app.client()).data()["user"]["username"], "ada");
}

#[test]
fn rename_keeps_all_else_and_needs_a_name() {
    let (app, _device) = with_passkey();
    let before = app.ada.get(PASSKEYS).data()["items"][0].clone();
    let path = format!("{PASSKEYS}/{}", before["id"].as_str().unwrap());
    let mut after = app.ada.patch(&path, &json!({ "name": " Phone " })).data();
    assert_eq!(after["name"].take(), "Phone");
    let mut expected = before.clone();
    expected["name"].take();
    assert_eq!(after, expected);
    for name in [json!(null), json!(""), json!(" "), json!("a\tb\nc"), json!("x".repeat(65))] {
        app.ada.patch(&path, &json!({ "name": name })).refused_field("name", &path);
    }
    for id in ["0197a3c6-13be-7c3e-9a57-3f9f2d4c8b1a", "1", "0197a3c613be7c3e9a573f9f2d4c8b1a"] {
        let other = format!("{PASSKEYS}/{id}");
        let said = app
            .ada
            .patch(&other, &json!({ "name": "x" }))
            .refused(crate::harness::NOT_FOUND, &other);
        assert_eq!(said, "Passkey not found.");
    }
    app.ada.get(ME).data();
    let mut single = Authenticator { flags: SINGLE, ..Authenticator::new() };
    let added = single.add_to(&app.ada);
    assert_eq!((&added["device_type"], &added["synced"]), (&"singleDevice".into(), &false.into()));
}
