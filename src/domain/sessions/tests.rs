use super::*;
use crate::domain::accounts::identifier::Identifier;
use crate::domain::auth::{LoginAttempt, login};
use crate::domain::pictures::{NewFile, PictureKind, upload};
use crate::domain::principal::Device;
use crate::domain::testing::{add_user, app_with};
use crate::storage::users::UserId;

const NOW: Timestamp = Timestamp::from_millis(1_750_936_113_726);

fn device() -> Device {
    Device { ip: [192, 0, 2, 1].into(), user_agent: None, language: None, browser: None }
}

/// `ada`, logged in.
fn ada(app: &App) -> Principal {
    let attempt = LoginAttempt {
        identifier: Identifier::parse("ada", "").unwrap(),
        password: "hunter22".to_owned().into(),
        code: None,
        client: Client { device: device(), public_key: None },
    };
    let session = login(app, &attempt, NOW).unwrap();
    authenticate(app, &session.token, NOW).unwrap().at(device())
}

#[test]
fn a_token_that_names_somebody_elses_session_is_nobodys() {
    let (_folder, app) = app_with("");
    let id = add_user(&app, "ada", "hunter22");
    let session = ada(&app).session;
    let forged = |user| app.signer.sign((user, "bob"), session, (NOW, NOW)).unwrap();
    assert!(authenticate(&app, &forged(id), NOW).is_ok(), "the forgery itself is sound");
    let nobodys = authenticate(&app, &forged(UserId(id.0 + 1)), NOW);
    assert!(matches!(nobodys, Err(Error::NotLogged)));
}

#[test]
fn a_session_that_ends_during_a_request_changes_nothing_any_more() {
    let (_folder, app) = app_with("");
    add_user(&app, "ada", "hunter22");
    let (ended, other) = (ada(&app), ada(&app));
    revoke_others(&app, &other, NOW).unwrap();
    assert!(matches!(revoke_others(&app, &ended, NOW), Err(Error::NotLogged)));
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0".to_vec();
    let upload = |who| {
        upload(&app, who, PictureKind::Banner, NewFile { content: png.clone(), sha256: None }, NOW)
    };
    assert!(matches!(upload(&ended), Err(Error::NotLogged)));
    assert!(upload(&other).is_ok());
}
