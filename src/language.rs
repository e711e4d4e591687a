//! The languages that Nox speaks to people in; the API speaks English.

use serde::{Deserialize, Serialize};

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// French.
    #[serde(rename = "fr")]
    French,
}

impl Language {
    /// Its tag (BCP 47).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// The language of a tag, whatever region it names; `None` for one that Nox does not speak.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        [Self::English, Self::French]
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The one that an `Accept-Language` header wants most (RFC 9110, 12.5.4).
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        let mut best = None;
        for range in header.split(',') {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let (Some(language), Some(quality)) = (Self::from_tag(tag), quality(weight)) else {
                continue;
            };
            if quality > 0.0 && best.is_none_or(|(_, other)| quality > other) {
                best = Some((language, quality));
            }
        }
        best.map(|(language, _)| language)
    }
}

/// A weight from 0 to 1 (RFC 9110, 12.4.2); `None` for what is none.
fn quality(weight: &str) -> Option<f32> {
    let text = weight.trim().strip_prefix(['q', 'Q'])?.strip_prefix('=')?;
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse().ok().filter(|quality| is_plain && *quality <= 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn the_language_that_is_wanted_most_is_taken() {
        for (header, language) in [
            ("fr", Some(Language::French)),
            ("en-GB,en;q=0.9,fr;q=0.8", Some(Language::English)),
            ("en;q=0.5, fr-CA;q=0.9", Some(Language::French)),
            ("de, fr;q=0.1", Some(Language::French)),
            ("fr;q=0, en;q=0.1", Some(Language::English)),
            ("FR", Some(Language::French)),
            ("de", None),
            ("frisian", None),
            ("fr;q=x", None),
            ("", None),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }

    proptest! {
        #[test]
        fn the_weights_decide_and_then_the_order(
            ranges in vec(("en|fr-CA|FR|de|frisian|\\*", proptest::option::of(0..=1000_u16), "( ?;q| ; Q)="), 0..6)
        ) {
            let write = |(tag, weight, sign): &(String, Option<u16>, String)| match weight {
                Some(weight) => format!("{tag}{sign}{}.{:03}", weight / 1000, weight % 1000),
                None => tag.clone(),
            };
            let header = ranges.iter().map(write).collect::<Vec<_>>().join(", ");
            let spoken = ranges.iter().filter_map(|(tag, weight, _)| Some((Language::from_tag(tag)?, weight.unwrap_or(1000))));
            // Of several that weigh the same, `max_by_key` takes the last.
            let wanted = spoken.rev().filter(|(_, weight)| *weight > 0).max_by_key(|(_, weight)| *weight);
            prop_assert_eq!(Language::accepted(&header), wanted.map(|(language, _)| language), "{}", header);
        }

        #[test]
        fn what_is_no_weight_makes_its_range_count_for_nothing(weight in "|[2-9].*|-.*|1\\.[0-9]*[1-9]|[^01 ].*|[01]e0|inf|NaN") {
            let header = format!("fr;q={}, en;q=0.1", weight.replace([',', ';'], ""));
            prop_assert_eq!(Language::accepted(&header), Some(Language::English), "{}", header);
        }

        #[test]
        fn no_language_is_found_that_is_not_named(header in ".*|([a-z]|[-,;=*. ]|q=|[01])*") {
            let found = Language::accepted(&header);
            prop_assert!(found.is_none_or(|language| header.to_lowercase().contains(language.tag())));
        }
    }
}
