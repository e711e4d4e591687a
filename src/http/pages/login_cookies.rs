//! The cookies of a login that is not finished: the challenge of one that waits for its code, and
//! the proof of one whose user has to do something else first.

use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;

use super::visitor::{CHALLENGE, PENDING, Visitor};

/// The lifetime of the challenge.
const CHALLENGE_LIFETIME: Duration = Duration::minutes(10);
/// The lifetime of the proof.
const PENDING_LIFETIME: Duration = Duration::hours(1);

impl Visitor {
    /// The cookie that keeps a challenge.
    pub(super) fn challenge_cookie(&self, challenge: String) -> Cookie<'static> {
        self.page_cookie(CHALLENGE, challenge, CHALLENGE_LIFETIME)
    }

    /// The cookie that keeps the proof of a pending login.
    pub(super) fn pending_cookie(&self, proof: String) -> Cookie<'static> {
        self.page_cookie(PENDING, proof, PENDING_LIFETIME)
    }

    /// The cookies that remove what is left of a login.
    pub(super) fn finished_login_cookies(&self) -> [Cookie<'static>; 2] {
        [self.challenge_cookie(String::new()), self.pending_cookie(String::new())].map(
            |mut cookie| {
                cookie.make_removal();
                cookie
            },
        )
    }
}
