//! The fields of an account.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nox::domain::accounts::fields::{Display, Email, Username};
use nox::domain::accounts::identifier::{Identifier, Selector};
use nox::domain::accounts::links::{NewLink, SentLink};
use nox::domain::accounts::tags::{GivenTag, OwnTag};
use url::Url;

fuzz_target!(|text: &str| {
    if Username::parse(text.into()).is_ok() {
        let expected = Identifier::Username(text.into());
        assert_eq!(Identifier::parse(text, "nox.example"), Some(expected.clone()));
        assert_eq!(Selector::parse(text, "nox.example"), Some(Selector::User(expected)));
    }
    if Display::parse(text.into()).is_ok() || Email::parse(text.into()).is_ok() {
        assert!(!text.contains(char::is_control) && text.trim() == text);
    }
    let link = SentLink { label: Some(text.into()), value: text.into() };
    if NewLink::parse(link).is_ok() {
        let url = Url::parse("https://nox.example/account").unwrap().join(text).unwrap();
        assert!(url.has_host() && matches!(url.scheme(), "http" | "https"));
    }
    assert!(OwnTag::parse(text.into()).is_err() || GivenTag::parse(text.into()).is_ok());
});
