//! Passkeys, from the options of the server to a session.

use nox_authenticator::{Answer, Device, Server};
use passkey_client::WebauthnError;
use serde_json::{Value, json};

const PAGE: &str = "https://nox.example";
const OTHER_PAGE: &str = "https://app.nox.example";
const SETTINGS: &str = "[server]\npublic_url = 'https://nox.example'\n";
/// The server, too, may be reached by the other page.
const BOTH_PAGES: &str = "[server]\npublic_url = 'https://nox.example'\n\
    allowed_origins = ['https://app.nox.example']\n";

fn registration_options(server: &Server, token: &str) -> Value {
    server.post("/passkey/register/options", token, &json!({})).data().clone()
}

fn login_options(server: &Server) -> Value {
    server.post("/passkey/login/options", "", &json!({})).data().clone()
}

fn register(server: &Server, token: &str, credential: &Value) -> Answer {
    server.post("/passkey/register/verify", token, credential)
}

fn log_in(server: &Server, credential: &Value) -> Answer {
    server.post("/passkey/login/verify", "", credential)
}

/// Adds a passkey of ada's to a device.
fn add(server: &Server, device: &mut Device) {
    let token = server.log_in("ada");
    let credential = device.create(&registration_options(server, &token)).unwrap();
    let passkey = register(server, &token, &credential);
    assert_eq!(passkey.data()["rp_id"], "nox.example", "{passkey:?}");
}

#[test]
fn passkey_logs_in_without_a_name() {
    for algorithm in [-7, -8] {
        for counts in [false, true] {
            let server = Server::new(SETTINGS, "ada");
            let token = server.log_in("ada");
            let mut device = Device { counts, ..Device::new(PAGE) };
            let mut options = registration_options(&server, &token);
            let offered = options["pubKeyCredParams"].as_array_mut().unwrap();
            offered.retain(|offer| offer["alg"] == algorithm);
            assert_eq!(offered.len(), 1);
            let credential = device.create(&options).unwrap();
            assert_eq!(credential["response"]["publicKeyAlgorithm"], algorithm);
            let passkey = register(&server, &token, &credential);
            assert_eq!(passkey.data()["synced"], true, "{passkey:?}");
            for _ in 0..3 {
                let answer = log_in(&server, &device.get(&login_options(&server)));
                assert_eq!(answer.data()["user"]["username"], "ada");
                // The session works.
                registration_options(&server, &answer.token());
            }
        }
    }
}

#[test]
fn credential_works_once() {
    let server = Server::new(SETTINGS, "ada");
    let token = server.log_in("ada");
    let mut device = Device::new(PAGE);
    let credential = device.create(&registration_options(&server, &token)).unwrap();
    register(&server, &token, &credential).data();
    assert_eq!(register(&server, &token, &credential).refusal(), (400, 11));

    let credential = device.get(&login_options(&server));
    log_in(&server, &credential).token();
    assert_eq!(log_in(&server, &credential).refusal(), (400, 11));
}

#[test]
fn passkey_of_another_page_is_refused() {
    let server = Server::new(SETTINGS, "ada");
    let token = server.log_in("ada");
    let mut device = Device::new(OTHER_PAGE);
    let credential = device.create(&registration_options(&server, &token)).unwrap();
    assert_eq!(register(&server, &token, &credential).refusal(), (400, 5));

    let mut device = Device::new(PAGE);
    add(&server, &mut device);
    let mut elsewhere = Device { page: OTHER_PAGE.parse().unwrap(), ..device };
    let credential = elsewhere.get(&login_options(&server));
    assert_eq!(log_in(&server, &credential).refusal(), (400, 5));
    assert!(server.log().contains(OTHER_PAGE), "{}", server.log());
}

#[test]
fn allowed_origin_may_use_the_passkeys_of_the_server() {
    let server = Server::new(BOTH_PAGES, "ada");
    let mut device = Device::new(OTHER_PAGE);
    add(&server, &mut device);
    log_in(&server, &device.get(&login_options(&server))).token();
    device.page = PAGE.parse().unwrap();
    log_in(&server, &device.get(&login_options(&server))).token();
}

#[test]
fn passkey_for_another_domain_is_refused() {
    let server = Server::new(BOTH_PAGES, "ada");
    let token = server.log_in("ada");
    let mut device = Device::new(OTHER_PAGE);
    let mut options = registration_options(&server, &token);
    options["rp"]["id"] = "app.nox.example".into();
    let credential = device.create(&options).unwrap();
    assert_eq!(register(&server, &token, &credential).refusal(), (400, 5));

    let mut device = Device::new(OTHER_PAGE);
    add(&server, &mut device);
    let mut options = login_options(&server);
    options["rpId"] = "app.nox.example".into();
    assert_eq!(log_in(&server, &device.get(&options)).refusal(), (400, 5));
}

#[test]
fn user_must_be_verified() {
    let server = Server::new(SETTINGS, "ada");
    let token = server.log_in("ada");
    let mut device = Device::new(PAGE);
    let mut options = registration_options(&server, &token);
    options["authenticatorSelection"]["userVerification"] = "discouraged".into();
    let credential = device.create(&options).unwrap();
    assert_eq!(register(&server, &token, &credential).refusal(), (400, 5));

    add(&server, &mut device);
    let mut options = login_options(&server);
    options["userVerification"] = "discouraged".into();
    assert_eq!(log_in(&server, &device.get(&options)).refusal(), (400, 5));
}

#[test]
fn login_with_another_letter_in_one_field_is_refused() {
    let server = Server::new(SETTINGS, "ada");
    let mut device = Device::new(PAGE);
    add(&server, &mut device);
    for field in ["clientDataJSON", "authenticatorData", "signature", "userHandle"] {
        let mut credential = device.get(&login_options(&server));
        let text = credential["response"][field].as_str().unwrap().to_owned();
        let at = text.len() / 2;
        let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
        let bent = [&text[..at], other, &text[at + 1..]].concat();
        credential["response"][field] = bent.into();
        let answer = log_in(&server, &credential);
        assert_eq!(answer.status, 400, "{field}: {answer:?}");
    }
    log_in(&server, &device.get(&login_options(&server))).token();
}

#[test]
fn device_with_a_passkey_makes_no_second_one() {
    let server = Server::new(SETTINGS, "ada");
    let token = server.log_in("ada");
    let mut device = Device::new(PAGE);
    add(&server, &mut device);
    let refused = device.create(&registration_options(&server, &token));
    // `CTAP2_ERR_CREDENTIAL_EXCLUDED`
    assert_eq!(refused, Err(WebauthnError::AuthenticatorError(0x19)));
}

#[test]
fn copy_of_a_synced_passkey_logs_in_with_an_older_counter() {
    let server = Server::new(SETTINGS, "ada");
    let mut device = Device { counts: true, ..Device::new(PAGE) };
    add(&server, &mut device);
    let mut copy = device.clone();
    log_in(&server, &device.get(&login_options(&server))).token();
    log_in(&server, &device.get(&login_options(&server))).token();
    log_in(&server, &copy.get(&login_options(&server))).token();
}
