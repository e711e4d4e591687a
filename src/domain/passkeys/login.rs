//! How a passkey logs in.
//!
//! What is cheap is checked first: the form of what was sent, and the challenge. Whatever fails
//! after that is counted against the address. A session of the passkey's own user gets a code in
//! the place of another session.

use zeroize::Zeroizing;

use super::challenge::{self, Answered, Purpose};
use super::origins::is_origin;
use super::verifier::{self, Asserted, ClientData, Expected};
use super::{KnownPasskey, check_on, printable};
use crate::domain::App;
use crate::domain::accounts::identifier::Identifier;
use crate::domain::auth::admission::{self, Way};
use crate::domain::auth::log::{Attempted, log_attempt, log_refusal};
use crate::domain::change::{By, Change};
use crate::domain::event::Event;
use crate::domain::factors::{SENT_CODE_LIFETIME, challenged, make_sent_code};
use crate::domain::principal::{Client, Device, Principal};
use crate::domain::sessions::OpenedSession;
use crate::domain::throttle::{self, CountedAttempt, Limit};
use crate::domain::{auth, setup};
use crate::error::{Error, PasskeyFault, Result};
use crate::storage::Connection;
use crate::storage::passkeys::{self, Passkey};
use crate::storage::sent_codes::Channel;
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// What a browser is asked for, besides what holds for everyone.
pub(crate) struct LoginOptions {
    pub challenge: Vec<u8>,
    pub rp_id: String,
    /// The passkeys that may answer; none of them is named to a stranger.
    pub allowed: Vec<KnownPasskey>,
}

/// Begins a login. Everyone gets the same; with the challenge of a refusal that asks for a code,
/// whose password was right, the user's own passkeys are named.
///
/// # Errors
/// [`Error::ServiceDisabled`], [`Error::InvalidChallenge`], or a fault.
pub(crate) fn login_options(
    app: &App,
    device: &Device,
    after_password: Option<&str>,
    now: Timestamp,
) -> Result<LoginOptions> {
    let rp_id = check_on(&app.config)?;
    let user = after_password.map(|proof| challenged(app, proof, now)).transpose()?;
    let list = |user: User| app.db.read(|connection| passkeys::list_of(connection, user.id));
    let known = user.map(list).transpose()?.unwrap_or_default().into_iter();
    Ok(LoginOptions {
        challenge: challenge::make(app, &Purpose::Login(device), now)?,
        allowed: known.filter(|one| one.rp_id == rp_id).map(KnownPasskey::from).collect(),
        rp_id,
    })
}

/// What a browser answers.
pub(crate) struct SignedLogin {
    pub credential_id: Vec<u8>,
    pub client_data: Vec<u8>,
    pub authenticator_data: Vec<u8>,
    pub signature: Vec<u8>,
    /// The bytes by which the device knows the user, if it says them.
    pub handle: Option<Vec<u8>>,
}

/// A login by passkey, and the client that sends it.
pub(crate) struct PasskeyAttempt {
    pub signed: SignedLogin,
    /// The account that was typed, if one was: it must be the passkey's.
    pub identifier: Option<Identifier>,
    pub client: Client,
    /// The session of the request, if it has one.
    pub principal: Option<Principal>,
}

/// What a passkey gets.
pub(crate) enum Entered {
    Session(Box<OpenedSession>),
    /// In a session of its own user.
    Code(PasskeyCode),
}

/// A code of six digits that takes the place of a code of a second factor, once.
pub(crate) struct PasskeyCode {
    pub code: Zeroizing<String>,
    pub expires_at: Timestamp,
}

/// Logs a user in by a passkey, or gives the session of this user a code.
///
/// # Errors
/// In this order: [`Error::ServiceDisabled`], [`Error::RefusedPasskey`] for what is malformed,
/// [`Error::InvalidChallenge`], [`Error::TooManyRequests`], [`Error::RefusedPasskey`],
/// [`Error::Suspended`], [`Error::LoginPending`] if the address must be confirmed, and
/// [`Error::InvalidChallenge`] for one that was answered before; or a fault.
pub(crate) fn log_in(app: &App, attempt: &PasskeyAttempt, now: Timestamp) -> Result<Entered> {
    let device = &attempt.client.device;
    let rp_id = check_on(&app.config)?;
    let client_data = ClientData::parse(&attempt.signed.client_data)
        .map_err(|_| Error::RefusedPasskey(PasskeyFault::Malformed))?;
    let answered = challenge::open(app, &client_data.challenge, &Purpose::Login(device), now)?;
    setup::note_login(app, device, now);
    let found = app.db.read(|connection| find(connection, &attempt.signed.credential_id))?;
    let name = found.as_ref().map_or_else(|| unknown_name(app, attempt), Found::name);
    let user = found.as_ref().map(|found| found.user.id);
    let attempted = Attempted { user, name: &name, device, at: now };
    let ceremony = Ceremony { attempt, rp_id: &rp_id, client_data, answered, found };
    let is_own = |principal: &Principal| Some(principal.user.id) == user;
    if attempt.principal.as_ref().is_some_and(is_own) {
        let code = ceremony.run(app, now, |tx, user| {
            let made = make_sent_code(app, tx, user.id, Channel::Passkey, now)?;
            let expires_at = now.after(SENT_CODE_LIFETIME);
            Ok(PasskeyCode { code: made.code, expires_at })
        });
        return log_refusal(app, attempted, code).map(Entered::Code);
    }
    let open = || {
        ceremony.run(app, now, |tx, user| {
            admission::admit(app, tx, user, &attempt.client, now).map(Box::new)
        })
    };
    log_attempt(app, attempted, open).map(Entered::Session)
}

/// A passkey with its user.
struct Found {
    passkey: Passkey,
    user: User,
}

