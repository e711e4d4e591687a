//! Values of the simple types, as `PostgreSQL` writes them.

use super::refusal::Reason;
use crate::domain::import::dump::Row;
use crate::time::Timestamp;

/// A column of the type `boolean`; NULL, or a column that an older database lacks, is false.
pub(super) fn flag(row: &Row, column: &'static str) -> Result<bool, Reason> {
    match row.text(column) {
        Some("t") => Ok(true),
        Some("f") | None => Ok(false),
        Some(_) => Err(Reason::Malformed { column }),
    }
}

/// A time such as `2025-06-12 22:45:27.1`, in UTC. Those that no calendar has (`infinity`), and
/// those outside the years 0 to 9999, are none.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_form = whole.len() == 19
        && whole.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            10 => byte == b' ',
            13 | 16 => byte == b':',
            _ => byte.is_ascii_digit(),
        })
        && (1..=6).contains(&fraction.len())
        && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !is_form {
        return None;
    }
    let seconds: Timestamp = format!("{}Z", whole.replace(' ', "T")).parse().ok()?;
    let millis: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some(Timestamp::from_millis(seconds.millis() + millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moment_is_utc_with_a_fraction_whose_zeros_are_cut() {
        for (text, millis) in [
            ("1970-01-01 00:00:00", Some(0)),
            ("2025-06-26 11:08:33", Some(1_750_936_113_000)),
            ("2025-06-26 11:08:33.7", Some(1_750_936_113_700)),
            ("2025-06-26 11:08:33.07", Some(1_750_936_113_070)),
            ("2025-06-26 11:08:33.726", Some(1_750_936_113_726)),
            ("2025-06-26 11:08:33.726999", Some(1_750_936_113_726)),
            ("1969-12-31 23:59:59.5", Some(-500)),
            ("infinity", None),
            ("-infinity", None),
            ("0044-03-15 12:00:00 BC", None),
            ("10000-01-01 00:00:00", None),
            ("2025-02-30 00:00:00", None),
            ("2025-06-26 11:08:33.", None),
            ("2025-06-26 11:08:33.1234567", None),
            ("2025-06-26 11:08:33+02", None),
            ("2025-06-26T11:08:33", None),
            ("٢٠٢٥-06-26 11:08", None),
            ("", None),
        ] {
            assert_eq!(moment(text).map(Timestamp::millis), millis, "{text}");
        }
    }

    #[test]
    fn flag_is_one_letter_and_null_is_false() {
        let read = |value| flag(&Row::of(&[("twofa_enabled", value)]), "twofa_enabled");
        assert_eq!(
            [read(Some("t")), read(Some("f")), read(None)],
            [Ok(true), Ok(false), Ok(false)]
        );
        for wrong in ["true", "", "T", "1"] {
            assert!(read(Some(wrong)).is_err(), "{wrong}");
        }
        assert_eq!(flag(&Row::of(&[]), "email_verified"), Ok(false));
    }
}
