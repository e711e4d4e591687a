use super::*;
use crate::domain::testing::{add_user, app_with};
use crate::time::Timestamp;
use std::fs;
use std::os::unix::fs::PermissionsExt;

#[test]
fn foreign_key_file_is_refused_and_the_right_one_accepted() {
    let (_folder, app) = app_with("");
    let config = app.config.clone();
    let path = config.secrets.key_file.clone();
    let new = || App::open(config.clone()).map(drop);
    let key = fs::read(&path).unwrap();
    drop(app);
    fs::write(&path, [7; KEY_LENGTH]).unwrap();
    assert!(new().is_ok(), "only sessions are lost");
    fs::write(&path, key).unwrap();
    let app = App::open(config.clone()).unwrap();
    let ada = add_user(&app, "ada", "hunter22");
    app.db.write(|connection| recovery_codes::replace(connection, ada, &[[7; 32]])).unwrap();
    drop(app);
    let key = fs::read(&path).unwrap();
    fs::write(&path, [7; KEY_LENGTH]).unwrap();
    assert!(matches!(new(), Err(StartError::KeyForeign(_))));
    fs::remove_file(&path).unwrap();
    assert!(matches!(new(), Err(StartError::KeyLost(_))));
    fs::write(&path, key).unwrap();
    fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
    assert!(new().is_ok());
}

#[test]
fn database_without_a_hash_key_is_matched_by_its_totp_secrets() {
    let (_folder, app) = app_with("");
    let ada = add_user(&app, "ada", "hunter22");
    let enrollment = totp::enroll(&app, "ada").unwrap();
    totp::enable_unconfirmed(&app, &enrollment, Timestamp::from_millis(1), |_| {
        Ok::<_, crate::error::Error>(())
    })
    .unwrap();
    // The first version of the schema had no hash key.
    app.db.write(|connection| keys::delete(connection, HASH)).unwrap();
    let config = app.config.clone();
    let path = config.secrets.key_file.clone();
    drop(app);
    let key = fs::read(&path).unwrap();
    fs::write(&path, [7; KEY_LENGTH]).unwrap();
    assert!(matches!(App::open(config.clone()), Err(StartError::KeyForeign(_))));
    fs::write(&path, key).unwrap();
    assert!(App::open(config).unwrap().keyed_hash("test", ada, "text") != [0; 32]);
}

#[test]
fn interrupted_rotation_is_completed_or_discarded() {
    let (folder, app) = app_with("");
    let config = app.config.clone();
    let path = config.secrets.key_file.clone();
    let hash = app.keyed_hash("test", UserId(1), "text");
    let old = fs::read(&path).unwrap();
    // If it was interrupted before the commit, the old key stays.
    drop(app.key.create_next().unwrap());
    drop(app);
    let app = App::open(config.clone()).unwrap();
    assert_eq!(fs::read(&path).unwrap(), old);
    rotate(&app, Timestamp::from_millis(1)).unwrap();
    drop(app);
    // If it was interrupted after the commit, the new key lies beside the old one.
    let new = fs::read(&path).unwrap();
    assert_ne!(new, old);
    fs::rename(&path, folder.path().join("nox.key.next")).unwrap();
    fs::write(&path, &old).unwrap();
    fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
    let app = App::open(config).unwrap();
    assert_eq!(fs::read(&path).unwrap(), new);
    assert!(!folder.path().join("nox.key.next").exists());
    assert_eq!(app.keyed_hash("test", UserId(1), "text"), hash);
}
