//! The target of the redirect after a login.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nox::config::{Config, Origin};
use nox::http::fuzzing::return_to;

static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let mut config = Config::default();
    config.server.public_url = Origin::parse("https://nox.example").unwrap();
    config.server.allowed_origins = vec![Origin::parse("https://a.example").unwrap()];
    config
});

fuzz_target!(|text: &str| return_to(&CONFIG, text));
