//! The page that enables and disables an authenticator app.

use serde::Deserialize;
use serde_json::json;

use super::Front;
use crate::clients::envelope::{Disabled, EnabledWithCodes, Verified};
use crate::clients::request::Request;
use crate::clients::serve;
use crate::clients::user::{Link, OwnUser, Switch};
use crate::harness::oathtool;

/// It draws the picture itself, of the URL.
#[derive(Deserialize)]
struct Setup {
    secret: String,
    otpauth_url: String,
    qr_code_url: String,
    backup_codes: Vec<String>,
}

#[derive(Deserialize)]
struct Renewed {
    backup_codes: Vec<String>,
}

#[test]
fn front_2026_enables_totp_by_url_and_is_asked_for_a_code_to_disable_it() {
    let app = serve();
    for prefix in ["auth", "auth/methods"] {
        let mut front = Front::open(&app);
        front.enter("bob", None);
        let setup: Setup = front.ask(&format!("{prefix}/totp/setup"));
        assert!(setup.qr_code_url.starts_with("otpauth://totp/"), "{}", setup.qr_code_url);
        assert_eq!(setup.qr_code_url, setup.otpauth_url);
        assert!(setup.qr_code_url.contains(&setup.secret) && setup.backup_codes.is_empty());
        let code = json!({ "token": oathtool(&setup.secret, 0) });
        let enabled: EnabledWithCodes = front.post(&format!("{prefix}/totp/enable"), &code);
        assert!(enabled.enabled && !enabled.backup_codes.is_empty());
        let methods = front.get::<OwnUser<Link>>("users/@me").methods;
        assert_eq!(
            (methods.totp, methods.recovery_codes.0),
            (Switch::Enabled, enabled.backup_codes.len())
        );
        front.refused(Request::post(format!("{prefix}/totp/setup")), "BAD_REQUEST", 400);
        let wrong = Request::post(format!("{prefix}/totp/verify")).json(&json!({ "token": "12" }));
        front.refused(wrong, "VALIDATION_ERROR", 422);
        let verified: Verified = front.post(
            &format!("{prefix}/totp/verify"),
            &json!({ "token": oathtool(&setup.secret, 1) }),
        );
        assert!(verified.verified);

        let renew = Request::post(format!("{prefix}/recovery/renew"));
        assert_eq!(Front::due_kinds(&front.call(renew.clone())), ["totp"]);
        let renewed: Renewed = front.retry(renew, json!({}), &enabled.backup_codes[0]);
        assert_eq!(renewed.backup_codes.len(), enabled.backup_codes.len());
        let disable = Request::post(format!("{prefix}/totp/disable"));
        assert_eq!(Front::due_kinds(&front.call(disable.clone())), ["totp"]);
        let disabled: Disabled = front.retry(disable, json!({}), &renewed.backup_codes[0]);
        assert!(disabled.disabled);
        let bob: OwnUser<Link> = front.get("users/@me");
        assert_eq!(
            (bob.twofa_enabled, bob.methods.totp, bob.methods.recovery_codes.0),
            (false, Switch::Disabled, 0)
        );
    }
}
