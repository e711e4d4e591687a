//! Where passkeys are on, and for which domain.

use serde_json::{Value, json};

use super::{OPTIONS, VERIFY, with_passkey};
use crate::harness::{Authenticator, PASSKEYS, SERVICE_DISABLED, TestApp};

fn configs(app: &TestApp) -> (Value, Value) {
    let configs = app.client().get("/api/configs", &[]).data();
    (configs["support_passkey"].clone(), configs["passkey_rp_id"].clone())
}

#[test]
fn server_whose_address_can_have_no_passkeys_offers_none() {
    for (settings, rp_id) in [
        ("", Some("localhost")),
        ("[server]\npublic_url = 'https://nox.example.org'", Some("nox.example.org")),
        (
            "[server]\npublic_url = 'https://a.b.org:8443'\n[passkeys]\nrp_id = 'b.org'",
            Some("b.org"),
        ),
        ("[server]\npublic_url = 'http://nox.localhost:8080'", Some("nox.localhost")),
        ("[server]\npublic_url = 'http://nox.example.org'", None),
        ("[server]\npublic_url = 'https://192.0.2.1'", None),
        ("[server]\npublic_url = 'http://127.0.0.1:53032'", None),
        ("[server]\npublic_url = 'https://[2001:db8::1]'", None),
        ("[passkeys]\nenabled = false", None),
    ] {
        let app = TestApp::with(settings).session().serve();
        assert_eq!(configs(&app), (rp_id.is_some().into(), rp_id.into()), "{settings}");
        let answer = app.client().post(OPTIONS, &json!({}));
        if let Some(rp_id) = rp_id {
            assert_eq!(answer.data()["rpId"], rp_id);
        } else {
            answer.refused(SERVICE_DISABLED, OPTIONS);
            let path = "/api/auth/passkey/register/options";
            app.ada.post(path, &json!({})).refused(SERVICE_DISABLED, path);
            app.client().post_text(OPTIONS, "no JSON").refused(SERVICE_DISABLED, OPTIONS);
        }
        assert_eq!(app.ada.get(PASSKEYS).data()["total"], 0);
    }
}

#[test]
fn passkeys_of_a_former_domain_are_shown_and_revived_by_its_rp_id() {
    let (app, device) = with_passkey();
    app.instance.configure("[server]\npublic_url = 'https://nox.example.org'");
    let app = app.restart();
    assert_eq!(app.ada.get(PASSKEYS).data()["items"][0]["usable"], false);
    let options = app.client().post(OPTIONS, &json!({})).data();
    let moved = Authenticator { origin: "https://nox.example.org".into(), ..device.clone() };
    app.client().post(VERIFY, &moved.get(&options)).refused_field("credential", VERIFY);
    let options = app.ada.post("/api/auth/passkey/register/options", &json!({})).data();
    assert_eq!(options["excludeCredentials"], json!([]));
    app.instance.configure(
        "[server]\npublic_url = 'https://nox.example.org'\n[passkeys]\nrp_id = 'localhost'",
    );
    let app = app.restart();
    assert_eq!(app.ada.get(PASSKEYS).data()["items"][0]["usable"], true);
    moved.log_in(&app.client()).token();
    device.log_in(&app.client()).refused_field("credential", VERIFY);
}

#[test]
fn page_of_a_configured_origin_may_use_passkeys_and_no_other() {
    let settings = "[server]\nallowed_origins = ['https://front.example.org']
        numeric_origins = ['https://old.example.org:8443']";
    let app = TestApp::with(settings).session().serve();
    let mut device = Authenticator::new();
    device.add_to(&app.ada);
    for origin in [
        "http://localhost:53032",
        "http://localhost:53032/",
        "https://front.example.org",
        "https://front.example.org:443",
        "https://old.example.org:8443",
    ] {
        Authenticator { origin: origin.into(), ..device.clone() }.log_in(&app.client()).token();
    }
    for origin in [
        "",
        "null",
        "http://localhost",
        "https://localhost:53032",
        "http://front.example.org",
        "https://evil-front.example.org",
        "https://front.example.org.evil.example",
        "https://evil.example",
        "https://front.example.org:8443",
        "http://127.0.0.1:53032",
        "android:apk-key-hash:AAAA",
        "https://front.example.org@evil.example",
    ] {
        let answer =
            Authenticator { origin: origin.into(), ..device.clone() }.log_in(&app.client());
        answer.refused_field("credential", VERIFY);
    }
    let mut other = Authenticator { origin: "https://nox.example".into(), ..Authenticator::new() };
    other.try_add_to(&app.ada).refused_field("credential", super::REGISTER);
    let log = app.log();
    for origin in ["https://evil.example", "https://nox.example"] {
        assert!(log.contains(&format!("origin=\"{origin}\"")), "the operator sees it: {log}");
    }
}

