//! Second factors: codes from an authenticator app (TOTP, RFC 6238: SHA-1, 6 digits, 30 seconds).

use serde::Serialize;
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use super::App;
use super::identifier::by_name;
use super::throttle::{self, Budget};
use crate::error::{Error, Result};
use crate::secret;
use crate::storage::Connection;
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
    /// What clients send along when they ask for a code.
    pub send_data: SendData,
    /// The same again for newer clients, with what a code looks like.
    pub details: MethodDetails,
}

/// Nothing, since nothing can be sent.
#[derive(Debug, Serialize)]
pub struct SendData {}

/// What clients of 2026 look for.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the contract's own names")]
pub struct MethodDetails {
    pub sendable: bool,
    pub data: SendData,
    pub code: CodeShape,
}

/// What a code looks like.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the contract's own names")]
pub struct CodeShape {
    pub length: u32,
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// Every method that the server knows, for a user whose second factor is due.
pub(super) fn methods(user: &User) -> [Method; 2] {
    let method = |kind, name, description, enabled| Method {
        kind,
        name,
        description,
        enabled,
        can_send: false,
        send_data: SendData {},
        details: MethodDetails { sendable: false, data: SendData {}, code: CodeShape { length: 6, kind: "numeric" } },
    };
    let app = "Use an authenticator app to generate a verification code";
    let mail = "Receive a verification code via email";
    [method("totp", "Authenticator App", app, user.has_totp), method("email", "Email Verification", mail, false)]
}

/// A second factor's code, with the name of the field that it came in.
pub struct Code {
    field: &'static str,
    digits: String,
}

impl Code {
    /// Takes six ASCII digits.
    ///
    /// # Errors
    /// [`Error::InvalidField`] for anything else.
    pub fn parse(field: &'static str, digits: String) -> Result<Self> {
        if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self { field, digits })
        } else {
            Err(Error::invalid(field, "must be six digits"))
        }
    }

    /// A code that is wrong, stale or used: all the same to whoever sent it.
    const fn refused(&self) -> Error {
        Error::invalid(self.field, "is wrong, has expired or was used already")
    }
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
        otpauth_url: Zeroizing::new(totp.to_url().map_err(|_| fault())?),
        totp,
    })
}

/// Enables the app where `code` is right; that code is used up by it.
///
/// # Errors
/// [`Error::InvalidField`] where the code is wrong, [`Error::AlreadyExists`], or a fault.
pub fn confirm(app: &App, enrollment: &Enrollment, code: &Code, now: Timestamp) -> Result<()> {
    let step = matching_step(&enrollment.totp, code, now).ok_or_else(|| code.refused())?;
    enable(app, enrollment, step, now, || Ok(()))
}

/// Enables the app on trust, for scripts that hand the secret on; `show` does so, and where it fails nothing is enabled.
///
/// # Errors
/// [`Error::AlreadyExists`], a fault, or what `show` returns.
pub fn enable_unconfirmed<E: From<Error>>(
    app: &App,
    enrollment: &Enrollment,
    now: Timestamp,
    show: impl FnOnce() -> Result<(), E>,
) -> Result<(), E> {
    enable(app, enrollment, 0, now, show)
}

fn enable<E: From<Error>>(
    app: &App,
    enrollment: &Enrollment,
    last_step: i64,
    now: Timestamp,
    show: impl FnOnce() -> Result<(), E>,
) -> Result<(), E> {
    let user_id = enrollment.user;
    let secret = app.key.seal(&place(user_id), enrollment.totp.secret().as_bytes())?;
    let factor = TotpFactor { user_id, secret, last_step, enabled_at: now };
    app.db.write(|connection| {
        if !totp_factors::insert(connection, &factor)? {
            return Err(ALREADY_ENABLED.into());
        }
        show()
    })
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

/// Removes a user's authenticator app, and forgets what was counted against them; tells whether there was one.
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

/// Makes a change in one transaction with the acceptance of a code: that code is good for this change and no other.
///
/// # Errors
/// [`Error::TooManyRequests`], [`Error::InvalidField`] where the code is refused, a fault, or what `change` returns.
pub(super) fn accept<T>(
    app: &App,
    factor: &TotpFactor,
    code: &Code,
    now: Timestamp,
    change: impl FnOnce(&Connection) -> Result<T>,
) -> Result<T> {
    let secret = app.key.open(&place(factor.user_id), &factor.secret)?;
    let totp = totp(app, &secret, "")?;
    let spent = throttle::spend(app, vec![Budget::code(&factor.user_id.to_string())], now)?;
    let step = matching_step(&totp, code, now).ok_or_else(|| code.refused())?;
    let changed = app.db.write(|connection| {
        // A right code that comes twice is refused, but it was no guess.
        spent.refund(connection)?;
        let is_new = totp_factors::update_last_step(connection, factor, step)?;
        is_new.then(|| change(connection)).transpose()
    })?;
    changed.ok_or_else(|| code.refused())
}

/// The time step that a code belongs to, where it is right now.
fn matching_step(totp: &Totp, code: &Code, now: Timestamp) -> Option<i64> {
    let step = totp.check(&code.digits, u64::try_from(now.seconds()).ok()?)?;
    i64::try_from(step).ok()
}

fn totp(app: &App, secret: &[u8], account: &str) -> Result<Totp> {
    Builder::new()
        .with_secret(Secret::new(secret.into()))
        .with_skew(u16::try_from(app.config.totp.skew.get()).unwrap_or(1))
        .with_issuer(Some(app.config.totp.issuer.as_str()))
        .with_account_name(account)
        .build()
        .map_err(|_| fault())
}

/// What a sealed secret is bound to.
fn place(user: UserId) -> String {
    format!("totp:{user}")
}

const ALREADY_ENABLED: Error = Error::AlreadyExists { what: "An authenticator app", with: "this account" };

/// The library's own messages stay out of the log: some of them quote the secret.
fn fault() -> Error {
    Error::internal("use an authenticator app", "the TOTP library refused its parameters")
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
            let code = Code::parse("code", code.into()).unwrap();
            assert_eq!(matching_step(&totp, &code, Timestamp::from_millis(seconds * 1000)), Some(seconds / 30));
        }
    }

    #[test]
    fn one_step_of_skew_is_allowed_either_way_and_two_are_not() {
        let (_folder, app) = app_with("");
        let totp = totp(&app, b"12345678901234567890", "ada").unwrap();
        // 081804 belongs to the step from 1111111080 to 1111111110.
        let code = Code::parse("code", "081804".into()).unwrap();
        let at = |seconds: i64| matching_step(&totp, &code, Timestamp::from_millis(seconds * 1000));
        let step = Some(1_111_111_080 / 30);
        assert_eq!([at(1_111_111_050), at(1_111_111_139)], [step, step]);
        assert_eq!([at(1_111_111_049), at(1_111_111_140)], [None, None]);
    }

    #[test]
    fn only_six_ascii_digits_are_a_code() {
        for text in ["", "12345", "1234567", "12345a", " 12345", "１２３４５６", "12345\0"] {
            assert!(Code::parse("code", text.into()).is_err(), "{text:?}");
        }
        assert!(Code::parse("code", "000000".into()).is_ok());
    }
}
