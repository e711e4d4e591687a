//! The forms of passkeys: to log in by one, to add, rename and remove one, to have one asked for
//! after the password, and to get a code by one. What a browser answers comes in a hidden field, as
//! JSON.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;

use super::action::{Action, Lane, check, respond, run};
use super::factors::end_with_codes;
use super::login::{enter, refuse_code_step};
use super::refusal::{FormPage, Refusal, refuse};
use crate::domain::App;
use crate::domain::accounts::identifier::Identifier;
use crate::domain::accounts::password_check::CURRENT_PASSWORD;
use crate::domain::factors::shown::Delivery;
use crate::domain::factors::{challenged, email};
use crate::domain::passkeys::names::{self, PasskeyName};
use crate::domain::passkeys::{
    self, Entered, NewPasskey, OwnerProof, PasskeyAttempt, PasskeyCode, PasskeyId,
    RegistrationOptions, factor,
};
use crate::domain::principal::{Client, Principal};
use crate::domain::sessions::OpenedSession;
use crate::error::{Error, PasskeyFault, Result};
use crate::http::first_answer::wait_for;
use crate::http::object::Object;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::passkeys::device_code_page;
use crate::http::pages::sendings::End;
use crate::http::pages::visitor::Visitor;
use crate::http::passkeys::{RegistrationOptionsData, read_login, read_registration};
use crate::time::Timestamp;

/// The field with what a browser answers.
const CREDENTIAL: &str = "credential";

/// `POST /login/passkey`
pub(in crate::http) async fn submit_passkey(visitor: Visitor, form: Form) -> HttpResponse {
    match try_passkey(&visitor, &form).await {
        Ok(session) => enter(&visitor, &form, &session),
        // In the place of a code, it is the account's whose password was right.
        Err(refusal) if !form.text("identifier").is_empty() => {
            let refusal =
                if is_of_other_login(&visitor, &form) { Refusal::OtherLogin } else { refusal };
            refuse_code_step(&visitor, &form, FormPage::LoginPasskey, &refusal)
        }
        Err(refusal) => refuse(&visitor, &form, FormPage::Login, &refusal),
    }
}

/// Whether another tab of the browser has begun a login of another user.
fn is_of_other_login(visitor: &Visitor, form: &Form) -> bool {
    let Some(challenge) = &visitor.challenge else { return false };
    let user = visitor.bridge.read(|app| challenged(app, challenge, visitor.now));
    user.is_ok_and(|user| user.username != form.text("identifier"))
}

async fn try_passkey(visitor: &Visitor, form: &Form) -> Result<Box<OpenedSession>, Refusal> {
    visitor.check_form(form)?;
    let server = visitor.bridge.config().server.address.as_str();
    let attempt = PasskeyAttempt {
        signed: read_login(&mut credential(form)?)?,
        identifier: Identifier::parse(form.text("identifier"), server),
        client: Client { device: visitor.device.clone(), public_key: None },
        principal: None,
    };
    let now = visitor.now;
    match visitor.bridge.run(move |app| passkeys::log_in(app, &attempt, now)).await? {
        Entered::Session(session) => Ok(session),
        Entered::Code(_) => Err(Error::NotLogged.into()),
    }
}

fn credential(form: &Form) -> Result<Object> {
    Object::read(form.text(CREDENTIAL).as_bytes())
        .map_err(|_| Error::RefusedPasskey(PasskeyFault::Malformed))
}

/// What a form proves besides the session.
fn proof(form: &Form) -> Result<OwnerProof> {
    let has_password = !form.text(CURRENT_PASSWORD).is_empty();
    Ok(OwnerProof {
        code: form.code("code")?,
        password: has_password.then(|| form.current_password()),
    })
}

const fn lane(proof: &Result<OwnerProof>) -> Lane {
    match proof {
        Ok(OwnerProof { password: Some(_), .. }) => Lane::Hash,
        _ => Lane::Write,
    }
}

/// `POST /account/passkeys/options`: what the script asks the browser for, or the page with the
/// refusal.
pub(in crate::http) async fn passkey_options(visitor: Visitor, form: Form) -> HttpResponse {
    match try_options(&visitor, &form).await {
        Ok(options) => {
            let title = visitor.bridge.config().instance.title.clone();
            HttpResponse::Ok()
                .insert_header((CACHE_CONTROL, "no-store"))
                .json(RegistrationOptionsData::new(options, title))
        }
        Err(refusal) => {
            if let (Refusal::Error(Error::VerificationRequired { .. }), Some(principal)) =
                (&refusal, &visitor.principal)
            {
                wait_for(email::under_way(visitor.bridge.app(), &principal.user)).await;
            }
            refuse(&visitor, &form, FormPage::Account, &refusal)
        }
    }
}

async fn try_options(visitor: &Visitor, form: &Form) -> Result<RegistrationOptions, Refusal> {
    check(visitor, form, FormPage::Account)?;
    // Before a code is used up.
    PasskeyName::parse(form.text("name"))?;
    let proof = proof(form);
    let begin = |app: &App, principal: &Principal, proof: OwnerProof, now| {
        passkeys::registration_options(app, principal, &proof, now)
    };
    run(visitor, lane(&proof), proof, begin).await
}

