//! The configuration file, and an environment variable that overrides it.

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use nox::config::Config;

fuzz_target!(|input: (&str, &str, &str)| {
    let (text, variable, value) = input;
    let path = nox_fuzz::folder().join("nox.toml");
    fs::write(&path, text).unwrap();
    // `…_FILE` would read any file of this machine.
    let variable = format!("NOX_{}", variable.to_uppercase().replace("FILE", ""));
    match Config::load(Some(&path), [(variable, value.into())].into_iter()) {
        Ok(config) => assert!(!config.host().is_empty()),
        Err(error) => assert!(!error.to_string().contains(char::is_control), "{error:?}"),
    }
});
