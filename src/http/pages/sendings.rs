//! The forms that each browser sent last. A form may be sent twice: by a second click on a slow
//! line, by a reload, or from two tabs. The second sending ends where the first did.
//!
//! This is kept in memory, for a minute: what must not be lost is stored by the domain.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::domain::sessions::SessionId;
use crate::time::Timestamp;

/// How far from a form its repeat is one.
const REPEAT_WINDOW: Duration = Duration::from_mins(1);
/// Browsers that are remembered. Beyond, those are forgotten that send nothing now.
const MAX_BROWSERS: usize = 4096;

/// The last form of each browser, by the browser's secret.
#[derive(Default)]
pub(in crate::http) struct Sendings(Mutex<HashMap<String, Arc<AsyncMutex<Option<Sending>>>>>);

/// A form that was sent, and where that ended.
pub(super) struct Sending {
    /// A hash of all that was sent.
    pub form: [u8; 32],
    /// The session that it was sent in.
    pub session: Option<SessionId>,
    pub end: End,
    pub at: Timestamp,
}

/// Where a form leads that was not refused.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub url: String,
    /// Whether the session has ended with it.
    pub logs_out: bool,
}

impl End {
    pub(super) fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), logs_out: false }
    }

    pub(super) fn logged_out(url: impl Into<String>) -> Self {
        Self { url: url.into(), logs_out: true }
    }
}

/// The right of one form of a browser to run, while its others wait. It holds the last form that
/// was not refused.
pub(super) type Turn = OwnedMutexGuard<Option<Sending>>;

impl Sending {
    /// Whether this is the same form, sent in the same session a moment ago. A form that has ended
    /// its session comes again without one.
    pub(super) fn is_repeated_by(
        &self,
        form: &[u8; 32],
        session: Option<SessionId>,
        now: Timestamp,
    ) -> bool {
        // Of two requests at once, the one that came first may run last.
        let is_recent = now.before(REPEAT_WINDOW) < self.at && self.at < now.after(REPEAT_WINDOW);
        is_recent && self.form == *form && (session.is_none() || session == self.session)
    }
}

impl Sendings {
    /// Waits until no other form of this browser runs.
    pub(super) async fn turn(&self, browser: &str, now: Timestamp) -> Turn {
        let slot = {
            let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if slots.len() >= MAX_BROWSERS {
                slots.retain(|_, slot| is_needed(slot, Some(now)));
            }
            if slots.len() >= MAX_BROWSERS {
                slots.retain(|_, slot| is_needed(slot, None));
            }
            Arc::clone(slots.entry(browser.into()).or_default())
        };
        slot.lock_owned().await
    }
}

/// Whether a form of the browser runs, or ended a moment before `now`.
fn is_needed(slot: &Arc<AsyncMutex<Option<Sending>>>, now: Option<Timestamp>) -> bool {
    let is_recent = |last: &Sending| now.is_some_and(|now| now < last.at.after(REPEAT_WINDOW));
    Arc::strong_count(slot) > 1
        || slot.try_lock().map_or(true, |last| last.as_ref().is_some_and(is_recent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::rt::System;

    const NOW: Timestamp = Timestamp::from_millis(1_750_936_113_726);

    fn sending(at: Timestamp) -> Sending {
        Sending { form: [7; 32], session: None, end: End::at("/"), at }
    }

    #[test]
    fn form_repeats_the_last_one_within_a_minute() {
        let last = sending(NOW);
        for (seconds, is_repeat) in [(0, true), (59, true), (60, false)] {
            let now = NOW.after(Duration::from_secs(seconds));
            assert_eq!(last.is_repeated_by(&[7; 32], None, now), is_repeat, "{seconds}");
        }
        assert!(!last.is_repeated_by(&[8; 32], None, NOW));
        // The clock has gone back meanwhile.
        assert!(!last.is_repeated_by(&[7; 32], None, NOW.before(Duration::from_mins(1))));
    }

    #[test]
    fn browsers_beyond_the_limit_are_forgotten_unless_a_form_of_theirs_runs() {
        System::new().block_on(async {
            let sendings = Sendings::default();
            let running = sendings.turn("running", NOW).await;
            for browser in 0..2 * MAX_BROWSERS {
                *sendings.turn(&browser.to_string(), NOW).await = Some(sending(NOW));
            }
            assert!(sendings.0.lock().unwrap().len() <= MAX_BROWSERS);
            assert!(sendings.0.lock().unwrap().contains_key("running"));
            drop(running);
            assert!(sendings.turn("running", NOW).await.is_none());
        });
    }
}
