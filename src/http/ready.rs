//! Whether the server is ready, tried at most once a second: any client may ask.

use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::spawn;
use actix_web::web::block;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::domain::ready::{NotReady, probe};
use crate::domain::{App, Trouble};
use crate::time::Timestamp;

/// How long an answer holds.
const LIFETIME: Duration = Duration::from_secs(1);
/// How long an attempt may take until the database counts as locked. `nox health` waits longer.
const TIMEOUT: Duration = Duration::from_secs(3);

type Answer = Result<(), NotReady>;

/// The last answer.
#[derive(Default)]
pub(super) struct Ready {
    last: Arc<Mutex<Option<Known>>>,
}

/// An answer, and when it was found.
struct Known {
    answer: Answer,
    at: Timestamp,
}

impl Ready {
    /// Whether the server is ready. One attempt is made at a time, also where those who ask hang
    /// up, and none needs a permit of the changes.
    pub(super) async fn check(&self, app: Arc<App>) -> Answer {
        const LOCKED: Answer = Err(NotReady::Database(Trouble::Busy));
        let Ok(mut last) = timeout(TIMEOUT, Arc::clone(&self.last).lock_owned()).await else {
            return LOCKED;
        };
        if let Some(known) = last.as_ref().filter(|known| known.is_recent()) {
            return known.answer;
        }
        let attempt = spawn(async move {
            let found = block(move || probe(&app, Timestamp::now())).await;
            // It fails where the process ends.
            let answer = found.unwrap_or(LOCKED);
            log_change(last.as_ref().map_or(Ok(()), |known| known.answer), answer);
            *last = Some(Known { answer, at: Timestamp::now() });
            answer
        });
        let answer = timeout(TIMEOUT, attempt).await;
        answer.map_or(LOCKED, |ended| ended.unwrap_or(LOCKED))
    }
}

impl Known {
    fn is_recent(&self) -> bool {
        self.at.is_recent(LIFETIME, Timestamp::now())
    }
}

fn log_change(before: Answer, now: Answer) {
    match now {
        Err(reason) if before != now => tracing::error!(reason = reason.as_str(), "not ready"),
        Ok(()) if before != now => tracing::info!("ready again"),
        _ => (),
    }
}
