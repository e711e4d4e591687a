//! How authenticator apps name accounts: no two instances give the same label.

use crate::harness::{Instance, TestApp};

const SETUP: &str = "/api/auth/totp/setup";

#[test]
fn every_way_to_set_up_an_app_names_title_and_nox_address() {
    let settings = "[instance]\ntitle = 'Moon: Base'\n[server]\naddress = 'nox.example.org'";
    let app = TestApp::with(settings).session().serve();
    let starts = "otpauth://totp/Moon%20Base:ada%40nox.example.org?secret=";
    let data = app.ada.post_nothing(SETUP).data();
    let url = data["otpauth_url"].as_str().unwrap();
    assert!(url.starts_with(starts) && url.ends_with("&issuer=Moon%20Base"), "{url}");
    let mut browser = app.browser();
    browser.log_in("ada");
    browser.get("/account");
    browser.submit("/account/totp/setup", &[]).leads("/account/totp");
    let page = browser.get("/account/totp").text;
    assert!(page.contains(&format!("href=\"{starts}")), "{page}");
    let enrolled = app.instance.nox_json("totp enroll ada --no-confirm --json");
    let url = enrolled["otpauth_url"].as_str().unwrap();
    assert!(url.starts_with(starts), "{url}");
}

#[test]
fn two_instances_give_different_labels() {
    let label = |settings: &str| {
        let instance = Instance::with(settings);
        instance.add_user("ada", "hunter22");
        let enrolled = instance.nox_json("totp enroll ada --no-confirm --json");
        let url = enrolled["otpauth_url"].as_str().unwrap().to_owned();
        url.split('?').next().unwrap().to_owned()
    };
    let settings = [
        "",
        "[server]\naddress = 'nox.example.org'",
        "[server]\naddress = 'other.example.org'",
        "[server]\npublic_url = 'http://127.0.0.1:39001'",
        "[server]\npublic_url = 'http://127.0.0.1:39002'",
        "[instance]\ntitle = 'Moon'",
    ];
    let labels = settings.map(label);
    for (index, label) in labels.iter().enumerate() {
        assert!(!labels[..index].contains(label), "{labels:?}");
    }
}
