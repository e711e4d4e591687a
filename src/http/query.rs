//! Query strings.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use url::form_urlencoded::parse;

use super::envelope::Failure;
use super::hex;
use crate::domain::Pagination;
use crate::error::{Error, Result};

/// How many items of a list are sent without a `limit`.
const DEFAULT_LIMIT: u32 = 10;
const MAX_LIMIT: u32 = 100;

/// The pairs of a query string.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    fn read(text: &str) -> Self {
        Self(parse(text.as_bytes()).into_owned().collect())
    }

    /// The values of a key that are not empty.
    pub(super) fn all(&self, key: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(name, value)| name == key && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// How many values of a key there are, empty ones too.
    pub(super) fn count(&self, key: &str) -> usize {
        self.0.iter().filter(|(name, _)| name == key).count()
    }

    /// The first value of a key that is not empty.
    pub(super) fn first(&self, key: &str) -> Option<&str> {
        self.all(key).next()
    }

    /// Which part of a list is wanted: `limit`, 0 to 100, and `offset`. A number outside its range
    /// counts as the nearest inside.
    ///
    /// # Errors
    /// [`Error::InvalidField`] where either is not a whole number.
    pub(super) fn pagination(&self) -> Result<Pagination> {
        let limit = self.number("limit", DEFAULT_LIMIT, MAX_LIMIT);
        let offset = self.number("offset", 0, u32::MAX);
        Ok(Pagination {
            limit: limit.ok_or(Error::invalid("limit", "must be a number from 0 to 100"))?,
            offset: offset.ok_or(Error::invalid("offset", "must be 0 or greater"))?,
        })
    }

    /// A whole number, clamped to 0 and `max`; `None` where the value is not a whole number.
    fn number(&self, key: &str, default: u32, max: u32) -> Option<u32> {
        let Some(text) = self.first(key) else { return Some(default) };
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        // Digits that do not fit into the type stand for a number above the range.
        Some(if digits == text { digits.parse().unwrap_or(u32::MAX).min(max) } else { 0 })
    }

    /// The SHA-256 of a public key in `fp`, where that is there.
    ///
    /// # Errors
    /// [`Error::InvalidField`] where the value is not a SHA-256 in hex.
    pub(super) fn fingerprint(&self) -> Result<Option<[u8; 32]>> {
        let Some((_, text)) = self.0.iter().find(|(name, _)| name == "fp") else { return Ok(None) };
        hex::sha256(text)
            .map(Some)
            .ok_or(Error::invalid("fp", "must be the SHA-256 of a public key in hex"))
    }
}

impl FromRequest for Query {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::read(request.query_string())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use url::form_urlencoded::Serializer;

    proptest! {
        #[test]
        fn values_are_read_as_they_were_sent(
            pairs in prop::collection::vec(("[a-c]", ".*"), 0..6),
        ) {
            let query = Query::read(&Serializer::new(String::new()).extend_pairs(&pairs).finish());
            let sent = pairs.iter().filter(|(key, value)| key == "a" && !value.is_empty());
            let sent: Vec<&String> = sent.map(|(_, value)| value).collect();
            prop_assert_eq!(query.all("a").collect::<Vec<_>>(), sent);
        }

        #[test]
        fn limit_never_exceeds_the_maximum(
            text in ".*|(limit|offset)=-?[0-9]{0,12}|((limit|offset|[a-z])=[0-9]{0,3}&?)*"
        ) {
            if let Ok(pagination) = Query::read(&text).pagination() {
                prop_assert!(pagination.limit <= 100, "{}", text);
            }
        }

        #[test]
        fn whole_number_of_any_size_is_clamped(number: i128) {
            let query = Query::read(&format!("limit={number}&offset={number}"));
            let pagination = query.pagination().unwrap();
            prop_assert_eq!(i128::from(pagination.limit), number.clamp(0, 100));
            prop_assert_eq!(i128::from(pagination.offset), number.clamp(0, u32::MAX.into()));
        }
    }
}
