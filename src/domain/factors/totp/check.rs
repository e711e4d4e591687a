//! Codes from an authenticator app (TOTP, RFC 6238: SHA-1, 6 digits, 30 seconds), and the secrets
//! that they come from.

use totp_rs::{Builder, Secret, Totp};

use crate::crypto::{KEY_LENGTH, Key, open_with};
use crate::domain::App;
use crate::domain::factors::Code;
use crate::domain::factors::code::Proof;
use crate::domain::factors::totp::label;
use crate::domain::principal::Principal;
use crate::error::{Error, Result};
use crate::storage::Connection;
use crate::storage::totp_factors::{self, RightStep, TotpFactor};
use crate::storage::users::UserId;
use crate::time::Timestamp;

/// The length of a time step, in seconds.
const STEP: i64 = 30;
/// How many time steps are searched, either way, for a wrong code that a wrong clock may explain:
/// ten minutes.
const SEARCH: i64 = 20;

/// An active app, with its secret opened.
pub(in crate::domain::factors) struct ActiveTotp {
    factor: TotpFactor,
    totp: Totp,
    /// By how many time steps a code may be early (`totp.skew`).
    skew: i64,
}

/// Opens the secret of a user's app. `None` if the user has no app.
pub(in crate::domain::factors) fn active(app: &App, user: UserId) -> Result<Option<ActiveTotp>> {
    let Some(factor) = app.db.read(|connection| totp_factors::find(connection, user))? else {
        return Ok(None);
    };
    let secret = app.key.open(&context(user), &factor.secret)?;
    let skew = i64::from(app.config.totp.skew.get());
    Ok(Some(ActiveTotp { totp: build_totp(app, &secret, "")?, factor, skew }))
}

impl ActiveTotp {
    /// Checks a code of about now, and consumes it if neither it nor a later one was used. After
    /// the clock has gone back, later ones that no right clock has reached do not count.
    pub(in crate::domain::factors) fn consume(
        &self,
        connection: &Connection,
        digits: &str,
        now: Timestamp,
    ) -> Result<Proof> {
        let Some(step) = matching_step(&self.totp, digits, now) else { return Ok(Proof::Wrong) };
        let latest = latest_step(now, self.skew);
        let right = RightStep { step, skew: skew(step, now), latest };
        let is_new = totp_factors::update_last_step(connection, &self.factor, right)?;
        Ok(if is_new { Proof::Right } else { Proof::Used })
    }

    /// Logs a wrong code that is right at another time.
    pub(in crate::domain::factors) fn log_skew(&self, code: &Code, now: Timestamp) {
        log_skew(&self.totp, self.factor.user_id, code, now);
    }
}

/// Logs a wrong code that the app shows some minutes earlier or later, since then one of the clocks
/// is wrong.
pub(crate) fn log_skew(totp: &Totp, user: UserId, code: &Code, now: Timestamp) {
    if let Some(clock_skew) = code.digits().and_then(|digits| skew_of(totp, digits, now)) {
        tracing::info!(account = %user, %clock_skew, "a code was refused that is right at another \
            time");
    }
}

/// How far from `now` the code would be right, such as `+4min`; at most ten minutes.
fn skew_of(totp: &Totp, digits: &str, now: Timestamp) -> Option<String> {
    let is_shown_at = |steps: &i64| {
        let at = u64::try_from(now.seconds() + steps * STEP).unwrap_or(0);
        totp.generate(at).to_string() == digits
    };
    (-SEARCH..=SEARCH).find(is_shown_at).map(|steps| match steps * STEP {
        seconds if seconds % 60 == 0 => format!("{:+}min", seconds / 60),
        seconds => format!("{seconds:+}s"),
    })
}

/// Whether a key opens the first stored secret; true if there is none.
pub(crate) fn opens_any(connection: &Connection, key: &[u8; KEY_LENGTH]) -> Result<bool> {
    let first = totp_factors::find_first(connection)?;
    Ok(first.is_none_or(|factor| open_with(key, &context(factor.user_id), &factor.secret).is_ok()))
}

/// Seals every secret with the new key instead of the old one.
pub(crate) fn reseal(connection: &Connection, old: &Key, new: &Key) -> Result<()> {
    totp_factors::list_all(connection)?.into_iter().try_for_each(
        |TotpFactor { user_id, secret, .. }| {
            let secret = old.open(&context(user_id), &secret)?;
            totp_factors::update_secret(connection, user_id, &new.seal(&context(user_id), &secret)?)
        },
    )
}

/// The time step of a code, if the code is right at `now`.
pub(crate) fn matching_step(totp: &Totp, digits: &str, now: Timestamp) -> Option<i64> {
    let step = totp.check(digits, u64::try_from(now.seconds()).ok()?)?;
    i64::try_from(step).ok()
}

/// The latest time step whose code is right at `now`.
pub(in crate::domain) const fn latest_step(now: Timestamp, skew: i64) -> i64 {
    step_of(now) + skew
}

/// The time step that `now` is in.
pub(in crate::domain) const fn step_of(now: Timestamp) -> i64 {
    now.seconds().div_euclid(STEP)
}

/// By how many time steps a code is early at `now`; negative if it is late.
pub(crate) const fn skew(step: i64, now: Timestamp) -> i64 {
    step - step_of(now)
}

