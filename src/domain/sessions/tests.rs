use super::*;
use crate::domain::accounts::identifier::Identifier;
use crate::domain::auth::Repeat;
use crate::domain::auth::{LoginAttempt, login};
use crate::domain::pictures::{NewFile, PictureKind, upload};
use crate::domain::principal::Device;
use crate::domain::testing::{add_user, app_with};
use crate::storage::users::UserId;

const NOW: Timestamp = Timestamp::from_millis(1_750_936_113_726);

fn device() -> Device {
    let ip = [192, 0, 2, 1].into();
    Device { ip, is_forwarded: false, user_agent: None, language: None, browser: None }
}

/// Logs `ada` in.
fn ada(app: &App) -> Principal {
    let attempt = LoginAttempt {
        identifier: Identifier::parse("ada", "").unwrap(),
        password: "hunter22".to_owned().into(),
        code: None,
        client: Client { device: device(), public_key: None },
        repeat: Repeat::Never,
        held: None,
    };
    let session = login(app, &attempt, NOW).unwrap();
    authenticate(app, &session.token, NOW).unwrap().at(device())
}

#[test]
fn token_with_the_session_of_another_user_is_refused() {
    let (_folder, app) = app_with("");
    let id = add_user(&app, "ada", "hunter22");
    let session = ada(&app).session;
    let forged = |user| {
        let session = SessionRef { session, user };
        let content = TokenContent { session, username: "bob", issued_at: NOW, expires_at: NOW };
        app.signer.sign(&content).unwrap()
    };
    assert!(authenticate(&app, &forged(id), NOW).is_ok(), "the forged token itself is valid");
    let refused = authenticate(&app, &forged(UserId(id.0 + 1)), NOW);
    assert!(matches!(refused, Err(Error::NotLogged)));
}

#[test]
fn session_that_ends_during_a_request_can_change_nothing() {
    let (_folder, app) = app_with("");
    add_user(&app, "ada", "hunter22");
    let ended = ada(&app);
    let other = ada(&app);
    revoke_others(&app, &other, NOW).unwrap();
    assert!(matches!(revoke_others(&app, &ended, NOW), Err(Error::NotLogged)));
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0".to_vec();
    let upload_as = |principal| {
        upload(
            &app,
            principal,
            PictureKind::Banner,
            NewFile { content: png.clone(), sha256: None },
            NOW,
        )
    };
    assert!(matches!(upload_as(&ended), Err(Error::NotLogged)));
    assert!(upload_as(&other).is_ok());
}