impl Found {
    fn name(&self) -> String {
        self.user.username.clone()
    }
}

fn find(connection: &Connection, credential_id: &[u8]) -> Result<Option<Found>> {
    let Some(passkey) = passkeys::find_by_credential(connection, credential_id)? else {
        return Ok(None);
    };
    let user = users::find_by_id(connection, passkey.user_id)?;
    Ok(user.map(|user| Found { passkey, user }))
}

/// What stands in the log for a passkey that no account has.
fn unknown_name(app: &App, attempt: &PasskeyAttempt) -> String {
    auth::hashed_name(app, &attempt.signed.credential_id)
}

/// A login whose challenge is one of ours.
struct Ceremony<'a> {
    attempt: &'a PasskeyAttempt,
    rp_id: &'a str,
    client_data: ClientData,
    answered: Answered,
    found: Option<Found>,
}

const WRONG: Error = Error::RefusedPasskey(PasskeyFault::Wrong);
const UNKNOWN: Error = Error::RefusedPasskey(PasskeyFault::Unknown);

impl Ceremony<'_> {
    /// Checks the passkey, and runs `enter` for its user in the transaction that uses the challenge
    /// up. The attempt is counted before that, and stays so unless the passkey was right.
    fn run<T>(
        &self,
        app: &App,
        now: Timestamp,
        enter: impl FnOnce(&Change<'_>, &User) -> Result<T>,
    ) -> Result<T> {
        let device = &self.attempt.client.device;
        let counted = throttle::consume(app, vec![Limit::address(device.ip)], now)?;
        let asserted = self.verify(app)?;
        let entered = app.change(By::User(device), now, |tx| {
            self.store(app, tx, &asserted, now)?.map_or(Ok(None), |user| {
                counted.refund(tx)?;
                enter(tx, &user).map(Some)
            })
        });
        match entered {
            Ok(entered) => entered.ok_or(WRONG),
            Err(error) => Err(refund_if_right(app, &counted, error)?),
        }
    }

    /// Verifies the signature and all that it covers, and whose the passkey is.
    fn verify(&self, app: &App) -> Result<Asserted> {
        let Self { attempt, rp_id, client_data, found, .. } = self;
        let Some(Found { passkey, user }) = found else { return Err(UNKNOWN) };
        let signed = &attempt.signed;
        let is_allowed_origin = |origin: &str| is_origin(&app.config, origin);
        let expected = Expected { rp_id, is_allowed_origin: &is_allowed_origin };
        let verified = verifier::verify_assertion(
            &expected,
            &passkey.public_key,
            client_data,
            &signed.authenticator_data,
            &signed.signature,
        );
        let asserted = verified.map_err(|unfit| {
            let origin = printable(&client_data.origin);
            tracing::info!(account = %user.id, %unfit, origin, rp_id, "a passkey was refused");
            WRONG
        })?;
        // Another server has given its passkeys handles that are not known here.
        let handle = app.db.read(|connection| passkeys::find_handle(connection, user.id))?;
        let is_known = !passkey.id.is_imported() && handle.is_some() && signed.handle.is_some();
        let is_handle = !is_known || signed.handle == handle;
        if passkey.rp_id != *rp_id || !is_handle {
            return Err(WRONG);
        }
        if let Some(identifier) = &attempt.identifier {
            let named = app.db.read(|connection| identifier.find(connection))?;
            if named.is_none_or(|named| named.id != user.id) {
                return Err(Error::RefusedPasskey(PasskeyFault::OtherAccount));
            }
        }
        Ok(asserted)
    }

    /// Uses the challenge up and stores that the passkey was used. Returns its user as they are
    /// now; `None` if the passkey is a copy, whose use is recorded.
    fn store(
        &self,
        app: &App,
        tx: &Change<'_>,
        asserted: &Asserted,
        now: Timestamp,
    ) -> Result<Option<User>> {
        let found = find(tx, &self.attempt.signed.credential_id)?;
        let Found { passkey, user } = found.ok_or(UNKNOWN)?;
        // It may have been removed meanwhile, and added to another account.
        if self.found.as_ref().is_none_or(|before| before.passkey.id != passkey.id) {
            return Err(WRONG);
        }
        admission::check(app, &user, Way::Passkey, now)?;
        self.answered.use_up(tx)?;
        if is_behind(&passkey, asserted) {
            if !asserted.is_syncable {
                tx.happened(Event::PasskeyCloned, &user)?;
                return Ok(None);
            }
            tracing::warn!(account = %user.id, passkey = %passkey.id, "a passkey counts backwards");
        }
        if passkey.is_syncable != asserted.is_syncable {
            let is_syncable = asserted.is_syncable;
            tracing::warn!(
                account = %user.id, passkey = %passkey.id, is_syncable,
                "a passkey says otherwise than before whether it may be copied to other devices"
            );
        }
        let used = Passkey {
            counter: passkey.counter.max(asserted.counter),
            is_syncable: asserted.is_syncable,
            is_synced: asserted.is_synced,
            last_used_at: Some(now),
            ..passkey
        };
        passkeys::update_used(tx, &used)?;
        Ok(Some(user))
    }
}

/// Whether a passkey has not counted this use, as only a copy of it would. Many do not count at
/// all.
const fn is_behind(passkey: &Passkey, asserted: &Asserted) -> bool {
    let counts = passkey.counter > 0 || asserted.counter > 0;
    counts && asserted.counter <= passkey.counter
}

/// Takes an attempt off the count whose passkey was right, though it did not enter.
fn refund_if_right(app: &App, counted: &CountedAttempt<'_>, error: Error) -> Result<Error> {
    if matches!(error, Error::Suspended { .. } | Error::LoginPending(_)) {
        app.db.write(|connection| counted.refund(connection))?;
    }
    Ok(error)
}
