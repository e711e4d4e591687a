//! Instants, as the readers of each language write them.

use std::time::Duration;

use super::{Language, fill, fill_named};
use crate::time::Timestamp;

/// How a language writes a date.
pub(crate) struct Dates {
    pub months: [&'static str; 12],
    /// The first day of a month; the others are plain numbers.
    pub first_day: &'static str,
    /// A day and a time, with places for `{day}`, `{month}`, `{year}` and `{time}`.
    pub pattern: &'static str,
    pub just_now: &'static str,
    /// What one, and what more of a unit are called, with a place for the number.
    pub minutes_ago: [&'static str; 2],
    pub hours_ago: [&'static str; 2],
    pub days_ago: [&'static str; 2],
}

impl Language {
    /// An instant as a reader of the language writes it, in UTC, since the server does not know
    /// the reader's time zone.
    pub(crate) fn date(self, at: Timestamp) -> String {
        let Dates { months, first_day, pattern, .. } = &self.words().dates;
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

impl Language {
    /// An instant of the last week as people tell it, such as `2 minutes ago`, and any other one as
    /// a date. A day is 24 hours, since the days of the calendar depend on the reader's time zone.
    pub(crate) fn when(self, at: Timestamp, now: Timestamp) -> String {
        let dates = &self.words().dates;
        let counted = |words: [&str; 2], count| fill(words[usize::from(count > 1)], count);
        let minutes = now.since(at).as_secs() / 60;
        let hours = minutes / 60;
        match (minutes, hours, hours / 24) {
            _ if at > now.after(Duration::from_mins(1)) => self.date(at),
            (0, ..) => dates.just_now.into(),
            (..60, ..) => counted(dates.minutes_ago, minutes),
            (_, hours @ ..24, _) => counted(dates.hours_ago, hours),
            (.., days @ ..7) => counted(dates.days_ago, days),
            _ => self.date(at),
        }
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
    #[test]
    fn near_instants_are_told_as_people_do_and_others_by_their_date() {
        let now: Timestamp = "2026-11-27T12:00:00Z".parse().unwrap();
        for (at, english, french, german) in [
            ("2026-11-27T12:00:30Z", "just now", "à l’instant", "gerade eben"),
            ("2026-11-27T11:59:01Z", "just now", "à l’instant", "gerade eben"),
            ("2026-11-27T11:59:00Z", "1 minute ago", "il y a 1 minute", "vor 1 Minute"),
            ("2026-11-27T11:00:01Z", "59 minutes ago", "il y a 59 minutes", "vor 59 Minuten"),
            ("2026-11-27T11:00:00Z", "1 hour ago", "il y a 1 heure", "vor 1 Stunde"),
            ("2026-11-26T12:00:01Z", "23 hours ago", "il y a 23 heures", "vor 23 Stunden"),
            ("2026-11-26T12:00:00Z", "a day ago", "il y a un jour", "vor einem Tag"),
            ("2026-11-25T12:00:01Z", "a day ago", "il y a un jour", "vor einem Tag"),
            ("2026-11-25T12:00:00Z", "2 days ago", "il y a 2 jours", "vor 2 Tagen"),
            ("2026-11-20T12:00:01Z", "6 days ago", "il y a 6 jours", "vor 6 Tagen"),
        ] {
            let at = at.parse().unwrap();
            assert_eq!(Language::English.when(at, now), english);
            assert_eq!(Language::French.when(at, now), french);
            assert_eq!(Language::German.when(at, now), german);
        }
        for far in ["2026-11-20T12:00:00Z", "1970-01-01T00:00:00Z", "2026-11-27T12:02:00Z"] {
            let far = far.parse().unwrap();
            for language in Language::ALL {
                assert_eq!(language.when(far, now), language.date(far));
            }
        }
    }
}
