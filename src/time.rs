//! Instants and spans. Only this file reads the clock.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// An instant, in milliseconds since the Unix epoch. The API and the database use the same unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The current time of the system clock.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the only reader of the clock")]
    pub fn now() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    /// The instant `millis` milliseconds after the epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The beginning of the day (UTC).
    #[must_use]
    pub const fn day(self) -> Self {
        Self(self.0 - self.0.rem_euclid(24 * 60 * 60 * 1000))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, the unit of JWT and TOTP.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The date and time in UTC, in whole seconds. Before the year 0 and after 9999, which RFC 3339
    /// cannot express, it is the epoch.
    pub(crate) fn date(self) -> OffsetDateTime {
        let date = OffsetDateTime::from_unix_timestamp(self.seconds()).ok();
        date.filter(|date| date.year() >= 0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// The instant `span` later.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The instant `span` earlier.
    pub(crate) fn before(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// Whether this instant is less than `span` before `now`. An instant that is as far after `now`
    /// was remembered while the clock was ahead, and is not recent either.
    pub(crate) fn is_recent(self, span: Duration, now: Self) -> bool {
        now.before(span) < self && self < now.after(span)
    }

    /// The time from `earlier` until `self`; none if `self` is the earlier one.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Whole seconds from `self` until `later`, rounded up, at least 1.
    pub(crate) fn seconds_until(self, later: Self) -> u64 {
        u64::try_from(later.since(self).as_millis().div_ceil(1000)).unwrap_or(u64::MAX).max(1)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.date().format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Timestamp {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let date = OffsetDateTime::parse(text, &Rfc3339).ok();
        // In UTC, the year may be out of range although it is not in the given zone.
        let utc = date
            .and_then(|date| date.checked_to_offset(UtcOffset::UTC))
            .filter(|date| date.year() >= 0);
        utc.map(|date| Self(date.unix_timestamp() * 1000))
            .ok_or_else(|| format!("{text:?} is not a time such as \"2026-12-31T18:00:00Z\""))
    }
}

/// Measures how long something takes, whatever happens to the clock meanwhile.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "the only reader of the clock")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// A length of time in configuration: a whole number with `s`, `m`, `h` or `d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span(u64);

impl Span {
    const DAY: u64 = 24 * 60 * 60;
    const UNITS: [(char, u64); 4] = [('d', Self::DAY), ('h', 60 * 60), ('m', 60), ('s', 1)];

    /// A span in seconds.
    pub(crate) const fn from_secs(seconds: u64) -> Self {
        Self(seconds)
    }

    /// A span in days of 24 hours.
    pub(crate) const fn from_days(days: u64) -> Self {
        Self(days * Self::DAY)
    }

    /// The length in seconds.
    pub(crate) const fn seconds(self) -> u64 {
        self.0
    }
}

impl From<Span> for Duration {
    fn from(span: Span) -> Self {
        Self::from_secs(span.0)
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parse = || {
            let unit = text.chars().next_back()?;
            let (_, seconds) = Self::UNITS.into_iter().find(|(letter, _)| *letter == unit)?;
            let digits = text
                .strip_suffix(unit)
                .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
            let count: u64 = digits.parse().ok()?;
            // With at most 100 years, the sum with a present date stays before the year 10000.
            count
                .checked_mul(seconds)
                .filter(|total| (1..=36_500 * Self::DAY).contains(total))
                .map(Self)
        };
        parse().ok_or_else(|| {
            format!("{text:?} is not a length of time such as \"45s\", \"15m\", \"12h\" or \"30d\"")
        })
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        let (letter, seconds) = Span::UNITS
            .into_iter()
            .find(|(_, seconds)| span.0.is_multiple_of(*seconds))
            .unwrap_or(('s', 1));
        format!("{}{letter}", span.0 / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn span_is_written_as_it_was_read() {
        for (text, seconds) in [("45s", 45), ("15m", 900), ("12h", 43_200), ("30d", 2_592_000)] {
            let span: Span = text.parse().unwrap();
            assert_eq!(span.seconds(), seconds);
            assert_eq!(String::from(span), text);
        }
    }

    #[test]
    fn span_without_a_unit_or_a_length_is_refused() {
        for text in [
            "",
            "30",
            "d",
            "-1d",
            "0s",
            "1.5h",
            "1w",
            "１d",
            "+1d",
            "36501d",
            "99999999999999999999d",
        ] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }

    #[test]
    fn seconds_until_a_later_time_are_rounded_up() {
        let now = Timestamp::from_millis(10_000);
        assert_eq!(now.seconds_until(Timestamp::from_millis(10_001)), 1);
        assert_eq!(now.seconds_until(Timestamp::from_millis(12_001)), 3);
        assert_eq!(now.seconds_until(Timestamp::from_millis(0)), 1);
    }

    #[test]
    fn timestamp_is_written_and_read_as_rfc_3339() {
        assert_eq!(
            "2025-06-26T13:08:33+02:00".parse(),
            Ok(Timestamp::from_millis(1_750_936_113_000))
        );
        for text in ["tomorrow", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+00:01"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
        assert_eq!(Timestamp::from_millis(1_750_936_113_726).to_string(), "2025-06-26T11:08:33Z");
    }

    proptest! {
        #[test]
        fn span_is_digits_and_a_unit(
            text in ".*|[+-]?[0-9]{0,20}[smhdw]?|0*[1-9][0-9]{0,9}[smhd]"
        ) {
            let seconds_in = |letter| match letter {
                's' => Some(1),
                'm' => Some(60),
                'h' => Some(3600),
                'd' => Some(86_400),
                _ => None,
            };
            let expected = text.char_indices().next_back().and_then(|(at, letter)| {
                let digits = &text[..at];
                let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
                let count = digits.parse::<u128>().ok().filter(|_| is_number)?;
                Some(count * seconds_in(letter)?)
            });
            let expected = expected.filter(|seconds| (1..=36_500 * 86_400).contains(seconds));
            let span = text.parse::<Span>().ok();
            prop_assert_eq!(span.map(|span| u128::from(span.seconds())), expected);
            prop_assert_eq!(span.map(|span| String::from(span).parse()), span.map(Ok));
        }

        #[test]
        fn time_that_is_read_can_be_written(
            text in concat!(
                "(0000|9999|[0-9]{4})-(0[1-9]|1[0-2])-([0-2][1-9]|31)",
                "T([01][0-9]|23):[0-5]9:[0-6][0-9](.[0-9]{0,12})?",
                "(Z|[+-][01][0-9]:[0-5]9|-23:59)|.*",
            )
        ) {
            if let Ok(time) = text.parse::<Timestamp>() {
                prop_assert_eq!(time.to_string().parse(), Ok(time));
            }
        }

        #[test]
        fn instant_can_be_written_and_moved(millis: i64, near in 0..40, span: u64) {
            let time = Timestamp::from_millis(millis >> near);
            let span = Duration::from_secs(span);
            prop_assert!(time.to_string().parse::<Timestamp>().is_ok());
            prop_assert!(time.before(span) <= time && time <= time.after(span));
            prop_assert!(time.seconds_until(time.after(span)) >= 1);
        }
    }
}
