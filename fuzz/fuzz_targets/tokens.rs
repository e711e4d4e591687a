//! Session tokens: no text that was not signed with the key is accepted.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nox::domain::App;
use nox::domain::sessions::authenticate;
use nox::error::Error;
use nox::time::Timestamp;

static APP: LazyLock<App> = LazyLock::new(|| nox_fuzz::app(""));

fuzz_target!(|token: &str| {
    let caller = authenticate(&APP, token, Timestamp::from_millis(0));
    assert!(matches!(caller, Err(Error::NotLogged)));
});
