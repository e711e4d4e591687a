//! Ranks, which were fractions.

use super::gathered::Gathered;
use super::loss::LossKind;
use super::printable::printable;
use super::refusal::Reason;

/// The nearest whole number, but never 0 for another one: 0 means that an account is unverified.
pub(super) fn rank(gathered: &mut Gathered, old: Option<&str>) -> i64 {
    let Some(text) = old else { return 0 };
    let parsed = text.parse::<f64>().map_err(|_| Reason::Malformed { column: "rank" });
    let old = gathered.take(parsed);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a number that is too large is the largest"
    )]
    let whole = match old {
        old if !old.is_finite() => 0,
        old if old != 0.0 && old.abs() < 1.0 => old.signum() as i64,
        old => old.round() as i64,
    };
    let is_same = old.fract() == 0.0 && whole != i64::MAX && whole != i64::MIN;
    if !is_same {
        gathered.lose(LossKind::Rank, format!("{} is now {whole}", printable(text)));
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_is_the_nearest_whole_number_and_only_0_is_0() {
        for (old, expected, is_told) in [
            (None, 0, false),
            (Some("0"), 0, false),
            (Some("-0"), 0, false),
            (Some("100"), 100, false),
            (Some("0.5"), 1, true),
            (Some("0.001"), 1, true),
            (Some("-0.2"), -1, true),
            (Some("1.5"), 2, true),
            (Some("2.4"), 2, true),
            (Some("-7"), -7, false),
            (Some("1e+21"), i64::MAX, true),
            (Some("-1e+21"), i64::MIN, true),
            (Some("NaN"), 0, true),
            (Some("Infinity"), 0, true),
            (Some("-Infinity"), 0, true),
        ] {
            let mut gathered = Gathered::default();
            assert_eq!(rank(&mut gathered, old), expected, "{old:?}");
            assert_eq!(!gathered.losses.is_empty(), is_told, "{old:?}");
            assert!(gathered.refusals.is_empty());
        }
        let mut gathered = Gathered::default();
        rank(&mut gathered, Some("much"));
        assert_eq!(gathered.refusals, [Reason::Malformed { column: "rank" }]);
    }
}
