//! Instants, as the readers of each language write them.

use crate::language::Language;
use crate::time::Timestamp;

const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const FRENCH_MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// An instant as a reader of that language writes it, in UTC; a script shows the reader's own time.
pub(in crate::http::pages) fn date(language: Language, at: Timestamp) -> String {
    let date = at.date();
    let (hour, minute, _) = date.to_hms();
    let month = usize::from(u8::from(date.month())) - 1;
    match language {
        Language::English => {
            format!(
                "{} {} {}, {hour:02}:{minute:02} UTC",
                date.day(),
                ENGLISH_MONTHS[month],
                date.year()
            )
        }
        Language::French => {
            let day = if date.day() == 1 { "1er".into() } else { date.day().to_string() };
            format!("{day} {} {} à {hour:02}:{minute:02} UTC", FRENCH_MONTHS[month], date.year())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_each_language_does() {
        let at = Timestamp::from_millis(1_750_936_113_726);
        assert_eq!(date(Language::English, at), "26 June 2025, 11:08 UTC");
        assert_eq!(date(Language::French, at), "26 juin 2025 à 11:08 UTC");
        assert_eq!(
            date(Language::French, "2026-08-01T00:00:00Z".parse().unwrap()),
            "1er août 2026 à 00:00 UTC"
        );
    }
}