pub(crate) fn build_totp(app: &App, secret: &[u8], account: &str) -> Result<Totp> {
    Builder::new()
        .with_secret(Secret::new(secret.into()))
        .with_skew(u16::try_from(app.config.totp.skew.get()).unwrap_or(1))
        .with_issuer(Some(label::issuer(&app.config)))
        .with_account_name(account)
        .build()
        .map_err(|_| fault())
}

/// The AEAD context of an active app's secret.
pub(crate) fn context(user: UserId) -> String {
    format!("totp:{user}")
}

/// The AEAD context of a pending app's secret. It names the session, so no other one can read or
/// enable it.
pub(crate) fn pending_context(principal: &Principal) -> String {
    format!("totp-enrollment:{}:{}", principal.user.id, principal.session)
}

/// A fault of the TOTP library. Its own messages are dropped, since some of them quote the secret.
pub(crate) fn fault() -> Error {
    Error::internal("use an authenticator app", "the TOTP library refused its parameters")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::factors::totp::{enable_unconfirmed, enroll};
    use crate::domain::testing::{add_user, app_with};

    /// The SHA-1 rows of RFC 6238, appendix B, cut to six digits.
    #[test]
    fn totp_codes_equal_those_of_rfc_6238() {
        let (_folder, app) = app_with("[totp]\nskew = 0");
        let totp = build_totp(&app, b"12345678901234567890", "ada").unwrap();
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(
                matching_step(&totp, code, Timestamp::from_millis(seconds * 1000)),
                Some(seconds / 30)
            );
        }
    }

    #[test]
    fn code_is_accepted_one_step_off_but_not_two() {
        let (_folder, app) = app_with("");
        let totp = build_totp(&app, b"12345678901234567890", "ada").unwrap();
        // 081804 belongs to the step from 1111111080 to 1111111110.
        let at =
            |seconds: i64| matching_step(&totp, "081804", Timestamp::from_millis(seconds * 1000));
        let step = Some(1_111_111_080 / 30);
        assert_eq!([at(1_111_111_050), at(1_111_111_139)], [step, step]);
        assert_eq!([at(1_111_111_049), at(1_111_111_140)], [None, None]);
    }

    #[test]
    fn code_that_was_used_stays_used_when_the_clock_goes_back() {
        let (_folder, app) = app_with("");
        let ada = add_user(&app, "ada", "hunter22");
        let enrollment = enroll(&app, "ada").unwrap();
        let start = Timestamp::from_millis(1_750_936_110_000);
        enable_unconfirmed(&app, &enrollment, start, |_| Ok::<_, Error>(())).unwrap();
        let active = || active(&app, ada).unwrap().unwrap();
        let at = |seconds: i64| Timestamp::from_millis(start.millis() + seconds * 1000);
        let show = |code_of: i64, clock: i64| {
            let shown = u64::try_from(at(code_of).seconds()).unwrap();
            let digits = active().totp.generate(shown).to_string();
            let consume =
                |connection: &Connection| active().consume(connection, &digits, at(clock));
            app.db.write::<_, Error>(consume).unwrap()
        };
        assert_eq!(show(-30, 0), Proof::Right);
        // One step early.
        assert_eq!(show(30, 0), Proof::Right);
        assert_eq!(show(0, 0), Proof::Used, "a later one was used");
        // The clock goes back by 40 seconds, as it is set by the network.
        assert_eq!([show(-30, -40), show(-60, -40)], [Proof::Used, Proof::Right]);
        assert_eq!([show(30, 0), show(-30, 0)], [Proof::Used; 2]);
        assert_eq!(show(0, 0), Proof::Right);
        // It is ahead by two hours for a while, and by two years.
        for ahead in [7200, 2 * 365 * 86_400] {
            assert_eq!(show(ahead, ahead), Proof::Right);
            assert_eq!(show(ahead / 7200 * 60, ahead / 7200 * 60), Proof::Right);
            assert_eq!(show(ahead, ahead), Proof::Used);
            assert_eq!(show(30, 0), Proof::Used);
        }
    }

    /// The codes of RFC 4226, appendix D, whose counters are the time steps.
    #[test]
    fn totp_codes_equal_the_hotp_codes_of_rfc_4226() {
        let (_folder, app) = app_with("");
        let totp = build_totp(&app, b"12345678901234567890", "ada").unwrap();
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        for (step, code) in (0..).zip(codes) {
            assert_eq!(totp.generate(step * 30).to_string(), code);
        }
    }

    #[test]
    fn skew_of_a_wrong_code_is_found_within_ten_minutes() {
        let (_folder, app) = app_with("");
        let totp = build_totp(&app, b"12345678901234567890", "ada").unwrap();
        let at = |offset: i64| {
            skew_of(&totp, "081804", Timestamp::from_millis((1_111_111_080 + offset) * 1000))
        };
        for (offset, skew) in
            [(-240, "+4min"), (240, "-4min"), (-90, "+90s"), (-600, "+10min"), (600, "-10min")]
        {
            assert_eq!(at(offset).as_deref(), Some(skew));
        }
        assert_eq!([at(-630), at(630)], [None, None]);
    }
}
