//! Any bytes as a key file or as a backup.

#![no_main]

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nox::config::Config;
use nox::crypto::{KEY_LENGTH, Key, open_with};
use nox::domain::backup::{KeyFile, verify};

/// A valid backup, in which the target replaces some bytes.
static BACKUP: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let app = nox_fuzz::app("");
    let path = nox_fuzz::folder().join("backup");
    nox::domain::backup::create(&app, &path, KeyFile::Include, |_, _| ()).unwrap();
    fs::read(path).unwrap()
});

fuzz_target!(|input: (u16, &[u8])| {
    let (at, bytes) = input;
    let path = nox_fuzz::folder().join("nox.key");
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .unwrap()
        .write_all(bytes)
        .unwrap();
    assert_eq!(Key::load_or_create(&path).is_ok(), bytes.len() == KEY_LENGTH);
    assert!(open_with(&[7; KEY_LENGTH], "here", bytes).is_err());

    let mut content = BACKUP.clone();
    let at = usize::from(at) % content.len();
    content.splice(at..content.len().min(at + bytes.len()), bytes.iter().copied());
    let config = Config::default();
    for content in [&content, bytes] {
        fs::write(&path, content).unwrap();
        let _ = verify(&config, &path);
    }
});
