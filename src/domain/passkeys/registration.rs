//! How a user adds a passkey: the options say what device and which kind of passkey is wanted, and
//! the browser answers with its public key.

use super::challenge::{self, Purpose};
use super::names::{self, PasskeyName};
use super::origins::is_origin;
use super::owner::{Owner, OwnerProof};
use super::verifier::{self, ClientData, Expected, NewCredential};
use super::view::PasskeyView;
use super::{KnownPasskey, MOST, check_on, printable};
use crate::crypto;
use crate::domain::App;
use crate::domain::accounts::edit::unchanged;
use crate::domain::audit::Differences;
use crate::domain::change::{By, Change};
use crate::domain::event::Event;
use crate::domain::principal::Principal;
use crate::domain::throttle::{self, Limit};
use crate::error::{Error, PasskeyFault, Result};
use crate::storage::passkeys::{self, Passkey, PasskeyId};
use crate::storage::users::User;
use crate::time::Timestamp;

/// What a browser is asked for, besides what holds for everyone.
pub(crate) struct RegistrationOptions {
    pub challenge: Vec<u8>,
    pub rp_id: String,
    /// The bytes by which devices know the user.
    pub handle: Vec<u8>,
    pub username: String,
    pub display: String,
    /// The passkeys that the user has: a device with one of them makes no other, which would take
    /// the place of the first there.
    pub known: Vec<KnownPasskey>,
}

/// Begins to add a passkey. What the user proves here is part of the challenge.
///
/// # Errors
/// [`Error::ServiceDisabled`], [`Error::RefusedPasskey`] where no more are possible, those of
/// [`Owner::prove`], [`Error::NotLogged`] if the session has ended meanwhile, or a fault.
pub(crate) fn registration_options(
    app: &App,
    principal: &Principal,
    proof: &OwnerProof,
    now: Timestamp,
) -> Result<RegistrationOptions> {
    let rp_id = check_on(&app.config)?;
    // Before a code is used up or mailed, and before a device makes what cannot be added.
    check_room(&principal.user)?;
    let owner = Owner { principal, proof, refusal: "add a passkey with an old session" };
    owner.prove(app, now, |tx| {
        let user = unchanged(tx, principal, now)?;
        check_room(&user)?;
        let of_domain = passkeys::list_of(tx, user.id)?.into_iter();
        let of_domain = of_domain.filter(|passkey| passkey.rp_id == rp_id);
        Ok(RegistrationOptions {
            challenge: challenge::make(app, &Purpose::Registration(principal), now)?,
            handle: handle(tx, &user)?,
            known: of_domain.map(KnownPasskey::from).collect(),
            username: user.username,
            display: user.display,
            rp_id,
        })
    })
}

fn check_room(user: &User) -> Result<()> {
    let is_full = user.passkeys >= MOST;
    if is_full { Err(Error::RefusedPasskey(PasskeyFault::TooMany)) } else { Ok(()) }
}

/// The user's handle, which stays the same: a device with a passkey of the same handle replaces it.
fn handle(tx: &Change<'_>, user: &User) -> Result<Vec<u8>> {
    if let Some(handle) = passkeys::find_handle(tx, user.id)? {
        return Ok(handle);
    }
    let handle = crypto::random::<64>()?;
    passkeys::update_handle(tx, user.id, &handle)?;
    Ok(handle.into())
}

/// What a browser answers.
pub(crate) struct SignedRegistration {
    pub credential_id: Vec<u8>,
    pub client_data: Vec<u8>,
    pub attestation: Vec<u8>,
    pub transports: Vec<String>,
}

/// A passkey that is to be added.
pub(crate) struct NewPasskey {
    pub signed: SignedRegistration,
    /// Its name, if the user has chosen one.
    pub name: Option<PasskeyName>,
}

/// Adds a passkey.
///
/// # Errors
/// [`Error::ServiceDisabled`], [`Error::InvalidChallenge`], [`Error::TooManyRequests`],
/// [`Error::RefusedPasskey`], [`Error::AlreadyExists`], [`Error::NotLogged`] if the session has
/// ended meanwhile, or a fault.
pub(crate) fn register(
    app: &App,
    principal: &Principal,
    new: NewPasskey,
    now: Timestamp,
) -> Result<PasskeyView> {
    let rp_id = check_on(&app.config)?;
    let client_data = ClientData::parse(&new.signed.client_data)
        .map_err(|_| Error::RefusedPasskey(PasskeyFault::Malformed))?;
    let purpose = Purpose::Registration(principal);
    let answered = challenge::open(app, &client_data.challenge, &purpose, now)?;
    // As with a login, whatever does not fit is counted against the address.
    let limits = vec![Limit::address(principal.device.ip)];
    let counted = throttle::consume(app, limits, now)?;
    let credential = verify(app, &rp_id, &client_data, &new.signed)?;
    app.change(By::User(&principal.device), now, |tx| {
        let user = unchanged(tx, principal, now)?;
        answered.use_up(tx)?;
        check_room(&user)?;
        let others = passkeys::list_of(tx, user.id)?;
        let name = new.name.map(PasskeyName::into_text);
        let name = name.unwrap_or_else(|| names::of_program(credential.aaguid, &others));
        let passkey = Passkey {
            id: PasskeyId(crypto::new_uuid(now)?),
            user_id: user.id,
            credential_id: credential.credential_id,
            public_key: credential.public_key,
            rp_id,
            counter: credential.counter,
            is_syncable: credential.is_syncable,
            is_synced: credential.is_synced,
            aaguid: credential.aaguid,
            transports: transports(&new.signed.transports),
            name,
            created_at: now,
            last_used_at: None,
        };
        passkeys::insert(tx, &passkey)?;
        counted.refund(tx)?;
        let changes = Differences::added("name", passkey.name.as_str());
        tx.happened_with(Event::PasskeyAdded, &user, changes)?;
        Ok(PasskeyView::new(&app.config, passkey))
    })
}

/// Verifies what a browser answered. Why it is refused is in the log, for the operator: most often
/// an address that is not in the configuration.
fn verify(
    app: &App,
    rp_id: &str,
    client_data: &ClientData,
    signed: &SignedRegistration,
) -> Result<NewCredential> {
    let is_allowed_origin = |origin: &str| is_origin(&app.config, origin);
    let expected = Expected { rp_id, is_allowed_origin: &is_allowed_origin };
    let verified = verifier::verify_registration(&expected, client_data, &signed.attestation);
    let refused = Error::RefusedPasskey(PasskeyFault::Unfit);
    match verified {
        Ok(credential) if credential.credential_id == signed.credential_id => Ok(credential),
        Ok(_) => Err(refused),
        Err(unfit) => {
            let origin = printable(&client_data.origin);
            tracing::info!(%unfit, origin, rp_id, "a new passkey was refused");
            Err(refused)
        }
    }
}

/// The words that are known of how a browser reaches an authenticator (WebAuthn Level 3, 5.8.4).
const TRANSPORTS: [&str; 7] = ["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"];

/// The known words among those that a browser sent, each once.
pub(super) fn transports(sent: &[String]) -> String {
    let known = TRANSPORTS.iter().filter(|word| sent.iter().any(|sent| sent == *word));
    known.copied().collect::<Vec<_>>().join(" ")
}
