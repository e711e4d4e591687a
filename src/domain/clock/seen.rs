//! What a look at the clock shows beside the last one.

use std::time::Duration;

use crate::domain::present::Present;
use crate::storage::clock::SeenClock;

/// A clock that is ahead of the last look by more than this may be wrong, unless the server was
/// stopped meanwhile: the two cannot be told apart.
const LEAP: Duration = Duration::from_mins(30);
/// After a leap, nothing is deleted for its age for as long as the leap, but no longer than this.
const LONGEST_WAIT: Duration = Duration::from_hours(24 * 7);

/// How the clock has moved since the last look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    Steady,
    Back,
    Leap,
}

/// How the clock has moved since `last`.
pub(super) fn moved(last: Option<SeenClock>, present: &Present) -> Move {
    match last {
        Some(last) if last.seen_at > present.past().tolerated => Move::Back,
        Some(last) if present.now.since(last.seen_at) > LEAP => Move::Leap,
        _ => Move::Steady,
    }
}

/// What is seen now, after `last`.
pub(super) fn look(last: Option<SeenClock>, present: &Present) -> SeenClock {
    let now = present.now;
    let Some(last) = last else { return SeenClock { seen_at: now, trusted_at: now } };
    let trusted_at = match moved(Some(last), present) {
        // A clock that went back makes nothing seem older than it is.
        Move::Back => now,
        Move::Steady => last.trusted_at,
        Move::Leap => last.trusted_at.max(now.after(now.since(last.seen_at).min(LONGEST_WAIT))),
    };
    SeenClock { seen_at: now, trusted_at: trusted_at.min(now.after(LONGEST_WAIT)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::time::Timestamp;
    use proptest::prelude::*;

    const MINUTE: Duration = Duration::from_mins(1);
    const HOUR: Duration = Duration::from_hours(1);
    const YEAR: Duration = Duration::from_hours(24 * 365);
    const NOW: Timestamp = Timestamp::from_millis(1_750_936_113_726);

    fn at(now: Timestamp) -> Present {
        Present::new(&Config::load(None, std::iter::empty()).unwrap(), now)
    }

    fn seen(seen_at: Timestamp) -> SeenClock {
        SeenClock { seen_at, trusted_at: seen_at }
    }

    #[test]
    fn clock_that_runs_is_trusted_and_one_that_leapt_is_not_yet() {
        for (pause, wait) in [
            (Duration::ZERO, Duration::ZERO),
            (MINUTE, Duration::ZERO),
            (30 * MINUTE, Duration::ZERO),
            (2 * HOUR, 2 * HOUR),
            (2 * YEAR, LONGEST_WAIT),
        ] {
            let now = NOW.after(pause);
            let trusted_at = look(Some(seen(NOW)), &at(now)).trusted_at;
            assert_eq!(trusted_at.since(now), wait, "{pause:?}");
        }
        assert_eq!(look(None, &at(NOW)), seen(NOW));
    }

    #[test]
    fn clock_that_went_back_is_told_and_trusted_at_once() {
        for (ahead, expected) in [(MINUTE, Move::Steady), (2 * MINUTE, Move::Back)] {
            assert_eq!(moved(Some(seen(NOW.after(ahead))), &at(NOW)), expected);
        }
        let leapt = look(Some(seen(NOW)), &at(NOW.after(2 * YEAR)));
        assert_eq!(look(Some(leapt), &at(NOW)), seen(NOW));
    }

    proptest! {
        #[test]
        fn trust_comes_back_within_a_week_of_a_running_clock(
            leaps in prop::collection::vec(-1_000_000_000_000..1_000_000_000_000_i64, 0..9),
        ) {
            let mut last = None;
            let mut present = at(NOW);
            for millis in leaps {
                present.now = Timestamp::from_millis(present.now.millis() + millis);
                last = Some(look(last, &present));
            }
            for _ in 0..7 * 24 * 3 {
                present.now = present.now.after(20 * MINUTE);
                last = Some(look(last, &present));
            }
            prop_assert!(last.unwrap().trusted_at <= present.now);
        }
    }
}
