//! The pages on which the front of 2025 switches second factors on and off, and confirms an
//! address.

use serde::Deserialize;
use serde_json::json;

use super::Front;
use crate::clients::envelope::{Disabled, EnabledWithCodes, Told, Verified};
use crate::clients::request::Request;
use crate::clients::user::{Address, OwnUser, Switch};
use crate::clients::{data, serve, serve_with_mail};
use crate::harness::oathtool;

/// It shows the picture as it comes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Setup {
    secret: String,
    qr_code_url: String,
    backup_codes: Vec<String>,
}

/// That an address is confirmed.
#[derive(Deserialize)]
struct Confirmed {
    success: bool,
    message: String,
    verified: bool,
}

#[test]
fn front_2025_enables_totp_by_picture_and_disables_it_by_recovery_code() {
    let app = serve();
    let mut front = Front::open(&app);
    front.enter("bob", None);
    let setup: Setup = data(&front.call(Request::post("auth/totp/setup")));
    assert!(setup.qr_code_url.starts_with("data:image/"), "{}", setup.qr_code_url);
    assert!(setup.backup_codes.is_empty());
    let body = json!({ "token": oathtool(&setup.secret, 0), "secret": setup.secret });
    let enabled: EnabledWithCodes = front.post("auth/totp/enable", &body);
    assert!(enabled.enabled && !enabled.backup_codes.is_empty());
    let bob: OwnUser<String> = front.get("users/@me");
    assert!(bob.twofa_enabled && bob.methods.totp == Switch::Enabled);
    assert_eq!(bob.methods.recovery_codes.0, enabled.backup_codes.len());
    let verified: Verified =
        front.post("auth/totp/verify", &json!({ "token": oathtool(&setup.secret, 1) }));
    assert!(verified.verified);
    let verified: Verified = front.post("auth/totp/verify", &json!({ "token": "000000" }));
    assert!(!verified.verified);

    for request in
        [Request::post("auth/totp/disable"), Request::post("auth/totp/disable").json(&json!({}))]
    {
        assert_eq!(Front::due(&front.call(request)).kind, "totp");
    }
    let code = json!({ "token": enabled.backup_codes[0] });
    assert!(front.post::<Disabled>("auth/totp/disable", &code).disabled);
    assert!(!front.get::<OwnUser<String>>("users/@me").twofa_enabled);
}

#[test]
fn front_2025_confirms_an_address_and_has_codes_sent_there() {
    let app = serve_with_mail();
    let mut front = Front::open(&app);
    front.enter("bob", None);
    let bob: OwnUser<String> = front.post("users/@me", &json!({ "email": "bob@b.example" }));
    assert_eq!((bob.email_verified, bob.methods.email), (false, Address::Unverified));
    app.mails().next_mail().token();
    app.instance.reset_limits();
    assert!(data::<Told>(&front.call(Request::post("email/resend"))).success);
    front.refused(Request::post("email/resend"), 1001, 429);
    let link = format!("email/confirmation?token={}", app.mails().next_mail().token());
    // A link is opened wherever the mail is read.
    let confirmed: Confirmed = data(&Front::open(&app).call(Request::get(link.as_str())));
    assert!(confirmed.success && confirmed.verified);
    front.refused(Request::get(link), 3, 404);
    front.refused(Request::post("email/resend"), 17, 400);

    app.instance.reset_limits();
    assert!(data::<Told>(&front.call(Request::post("auth/email/send"))).success);
    let code = json!({ "token": app.mails().next_mail().code() });
    assert!(front.post::<EnabledWithCodes>("auth/email/enable", &code).enabled);
    assert_eq!(Front::due(&Front::open(&app).log_in("bob", None)).kind, "email");
    let bob: OwnUser<String> = front.get("users/@me");
    assert_eq!((bob.twofa_enabled, bob.methods.email), (true, Address::Verified));
}
