//! Authenticator apps: how they are set up, enabled and disabled. `check` verifies their codes.

mod check;
mod first;
mod label;
mod status;

use std::time::Duration;

use totp_rs::Totp;
use zeroize::Zeroizing;

use crate::domain::App;
use crate::domain::accounts::identifier::by_name;
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::change::By;
use crate::domain::event::Event;
use crate::domain::factors::recovery::RecoveryCodes;
use crate::domain::factors::shown::{self, Delivery};
use crate::domain::factors::{Code, changed, delete_unneeded_codes, demand, with_factor};
use crate::domain::principal::Principal;
use crate::domain::reveal::Reveal;
use crate::domain::sessions::check_open;
use crate::error::{Error, Result, Taken};
use crate::storage::totp_enrollments;
use crate::storage::totp_factors::{self, TotpFactor};
use crate::storage::users::{self, User, UserId};
use crate::time::Timestamp;
pub(in crate::domain) use check::context;
pub(in crate::domain::factors) use check::{ActiveTotp, active};
use check::{build_totp, fault, log_skew, matching_step, pending_context, skew};
pub(in crate::domain) use check::{latest_step, step_of};
pub(crate) use check::{opens_any, reseal};
pub(in crate::domain::factors) use first::first_factor;
pub(in crate::domain) use first::{enrollment, new_secret};
pub(crate) use status::{Status, status};

/// 160 bits, as RFC 4226 (4, R6) recommends.
const SECRET_LENGTH: usize = 20;
/// How long a pending enrolment waits for its first code.
pub(in crate::domain) const ENROLLMENT_LIFETIME: Duration = Duration::from_hours(1);

/// A new secret for an authenticator app that is being set up.
pub(crate) struct Enrollment {
    user: User,
    /// The secret in base32, to be typed.
    pub secret: Zeroizing<String>,
    /// The secret in an `otpauth:` URL, to be scanned.
    pub otpauth_url: Zeroizing<String>,
    totp: Totp,
}

impl Enrollment {
    /// The secret in groups of four characters, which are easier to type.
    #[must_use]
    pub(crate) fn secret_in_groups(&self) -> Zeroizing<String> {
        let secret = self.secret.as_str();
        let groups: Vec<&str> =
            (0..secret.len()).step_by(4).map(|at| &secret[at..secret.len().min(at + 4)]).collect();
        Zeroizing::new(groups.join(" "))
    }

    fn new(app: &App, user: User) -> Result<Self> {
        Self::of(app, user, &new_secret()?)
    }

    fn of(app: &App, user: User, secret: &[u8]) -> Result<Self> {
        let totp = build_totp(app, secret, &label::account(&app.config, &user.username))?;
        Ok(Self {
            secret: Zeroizing::new(totp.secret().to_base32()),
            otpauth_url: Zeroizing::new(totp.to_url().map_err(|_| fault())?),
            user,
            totp,
        })
    }
}

/// Starts an enrolment: makes a secret, which is pending until its first code. If another factor is
/// on, that needs a code of it, since a session alone must not be enough to add a factor.
///
/// # Errors
/// [`Error::AlreadyValid`] if the user has an app, [`Error::WrongCode`],
/// [`Error::TooManyRequests`], or a fault.
pub(crate) fn setup(
    app: &App,
    principal: &Principal,
    code: Option<&Code>,
    now: Timestamp,
) -> Result<Enrollment> {
    let user = &principal.user;
    if user.has_totp {
        return Err(Error::AlreadyValid);
    }
    with_factor(app, principal.actor(), code, now, |connection| {
        check_open(connection, principal, now)?;
        let enrollment = Enrollment::new(app, User::clone(user))?;
        let sealed =
            app.key.seal(&pending_context(principal), enrollment.totp.secret().as_bytes())?;
        totp_enrollments::put(connection, user.id, &sealed, now.after(ENROLLMENT_LIFETIME))?;
        Ok(enrollment)
    })
}

/// The pending enrolment of this session, if there is one.
pub(crate) fn pending(
    app: &App,
    principal: &Principal,
    now: Timestamp,
) -> Result<Option<Enrollment>> {
    let user = &principal.user;
    let sealed =
        app.db.read(|connection| totp_enrollments::find_active(connection, user.id, now))?;
    // A secret that does not open was made for another session.
    let secret = sealed.and_then(|sealed| app.key.open(&pending_context(principal), &sealed).ok());
    secret.map(|secret| Enrollment::of(app, User::clone(user), &secret)).transpose()
}

/// What enables a pending app.
#[derive(Clone, Copy)]
pub(crate) struct Enabling<'a> {
    /// Its first code.
    pub code: &'a Code,
    pub check: &'a PasswordCheck,
    pub delivery: Delivery,
}

