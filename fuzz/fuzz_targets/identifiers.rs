//! Identifiers and selectors.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nox::domain::accounts::identifier::{Identifier, Selector};

const SERVER: &str = "nox.example:53032";

fuzz_target!(|text: &str| {
    let selected = match Selector::parse(text, SERVER) {
        Some(Selector::User(identifier)) => Some(identifier),
        Some(Selector::Me) | None => None,
    };
    assert!(!matches!(selected, Some(Identifier::Email(_))));
    for identifier in [Identifier::parse(text, SERVER), selected].into_iter().flatten() {
        // The written form is read as the same identifier.
        let written = identifier.to_string();
        match &identifier {
            Identifier::Id(_) => assert_eq!(Identifier::parse(&written, SERVER), Some(identifier)),
            Identifier::Username(name) => {
                assert!(*name == name.to_ascii_lowercase() && !name.is_empty())
            }
            Identifier::Email(address) => {
                assert!(address.contains('@') && address.trim() == address)
            }
        }
    }
});
