//! The forms of `/account` that switch second factors on and off.

use actix_web::HttpResponse;

use super::action::{Action, Lane, respond, run};
use super::refusal::{FormPage, Refusal};
use crate::domain::App;
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::factors::email::{self, Asker, EnablingCodes};
use crate::domain::factors::shown::{Delivery, hide, shown};
use crate::domain::factors::totp::{self, Enabling};
use crate::domain::factors::{self, Code};
use crate::domain::mail::Mailed;
use crate::domain::principal::Principal;
use crate::error::{Error, Result};
use crate::http::first_answer::first_answer;
use crate::http::pages::flash::{ASKED_AT, Flash};
use crate::http::pages::form::Form;
use crate::http::pages::login::after_login;
use crate::http::pages::recovery_codes::RECOVERY_CODES;
use crate::http::pages::sendings::End;
use crate::http::pages::visitor::Visitor;
use crate::time::Timestamp;

/// `POST /account/totp/setup`: an app that is being set up already stays so.
pub(in crate::http) async fn set_up_totp(visitor: Visitor, form: Form) -> HttpResponse {
    let set_up = |app: &App, principal: &Principal, code: Option<Code>, now| {
        totp::setup(app, principal, code.as_ref(), now).map(drop)
    };
    let work = async move |visitor: &Visitor, form: &Form| {
        let is_pending = |app: &App| match &visitor.principal {
            Some(principal) => Ok(totp::pending(app, principal, visitor.now)?.is_some()),
            None => Ok(false),
        };
        if !visitor.bridge.read(is_pending)? {
            run(visitor, Lane::Write, form.code("code"), set_up).await?;
        }
        Ok(End::at("/account/totp"))
    };
    respond(visitor, form, FormPage::Account, work).await
}

/// What enables an authenticator app.
struct TotpProof {
    code: Code,
    check: PasswordCheck,
}

/// `POST /account/totp/enable`
pub(in crate::http) async fn enable_totp(visitor: Visitor, form: Form) -> HttpResponse {
    let enable = |app: &App, principal: &Principal, proof: TotpProof, now: Timestamp| {
        let TotpProof { code, check } = &proof;
        totp::enable(app, principal, Enabling { code, check, delivery: Delivery::Page }, now)
    };
    let work = async move |visitor: &Visitor, form: &Form| {
        let enabled = run(visitor, Lane::Hash, parse_totp_proof(form), enable).await;
        end_with_codes(visitor, enabled.map(drop))
    };
    respond(visitor, form, FormPage::Totp, work).await
}

/// The page with the codes that a factor came with; also where it is on already, while they wait.
pub(super) fn end_with_codes(
    visitor: &Visitor,
    enabled: Result<(), Refusal>,
) -> Result<End, Refusal> {
    match enabled {
        Err(Refusal::Error(Error::AlreadyValid)) if has_codes_to_show(visitor)? => (),
        enabled => enabled?,
    }
    Ok(End::at(RECOVERY_CODES))
}

fn has_codes_to_show(visitor: &Visitor) -> Result<bool> {
    let Some(principal) = &visitor.principal else { return Ok(false) };
    visitor.bridge.read(|app| Ok(!shown(app, principal, visitor.now)?.is_empty()))
}

fn parse_totp_proof(form: &Form) -> Result<TotpProof> {
    let check = PasswordCheck::Required(form.current_password());
    Ok(TotpProof { code: form.required_code("code")?, check })
}

/// `POST /account/totp/disable`
pub(in crate::http) async fn disable_totp(visitor: Visitor, form: Form) -> HttpResponse {
    let action = Action { lane: Lane::Write, done: Flash::AppDisabled };
    let code = form.code("code");
    let disable = |app: &_, principal: &_, code: Option<Code>, now| {
        totp::disable(app, principal, code.as_ref(), now)
    };
    action.run(visitor, form, code, disable).await
}