/// Enables the pending app by its first code, which is thereby consumed. Returns recovery codes.
///
/// # Errors
/// [`Error::TooManyRequests`] and [`Error::WrongPassword`] by `check`,
/// [`Error::AlreadyValid`] where the user has one, [`Error::WrongCode`], [`Error::SetupExpired`]
/// where nothing was set up, or a fault.
pub(crate) fn enable(
    app: &App,
    principal: &Principal,
    enabling: Enabling<'_>,
    now: Timestamp,
) -> Result<RecoveryCodes> {
    let Enabling { code, check, delivery } = enabling;
    let user = &principal.user;
    check.verify(app, user, now)?;
    if user.has_totp {
        return Err(Error::AlreadyValid);
    }
    let pending =
        app.db.read(|connection| totp_enrollments::find_active(connection, user.id, now))?;
    let opened = pending.and_then(|sealed| {
        Some((app.key.open(&pending_context(principal), &sealed).ok()?, sealed))
    });
    let (secret, pending) = opened.ok_or_else(|| Error::SetupExpired { field: code.field })?;
    let totp = build_totp(app, &secret, "")?;
    // A wrong code is not counted, since the user who sets up an app has its secret anyway.
    let step = first_step(&totp, user.id, code, now)?;
    let factor = new_factor(app, user.id, &totp, Some(step), now)?;
    app.change(By::User(&principal.device), now, |tx| {
        check_open(tx, principal, now)?;
        if !totp_enrollments::delete(tx, user.id, &pending)? || !totp_factors::insert(tx, &factor)?
        {
            return Err(Error::AlreadyValid);
        }
        changed(tx, Event::TotpEnabled, user, Some(principal))?;
        shown::renew(app, tx, principal, delivery, now)
    })
}

/// Disables the app, by a code of any factor.
///
/// # Errors
/// [`Error::FactorNotEnabled`], [`Error::FactorDemanded`], [`Error::WrongCode`],
/// [`Error::TooManyRequests`], or a fault.
pub(crate) fn disable(
    app: &App,
    principal: &Principal,
    code: Option<&Code>,
    now: Timestamp,
) -> Result<()> {
    let user = &principal.user;
    if !user.has_totp {
        return Err(Error::FactorNotEnabled);
    }
    let without = User { has_totp: false, ..User::clone(user) };
    demand::check_kept(&app.config, user, &without, "type")?;
    with_factor(app, principal.actor(), code, now, |tx| {
        check_open(tx, principal, now)?;
        totp_factors::delete(tx, user.id)?;
        let current = users::find_by_id(tx, user.id)?.ok_or(Error::NotLogged)?;
        demand::check_kept(&app.config, user, &current, "type")?;
        delete_unneeded_codes(tx, &current)?;
        changed(tx, Event::TotpDisabled, user, Some(principal))
    })
}

/// Makes a secret for a user, on behalf of the operator. It is not stored yet.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::AlreadyExists`] if the user has an app, or a fault.
pub(crate) fn enroll(app: &App, name: &str) -> Result<Enrollment> {
    let user = app.db.read(|connection| by_name(app, connection, name))?;
    if user.has_totp { Err(ALREADY_ENABLED) } else { Enrollment::new(app, user) }
}

/// Enables the app by its first code, which is thereby consumed, on behalf of the operator.
///
/// # Errors
/// [`Error::WrongCode`], [`Error::AlreadyExists`], or a fault.
pub(crate) fn confirm(
    app: &App,
    enrollment: &Enrollment,
    code: &Code,
    now: Timestamp,
) -> Result<()> {
    let step = first_step(&enrollment.totp, enrollment.user.id, code, now)?;
    enable_for(app, enrollment, Some(step), now, |_: &_| Ok(()))
}

/// Verifies an app's first code and returns its time step.
fn first_step(totp: &Totp, user: UserId, code: &Code, now: Timestamp) -> Result<i64> {
    let step = code.digits().and_then(|digits| matching_step(totp, digits, now));
    step.ok_or_else(|| {
        log_skew(totp, user, code, now);
        code.refused()
    })
}

/// Enables the app without a code, for scripts that pass the secret on.
///
/// # Errors
/// [`Error::AlreadyExists`], a fault, or an error of `reveal`.
pub(crate) fn enable_unconfirmed<E: From<Error>>(
    app: &App,
    enrollment: &Enrollment,
    now: Timestamp,
    reveal: impl Reveal<Enrollment, E>,
) -> Result<(), E> {
    enable_for(app, enrollment, None, now, reveal)
}

fn enable_for<E: From<Error>>(
    app: &App,
    enrollment: &Enrollment,
    step: Option<i64>,
    now: Timestamp,
    reveal: impl Reveal<Enrollment, E>,
) -> Result<(), E> {
    let user = &enrollment.user;
    let factor = new_factor(app, user.id, &enrollment.totp, step, now)?;
    app.change(By::Operator, now, |tx| {
        if !totp_factors::insert(tx, &factor)? {
            return Err(ALREADY_ENABLED.into());
        }
        changed(tx, Event::TotpEnabled, user, None)?;
        reveal(enrollment)
    })
}

fn new_factor(
    app: &App,
    user_id: UserId,
    totp: &Totp,
    step: Option<i64>,
    now: Timestamp,
) -> Result<TotpFactor> {
    let secret = app.key.seal(&context(user_id), totp.secret().as_bytes())?;
    let last_skew = step.map(|step| skew(step, now));
    Ok(TotpFactor { user_id, secret, last_step: step.unwrap_or(0), enabled_at: now, last_skew })
}

const ALREADY_ENABLED: Error = Error::AlreadyExists(Taken::App);
