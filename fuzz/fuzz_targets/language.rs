//! `Accept-Language`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nox::language::Language;

fuzz_target!(|header: &str| {
    let found = Language::accepted(header);
    assert!(found.is_none_or(|language| header.to_ascii_lowercase().contains(language.tag())));
});
