//! A login where a second factor is on.

use serde_json::json;

use super::password::PATH;
use crate::harness::{Instance, oathtool};

#[test]
fn where_a_second_factor_is_due_the_methods_are_listed() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    instance.enroll("ada");
    let server = instance.serve();
    let refused = server.client().log_in("ada", "hunter22");
    assert_eq!(refused.failure(20, 428, PATH), "Additional verification required.");
    let challenge = refused.json()["data"]["methods"][0]["send_data"]["challenge"].clone();
    assert!(challenge.as_str().unwrap().len() > 40, "{challenge}");
    let send = json!({ "challenge": challenge });
    let details = json!({ "sendable": false, "data": send, "code": { "length": 6, "type": "numeric" }, "cooldown": 60 });
    assert_eq!(refused.json()["data"]["verification_required"], true);
    assert_eq!(
        refused.json()["data"]["methods"],
        json!([
            {
                "type": "totp", "name": "Authenticator App", "enabled": true, "can_send": false,
                "cooldown": 60, "send_data": send, "details": details,
                "description": "Use an authenticator app to generate a verification code",
            },
            {
                "type": "email", "name": "Email Verification", "enabled": false, "can_send": false,
                "cooldown": 60, "send_data": send, "details": details,
                "description": "Receive a verification code via email",
            },
        ])
    );
    assert_eq!(refused.header("set-cookie"), None);
    let wrong = server.client().log_in("ada", "hunter23");
    assert_eq!(wrong.failure(5, 400, PATH), "Invalid field: password, is not correct.");
}

#[test]
fn a_code_of_an_independent_implementation_logs_in_once() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let secret = instance.enroll("ada");
    let server = instance.serve();
    let client = server.client();
    let code = oathtool(&secret, 0);
    let session = client.log_in_with_code("ada", "hunter22", &code);
    assert_eq!(session.json()["data"]["user"]["twofa_enabled"], true);
    let again = client.log_in_with_code("ada", "hunter22", &code);
    let message = again.failure(5, 400, PATH);
    assert_eq!(message, "Invalid field: factor_code, is wrong, has expired or was used already.");
    // The field is named as it was sent.
    let body = json!({ "identifier": "ada", "password": "hunter22", "twofa_token": code, "factor_code": null });
    assert!(
        client.post(PATH, &body).failure(5, 400, PATH).starts_with("Invalid field: twofa_token,")
    );
    // The next step is already accepted, and a clock that is two steps off is not.
    assert_eq!(client.log_in_with_code("ada", "hunter22", &oathtool(&secret, 1)).status, 200);
    let far = client.log_in_with_code("ada", "hunter22", &oathtool(&secret, 4));
    assert_eq!(far.status, 400);
}

#[test]
fn one_code_sent_twenty_times_at_once_opens_one_session() {
    let instance = Instance::new();
    instance.add_user("ada", "hunter22");
    let secret = instance.enroll("ada");
    let server = instance.serve();
    let code = oathtool(&secret, 0);
    let one = || server.client().log_in_with_code("ada", "hunter22", &code).status;
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..20).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 19, "{statuses:?}");
}