/// `POST /account/passkeys/add`
pub(in crate::http) async fn add_passkey(visitor: Visitor, form: Form) -> HttpResponse {
    let action = Action { lane: Lane::Write, done: Flash::PasskeyAdded };
    let new = new_passkey(&form);
    let add = |app: &App, principal: &Principal, new: NewPasskey, now: Timestamp| {
        passkeys::register(app, principal, new, now)
    };
    action.run(visitor, form, new, add).await
}

fn new_passkey(form: &Form) -> Result<NewPasskey> {
    Ok(NewPasskey {
        signed: read_registration(&mut credential(form)?)?,
        name: PasskeyName::parse(form.text("name"))?,
    })
}

/// `POST /account/passkeys/rename`
pub(in crate::http) async fn rename_passkey(visitor: Visitor, form: Form) -> HttpResponse {
    let action = Action { lane: Lane::Write, done: Flash::PasskeyRenamed };
    let input = renaming(&form);
    let rename = |app: &App, principal: &Principal, new: Renaming, now| {
        passkeys::rename(app, principal, new.id, new.name, now)
    };
    action.run(visitor, form, input, rename).await
}

/// A passkey, and its new name.
struct Renaming {
    id: PasskeyId,
    name: PasskeyName,
}

fn renaming(form: &Form) -> Result<Renaming> {
    let name = PasskeyName::parse(form.text("name"))?.ok_or(names::RULE)?;
    Ok(Renaming { id: id(form)?, name })
}

/// `POST /account/passkeys/remove`
pub(in crate::http) async fn remove_passkey(visitor: Visitor, form: Form) -> HttpResponse {
    let remove = |app: &App, principal: &Principal, Removal { id, proof }: Removal, now| {
        match passkeys::remove(app, principal, id, &proof, now) {
            // It is gone already, as the user wanted.
            Err(Error::NotFound { .. }) => Ok(false),
            result => result,
        }
    };
    let work = async move |visitor: &Visitor, form: &Form| {
        let proof = proof(form);
        let lane = lane(&proof);
        let input = id(form).and_then(|id| Ok(Removal { id, proof: proof? }));
        let ended_factor = run(visitor, lane, input, remove).await?;
        let done = if ended_factor { Flash::LastPasskeyRemoved } else { Flash::PasskeyRemoved };
        Ok(End::at(done.url()))
    };
    respond(visitor, form, FormPage::Account, work).await
}

/// A passkey, and what its owner proves.
struct Removal {
    id: PasskeyId,
    proof: OwnerProof,
}

fn id(form: &Form) -> Result<PasskeyId> {
    PasskeyId::parse(form.text("passkey")).ok_or(Error::NotFound { what: "Passkey" })
}

/// `POST /account/passkeys/enable`
pub(in crate::http) async fn enable_passkey_factor(visitor: Visitor, form: Form) -> HttpResponse {
    let enable = |app: &App, principal: &Principal, proof: OwnerProof, now| {
        factor::enable(app, principal, &proof, Delivery::Page, now)
    };
    let work = async move |visitor: &Visitor, form: &Form| {
        let proof = whole_proof(visitor, form);
        match run(visitor, lane(&proof), proof, enable).await {
            // Recovery codes are made with the first factor only.
            Ok(codes) if codes.is_empty() => Ok(End::at(Flash::PasskeyFactorEnabled.url())),
            enabled => end_with_codes(visitor, enabled.map(drop)),
        }
    };
    respond(visitor, form, FormPage::Account, work).await
}

/// What switches a factor on: on this page, a session alone does not, as young as it may be.
fn whole_proof(visitor: &Visitor, form: &Form) -> Result<OwnerProof> {
    let proof = proof(form)?;
    let principal = visitor.principal.as_ref();
    let has_factor = principal.is_some_and(|principal| principal.user.has_second_factor());
    if has_factor || proof.code.is_some() || proof.password.is_some() {
        return Ok(proof);
    }
    Err(Error::UnAuthorized { action: "change the second factor by a session alone" })
}

/// `POST /account/passkeys/disable`
pub(in crate::http) async fn disable_passkey_factor(visitor: Visitor, form: Form) -> HttpResponse {
    let action = Action { lane: Lane::Write, done: Flash::PasskeyFactorDisabled };
    let proof = proof(&form);
    let disable = |app: &App, principal: &Principal, proof: OwnerProof, now| {
        factor::disable(app, principal, &proof, now)
    };
    action.run(visitor, form, proof, disable).await
}

/// `POST /account/passkeys/code`: a code for another device, or for another form.
pub(in crate::http) async fn give_passkey_code(visitor: Visitor, form: Form) -> HttpResponse {
    match try_give_code(&visitor, &form).await {
        Ok(code) => device_code_page(&visitor, &code),
        Err(refusal) => refuse(&visitor, &form, FormPage::Account, &refusal),
    }
}

async fn try_give_code(visitor: &Visitor, form: &Form) -> Result<PasskeyCode, Refusal> {
    check(visitor, form, FormPage::Account)?;
    let principal = visitor.principal.clone().ok_or(Error::NotLogged)?;
    let attempt = PasskeyAttempt {
        signed: read_login(&mut credential(form)?)?,
        // A passkey of another user would open a session.
        identifier: Some(Identifier::Id(principal.user.id)),
        client: Client { device: visitor.device.clone(), public_key: None },
        principal: Some(principal),
    };
    let now = visitor.now;
    match visitor.bridge.run(move |app| passkeys::log_in(app, &attempt, now)).await? {
        Entered::Code(code) => Ok(code),
        Entered::Session(_) => Err(Error::NotLogged.into()),
    }
}
