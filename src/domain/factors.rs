//! Second factors: codes from an authenticator app (TOTP, RFC 6238: SHA-1, 6 digits, 30 seconds).

use serde::Serialize;
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use super::users::by_name;
use super::{App, throttle};
use crate::error::{Error, Result};
use crate::secret;
use crate::storage::totp_factors::{self, TotpFactor};
use crate::storage::users::{User, UserId};
use crate::time::Timestamp;

/// 160 bits, as RFC 4226 (4, R6) recommends.
const SECRET_LENGTH: usize = 20;

/// One way to prove a login a second time, as a client is told about it.
#[derive(Debug, Serialize)]
pub struct Method {
    /// `totp` or `email`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// For people.
    pub name: &'static str,
    /// For people.
    pub description: &'static str,
    /// Whether the user has it.
    pub enabled: bool,
    /// Whether the server can send a code this way.
    pub can_send: bool,
}

/// Every method that the server knows, for a user whose second factor is due.
pub(super) fn methods(user: &User) -> [Method; 2] {
    [
        Method {
            kind: "totp",
            name: "Authenticator App",
            description: "Use an authenticator app to generate a verification code",
            enabled: user.has_totp,
            can_send: false,
        },
        Method {
            kind: "email",
            name: "Email Verification",
            description: "Receive a verification code via email",
            enabled: false,
            can_send: false,
        },
    ]
}

/// Whether a text is a code: six ASCII digits.
#[must_use]
pub fn is_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An authenticator app that is being set up: nothing of it is stored yet.
pub struct Enrollment {
    user: UserId,
    /// The secret in base32, for typing.
    pub secret: Zeroizing<String>,
    /// The same as a URL, for scanning.
    pub otpauth_url: Zeroizing<String>,
    totp: Totp,
}

/// Draws a new secret for a user who has no authenticator app.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::AlreadyExists`] where the user has one, or a fault.
pub fn enroll(app: &App, name: &str) -> Result<Enrollment> {
    let user = app.db.read(|connection| by_name(app, connection, name))?;
    if user.has_totp {
        return Err(ALREADY_ENABLED);
    }
    let secret = Zeroizing::new(secret::random::<SECRET_LENGTH>()?);
    let totp = totp(app, secret.as_ref(), &user.username)?;
    Ok(Enrollment {
        user: user.id,
        secret: Zeroizing::new(totp.secret().to_base32()),
        otpauth_url: Zeroizing::new(totp.to_url().map_err(fault)?),
        totp,
    })
}

/// Enables the app where `code` is right; that code is used up by it.
///
/// # Errors
/// [`Error::InvalidField`] where the code is wrong, [`Error::AlreadyExists`], or a fault.
pub fn confirm(app: &App, enrollment: &Enrollment, code: &str, now: Timestamp) -> Result<()> {
    enable(app, enrollment, check(&enrollment.totp, code, now).ok_or(wrong_code("code"))?, now)
}

/// Enables the app on trust, for scripts that hand the secret on.
///
/// # Errors
/// [`Error::AlreadyExists`], or a fault.
pub fn enable_unconfirmed(app: &App, enrollment: &Enrollment, now: Timestamp) -> Result<()> {
    enable(app, enrollment, 0, now)
}

fn enable(app: &App, enrollment: &Enrollment, last_step: i64, now: Timestamp) -> Result<()> {
    let user_id = enrollment.user;
    let secret = app.key.seal(&place(user_id), enrollment.totp.secret().as_bytes())?;
    let factor = TotpFactor { user_id, secret, last_step, enabled_at: now };
    let inserted = app.db.write(|connection| totp_factors::insert(connection, &factor))?;
    if inserted { Ok(()) } else { Err(ALREADY_ENABLED) }
}

/// Since when a user has an authenticator app; `None` where there is none.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub fn enabled_at(app: &App, name: &str) -> Result<Option<Timestamp>> {
    app.db.read(|connection| {
        let user = by_name(app, connection, name)?;
        Ok(totp_factors::find(connection, user.id)?.map(|factor| factor.enabled_at))
    })
}

/// Removes a user's authenticator app, and forgets the wrong codes; tells whether there was one.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub fn reset(app: &App, name: &str) -> Result<bool> {
    app.db.write(|connection| {
        let user = by_name(app, connection, name)?;
        throttle::forgive(connection, &user.id.to_string())?;
        totp_factors::delete(connection, user.id)
    })
}

/// The time step of a stored factor that `code` belongs to, where it is right now; whether that step was used before is
/// for the transaction to decide.
pub(super) fn matching_step(app: &App, factor: &TotpFactor, code: &str, now: Timestamp) -> Result<Option<i64>> {
    let secret = app.key.open(&place(factor.user_id), &factor.secret)?;
    Ok(check(&totp(app, &secret, "")?, code, now))
}

fn check(totp: &Totp, code: &str, now: Timestamp) -> Option<i64> {
    if !is_code(code) {
        return None;
    }
    let step = totp.check(code, u64::try_from(now.seconds()).ok()?)?;
    i64::try_from(step).ok()
}

fn totp(app: &App, secret: &[u8], account: &str) -> Result<Totp> {
    Builder::new()
        .with_secret(Secret::new(secret.into()))
        .with_skew(u16::try_from(app.config.totp.skew.get()).unwrap_or(1))
        .with_issuer(Some(app.config.totp.issuer.as_str()))
        .with_account_name(account)
        .build()
        .map_err(fault)
}

/// What a sealed secret is bound to.
fn place(user: UserId) -> String {
    format!("totp:{user}")
}

const ALREADY_ENABLED: Error = Error::AlreadyExists { what: "An authenticator app", with: "this account" };

/// A code that is wrong, stale or used: all the same to whoever sent it.
pub(super) const fn wrong_code(field: &'static str) -> Error {
    Error::InvalidField { field, rule: "is wrong, has expired or was used already" }
}

fn fault(source: impl std::fmt::Debug) -> Error {
    // The library's messages are kept to their kind: some of them quote the secret.
    drop(source);
    Error::internal("set up an authenticator app", "the TOTP library refused its parameters")
}

#[cfg(test)]
mod tests {
    use super::super::testing::app_with;
    use super::*;

    /// RFC 6238, appendix B, its SHA-1 rows cut to six digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let (_folder, app) = app_with("[totp]\nskew = 0");
        let totp = totp(&app, b"12345678901234567890", "ada").unwrap();
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(check(&totp, code, Timestamp::from_millis(seconds * 1000)), Some(seconds / 30));
        }
    }

    #[test]
    fn one_step_of_skew_is_allowed_either_way_and_two_are_not() {
        let (_folder, app) = app_with("");
        let totp = totp(&app, b"12345678901234567890", "ada").unwrap();
        // 081804 belongs to the step from 1111111080 to 1111111110.
        let at = |seconds: i64| check(&totp, "081804", Timestamp::from_millis(seconds * 1000));
        let step = Some(1_111_111_080 / 30);
        assert_eq!([at(1_111_111_050), at(1_111_111_139)], [step, step]);
        assert_eq!([at(1_111_111_049), at(1_111_111_140)], [None, None]);
    }

    #[test]
    fn only_six_ascii_digits_are_a_code() {
        for text in ["", "12345", "1234567", "12345a", " 12345", "１２３４５６", "12345\0"] {
            assert!(!is_code(text), "{text:?}");
        }
        assert!(is_code("000000"));
    }
}
