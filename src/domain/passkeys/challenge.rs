//! The challenge that a device signs. It is sealed with the key of the instance and says for what
//! and for whom it was made, so that nothing is stored for a stranger who asks for one.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::crypto::hmac_sha256;
use crate::domain::App;
use crate::domain::present::Present;
use crate::domain::principal::{Device, Principal};
use crate::error::{Error, Result};
use crate::storage::{Connection, used_challenges};
use crate::time::Timestamp;

/// How long a challenge may be answered.
pub(crate) const LIFETIME: Duration = Duration::from_mins(5);
/// What the seal is bound to.
const CONTEXT: &str = "passkey challenge";

/// What a challenge is for, and who may answer it.
pub(super) enum Purpose<'a> {
    /// To add a passkey, in this session, while the password and the factors stay as they are: what
    /// was proven before such a change may be too little after it.
    Registration(&'a Principal),
    /// To log in, from this browser. A program has no cookie, and so is not told from others.
    Login(&'a Device),
}

impl Purpose<'_> {
    const fn tag(&self) -> u8 {
        match self {
            Self::Registration(_) => 1,
            Self::Login(_) => 2,
        }
    }

    /// A keyed hash of who may answer.
    fn binding(&self, app: &App) -> [u8; 32] {
        let who = match self {
            Self::Registration(Principal { user, session, .. }) => format!(
                "{session} {} {} {} {}",
                user.password_changed_at.millis(),
                user.has_totp,
                user.has_email_factor,
                user.has_passkey_factor,
            ),
            Self::Login(device) => device.browser.clone().unwrap_or_default(),
        };
        hmac_sha256(&app.key.derive(CONTEXT), who.as_bytes())
    }
}

/// Makes a challenge.
pub(super) fn make(app: &App, purpose: &Purpose<'_>, now: Timestamp) -> Result<Vec<u8>> {
    let expires_at = now.after(LIFETIME).millis().to_be_bytes();
    let plain = [&[purpose.tag()][..], &expires_at, &purpose.binding(app)].concat();
    app.key.seal(CONTEXT, &plain)
}

/// A challenge that is one of ours, and can be used up.
pub(super) struct Answered {
    sha256: [u8; 32],
    expires_at: Timestamp,
}

/// Opens a challenge that was answered.
///
/// # Errors
/// [`Error::InvalidChallenge`] if it is not one of ours, has expired, or was made for another
/// purpose, browser or session; also if it was made while the clock was ahead, since it would be
/// valid for as long as that.
pub(super) fn open(
    app: &App,
    sealed: &[u8],
    purpose: &Purpose<'_>,
    now: Timestamp,
) -> Result<Answered> {
    let opened = app.key.open(CONTEXT, sealed).map_err(|_| Error::InvalidChallenge)?;
    let (made_for, rest) = opened.split_first().ok_or(Error::InvalidChallenge)?;
    let (expires_at, binding) = rest.split_first_chunk().ok_or(Error::InvalidChallenge)?;
    let expires_at = Timestamp::from_millis(i64::from_be_bytes(*expires_at));
    let latest_end = Present::new(&app.config, now).end_of(LIFETIME).tolerated;
    let is_valid = *made_for == purpose.tag()
        && *binding == purpose.binding(app)
        && now < expires_at
        && expires_at <= latest_end;
    if !is_valid {
        return Err(Error::InvalidChallenge);
    }
    Ok(Answered { sha256: Sha256::digest(sealed).into(), expires_at })
}

impl Answered {
    /// Uses the challenge up, in the transaction of what it opens.
    ///
    /// # Errors
    /// [`Error::InvalidChallenge`] if it was answered before, or a fault.
    pub(super) fn use_up(&self, connection: &Connection) -> Result<()> {
        if used_challenges::insert(connection, &self.sha256, self.expires_at)? {
            Ok(())
        } else {
            Err(Error::InvalidChallenge)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::domain::testing::app_with;

    const NOW: Timestamp = Timestamp::from_millis(1_750_936_113_726);

    fn device(browser: Option<&str>) -> Device {
        Device {
            ip: Ipv4Addr::LOCALHOST.into(),
            is_forwarded: false,
            user_agent: None,
            language: None,
            browser: browser.map(Into::into),
        }
    }

    #[test]
    fn challenge_is_good_for_five_minutes_and_not_before_it_was_made() {
        let (_folder, app) = app_with("");
        let device = device(None);
        let purpose = Purpose::Login(&device);
        let made = make(&app, &purpose, NOW).unwrap();
        assert_eq!(made.len(), 81);
        let opens = |at: Timestamp| open(&app, &made, &purpose, at).is_ok();
        let second = Duration::from_secs(1);
        assert!(opens(NOW) && opens(NOW.after(Duration::from_secs(299))));
        assert!(!opens(NOW.after(LIFETIME)) && !opens(NOW.after(2 * LIFETIME)));
        // The clocks of two requests may differ a little; more was made by a clock that was ahead.
        assert!(opens(NOW.before(second)) && !opens(NOW.before(Duration::from_mins(3))));
    }

    #[test]
    fn challenge_is_answered_once_and_by_its_own_browser() {
        let (_folder, app) = app_with("");
        let (mine, theirs, none) = (device(Some("a")), device(Some("b")), device(None));
        let made = make(&app, &Purpose::Login(&mine), NOW).unwrap();
        for other in [&theirs, &none] {
            let opened = open(&app, &made, &Purpose::Login(other), NOW);
            assert!(matches!(opened, Err(Error::InvalidChallenge)));
        }
        let answered = open(&app, &made, &Purpose::Login(&mine), NOW).unwrap();
        app.db.write(|connection| answered.use_up(connection)).unwrap();
        let again = app.db.write(|connection| answered.use_up(connection));
        assert!(matches!(again, Err(Error::InvalidChallenge)));
    }
}