#[test]
fn wrong_rp_id_in_the_configuration_is_refused_with_what_is_expected() {
    for rp_id in ["192.0.2.1", "nox", "Example.org", "https://example.org", "example.org:443"] {
        let app = TestApp::new();
        app.instance.configure(&format!("[passkeys]\nrp_id = '{rp_id}'"));
        let ran = app.instance.run(&["config", "check"], "");
        assert_eq!(ran.status, 5, "{rp_id}: {}", ran.stdout);
        assert!(ran.stderr.contains("is not a domain name in lower case"), "{}", ran.stderr);
    }
}

/// What `nox doctor` says of passkeys, and how serious it is.
fn doctor(app: &TestApp) -> Vec<(String, String)> {
    let lines = app.nox("doctor --json");
    let findings = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    findings
        .filter(|finding| finding["about"] == "passkeys")
        .map(|finding| (text(&finding, "state"), text(&finding, "text")))
        .collect()
}

#[test]
fn doctor_says_what_keeps_passkeys_from_working_and_what_revives_them() {
    let (app, _device) = with_passkey();
    assert_eq!(doctor(&app), [("ok".into(), "they belong to localhost".into())]);
    for (settings, state, words) in [
        (
            "[server]\npublic_url = 'https://192.0.2.1'",
            "warning",
            "1 passkey(s) of users log nobody in",
        ),
        (
            "[server]\npublic_url = 'https://nox.example.org'",
            "warning",
            "1 of localhost; passkeys.rp_id = \"localhost\" revives them",
        ),
        (
            "[server]\nallowed_origins = ['https://evil-localhost']",
            "ok",
            "https://evil-localhost, browsers ask https://localhost/.well-known/webauthn",
        ),
        (
            "[server]\npublic_url = 'https://nox.example.org'\n[passkeys]\nrp_id = 'localhost'",
            "warning",
            "let that address answer as https://nox.example.org/.well-known/webauthn",
        ),
    ] {
        app.instance.configure(settings);
        let found = doctor(&app);
        assert!(
            found.len() == 1 && found[0].0 == state && found[0].1.contains(words),
            "{settings}: {found:?}"
        );
    }
    app.instance.configure("[passkeys]\nenabled = false");
    assert_eq!(doctor(&app), []);
    app.instance.configure("[server]\npublic_url = 'https://192.0.2.1'");
    app.nox("passkey remove ada --all --yes");
    assert_eq!(doctor(&app)[0].0, "ok", "no user misses a passkey");
}

#[test]
fn pages_outside_the_domain_are_listed_where_browsers_ask() {
    const PATH: &str = "/.well-known/webauthn";
    for (settings, origins) in [
        ("", None),
        (
            "[server]\npublic_url = 'https://nox.example.org'
            allowed_origins = ['https://front.nox.example.org']",
            None,
        ),
        (
            "[server]\npublic_url = 'https://nox.example.org'
            allowed_origins = ['https://front.example.org']",
            Some(json!(["https://nox.example.org", "https://front.example.org"])),
        ),
        (
            "[server]\npublic_url = 'https://nox.example.org'
            allowed_origins = ['https://front.example.org']\n[passkeys]\nenabled = false",
            None,
        ),
    ] {
        let app = TestApp::with(settings).serve();
        let answer = app.client().get(PATH, &[]);
        if let Some(origins) = origins {
            assert_eq!(answer.json(), json!({ "origins": origins }));
            assert_eq!(answer.header("content-type"), Some("application/json"));
        } else {
            assert_eq!(answer.status, 404, "{settings}");
        }
    }
}

#[test]
fn password_managers_are_led_to_the_account_page_where_passkeys_are_on() {
    const PATH: &str = "/.well-known/passkey-endpoints";
    for (settings, url) in [
        ("", Some("http://localhost:53032/account")),
        (
            "[server]\npublic_url = 'https://nox.example.org'\n[passkeys]\nrp_id = 'example.org'",
            Some("https://nox.example.org/account"),
        ),
        ("[server]\npublic_url = 'http://nox.example.org'", None),
        ("[server]\npublic_url = 'https://192.0.2.1'", None),
        ("[passkeys]\nenabled = false", None),
    ] {
        let app = TestApp::with(settings).serve();
        let answer = app.client().get(PATH, &[]);
        if let Some(url) = url {
            assert_eq!(answer.json(), json!({ "enroll": url, "manage": url }));
            assert_eq!(answer.header("content-type"), Some("application/json"));
        } else {
            assert_eq!(answer.status, 404, "{settings}");
        }
    }
}
