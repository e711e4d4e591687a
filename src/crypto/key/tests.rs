use super::*;

fn key(folder: &tempfile::TempDir) -> Key {
    Key::load_or_create(&folder.path().join("nox.key")).unwrap()
}

#[test]
fn key_file_is_created_once_and_with_mode_0600() {
    let folder = tempfile::tempdir().unwrap();
    let first = key(&folder).derive("test");
    assert_eq!(first, key(&folder).derive("test"));
    let path = folder.path().join("nox.key");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
}

#[test]
fn key_file_that_is_short_or_accessible_to_others_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nox.key");
    key(&folder);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(Key::load_or_create(&path), Err(KeyError::Permissions { .. })));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&path, [7; 31]).unwrap();
    assert!(matches!(Key::load_or_create(&path), Err(KeyError::Length { .. })));
}

#[test]
fn sealed_bytes_open_only_with_the_same_key_and_context() {
    let folder = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    let key_one = key(&folder);
    let mut sealed = key_one.seal("totp:1", b"seed").unwrap();
    assert_eq!(key_one.open("totp:1", &sealed).unwrap().as_slice(), b"seed");
    assert!(key_one.open("totp:2", &sealed).is_err());
    assert!(key(&other).open("totp:1", &sealed).is_err());
    sealed[30] ^= 1;
    assert!(key_one.open("totp:1", &sealed).is_err());
    assert!(key_one.open("totp:1", &[]).is_err());
}

#[test]
fn key_that_another_process_uses_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let first = key(&folder);
    let second = key(&folder);
    assert!(matches!(first.create_next(), Err(KeyError::Busy(_))));
    drop(second);
    let next = first.create_next().unwrap();
    assert!(matches!(Key::load_or_create(&folder.path().join("nox.key")), Err(KeyError::Busy(_))));
    let derived = next.derive("test");
    assert_ne!(derived, first.derive("test"));
    let adopted = next.take_place(&folder.path().join("nox.key")).unwrap();
    assert_eq!(adopted.derive("test"), derived);
    assert_eq!(key(&folder).derive("test"), derived);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
