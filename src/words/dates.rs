//! Instants, as the readers of each language write them.

use super::{Language, fill_named};
use crate::time::Timestamp;

/// How a language writes a date.
pub(crate) struct Dates {
    pub months: [&'static str; 12],
    /// The first day of a month; the others are plain numbers.
    pub first_day: &'static str,
    /// A day and a time, with places for `{day}`, `{month}`, `{year}` and `{time}`.
    pub pattern: &'static str,
}

impl Language {
    /// An instant as a reader of the language writes it, in UTC, since the server does not know
    /// the reader's time zone.
    pub(crate) fn date(self, at: Timestamp) -> String {
        let Dates { months, first_day, pattern } = &self.words().dates;
        let date = at.date();
        let (hour, minute, _) = date.to_hms();
        let day = if date.day() == 1 { (*first_day).into() } else { date.day().to_string() };
        fill_named(
            pattern,
            &[
                ("day", &day),
                ("month", months[usize::from(u8::from(date.month())) - 1]),
                ("year", &date.year().to_string()),
                ("time", &format!("{hour:02}:{minute:02}")),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_each_language_does() {
        for (language, day, first) in [
            (Language::English, "26 June 2025, 11:08 UTC", "1 August 2026, 00:00 UTC"),
            (Language::French, "26 juin 2025 à 11:08 UTC", "1er août 2026 à 00:00 UTC"),
            (Language::German, "26. Juni 2025 um 11:08 UTC", "1. August 2026 um 00:00 UTC"),
        ] {
            let at = Timestamp::from_millis(1_750_936_113_726);
            assert_eq!(language.date(at), day);
            assert_eq!(language.date("2026-08-01T00:00:00Z".parse().unwrap()), first);
        }
    }
}
