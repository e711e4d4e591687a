//! Values with a rule that no type of serde's has.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::Value;

/// What may be null but not be missing; serde takes a missing `Option` for `None`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Nullable<T>(pub Option<T>);

impl Nullable<String> {
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// Base64, or an empty text: programs decode it without a look at it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(try_from = "String")]
pub struct Base64(pub Vec<u8>);

impl TryFrom<String> for Base64 {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        BASE64_STANDARD.decode(text).map(Self)
    }
}

/// An instant in milliseconds; one in seconds would lie in 1970.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, PartialOrd)]
#[serde(try_from = "i64")]
pub struct Millis(pub i64);

impl TryFrom<i64> for Millis {
    type Error = String;

    fn try_from(instant: i64) -> Result<Self, Self::Error> {
        if instant > 1_700_000_000_000 {
            Ok(Self(instant))
        } else {
            Err(format!("{instant} is long ago"))
        }
    }
}

/// A number in digits.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(try_from = "String")]
pub struct Digits(pub usize);

impl TryFrom<String> for Digits {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

/// An object whose values are all of one type.
pub type Map<T = Value> = BTreeMap<String, T>;

#[derive(Debug, Deserialize)]
struct Sample {
    nullable: Nullable<u32>,
    nothing: (),
    key: Base64,
    at: Millis,
    left: Digits,
}

/// Reads [`Sample`] with another value at one of its keys, or without it.
fn reads(key: &str, value: Option<Value>) -> bool {
    let mut sample = serde_json::json!({
        "nullable": 1, "nothing": null, "key": "", "at": 1_750_000_000_000_i64, "left": "8",
    });
    match value {
        Some(value) => sample[key] = value,
        None => drop(sample.as_object_mut().unwrap().remove(key)),
    }
    serde_json::from_value::<Sample>(sample).is_ok()
}

#[test]
fn strict_reader_refuses_missing_keys_null_and_other_types() {
    for key in ["nullable", "nothing", "key", "at", "left"] {
        assert!(!reads(key, None), "without {key}");
        assert!(!reads(key, Some(true.into())), "true for {key}");
        assert_eq!(reads(key, Some(Value::Null)), key.starts_with('n'), "null for {key}");
    }
    assert!(!reads("nothing", Some(1.into())) && !reads("key", Some("a".into())));
    assert!(
        !reads("at", Some(1_750_000_000.into()))
            && !reads("left", Some(8.into()))
            && !reads("left", Some("".into()))
    );
    assert!(reads("nullable", Some(2.into())) && reads("key", Some(super::PUBLIC_KEY.into())));
}