/// `POST /account/mail-codes/send`
pub(in crate::http) async fn send_mail_code(visitor: Visitor, form: Form) -> HttpResponse {
    let send = |app: &App, principal: &Principal, (), now| {
        email::send(app, Asker::Session(Box::new(principal.clone())), now)
    };
    let work = async move |visitor: &Visitor, form: &Form| {
        let mailed = match run(visitor, Lane::Write, Ok(()), send).await? {
            Some(sending) => first_answer(sending).await?,
            None => Mailed::OnItsWay,
        };
        let flash = match mailed {
            Mailed::OnItsWay => Flash::CodeMailed,
            Mailed::Delayed => Flash::CodeDelayed,
        };
        Ok(match form.text(ASKED_AT) {
            "" => End::at(flash.url()),
            asking => End::at(flash.url_with(ASKED_AT, asking)),
        })
    };
    respond(visitor, form, FormPage::Account, work).await
}

/// What enables codes by mail.
struct MailCodesProof {
    mailed: Code,
    /// A code of the other factor, where one is on.
    other: Option<Code>,
    check: PasswordCheck,
}

/// `POST /account/mail-codes/enable`
pub(in crate::http) async fn enable_mail_codes(visitor: Visitor, form: Form) -> HttpResponse {
    let enable = |app: &App, principal: &Principal, proof: MailCodesProof, now: Timestamp| {
        let codes = EnablingCodes {
            mailed: &proof.mailed,
            other: proof.other.as_ref(),
            delivery: Delivery::Page,
        };
        email::enable(app, principal, codes, &proof.check, now)
    };
    let work = async move |visitor: &Visitor, form: &Form| {
        match run(visitor, Lane::Hash, parse_mail_codes_proof(form), enable).await {
            // Recovery codes are made with the first factor only.
            Ok(codes) if codes.is_empty() => Ok(End::at(Flash::MailCodesEnabled.url())),
            enabled => end_with_codes(visitor, enabled.map(drop)),
        }
    };
    respond(visitor, form, FormPage::Account, work).await
}

fn parse_mail_codes_proof(form: &Form) -> Result<MailCodesProof> {
    Ok(MailCodesProof {
        mailed: form.required_code("mailed_code")?,
        other: form.code("code")?,
        check: PasswordCheck::Required(form.current_password()),
    })
}

/// `POST /account/mail-codes/disable`
pub(in crate::http) async fn disable_mail_codes(visitor: Visitor, form: Form) -> HttpResponse {
    let action = Action { lane: Lane::Write, done: Flash::MailCodesDisabled };
    let code = form.code("code");
    let disable = |app: &_, principal: &_, code: Option<Code>, now| {
        email::disable(app, principal, code.as_ref(), now)
    };
    action.run(visitor, form, code, disable).await
}

/// `POST /account/recovery`
pub(in crate::http) async fn renew_recovery_codes(visitor: Visitor, form: Form) -> HttpResponse {
    let renew = |app: &App, principal: &Principal, code: Option<Code>, now| {
        factors::renew_recovery_codes(app, principal, code.as_ref(), Delivery::Page, now).map(drop)
    };
    let work = async move |visitor: &Visitor, form: &Form| {
        run(visitor, Lane::Write, form.code("code"), renew).await?;
        Ok(End::at(RECOVERY_CODES))
    };
    respond(visitor, form, FormPage::Account, work).await
}

/// `POST /account/recovery-codes`: the user has kept the codes, which are shown no more. Newer ones
/// than those of the form's page are shown first.
pub(in crate::http) async fn keep_recovery_codes(visitor: Visitor, form: Form) -> HttpResponse {
    let work = async |visitor: &Visitor, form: &Form| {
        let hide =
            |app: &App, principal: &Principal, kept: String, now| hide(app, principal, &kept, now);
        let is_kept = run(visitor, Lane::Write, Ok(form.text("codes").into()), hide).await?;
        Ok(End::at(if is_kept { after_login(visitor, form) } else { RECOVERY_CODES.into() }))
    };
    respond(visitor, form, FormPage::Account, work).await
}
