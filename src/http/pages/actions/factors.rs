//! The forms of `/account` that switch second factors on and off.

use actix_web::HttpResponse;

use super::action::{Action, Lane, run};
use super::refusal::{FormPage, Refusal, refuse};
use crate::domain::App;
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::factors::email::{self, Asker, EnablingCodes};
use crate::domain::factors::{self, Code, totp};
use crate::domain::principal::Principal;
use crate::error::Result;
use crate::http::first_answer::first_answer;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::recovery_codes::recovery_codes_page;
use crate::http::pages::visitor::Visitor;
use crate::time::Timestamp;

/// `POST /account/totp/setup`
pub(in crate::http) async fn set_up_totp(visitor: Visitor, form: Form) -> HttpResponse {
    let set_up = |app: &_, principal: &_, code: Option<Code>, now| {
        totp::setup(app, principal, code.as_ref(), now)
    };
    match run(&visitor, &form, Lane::Write, form.code("code"), set_up).await {
        Ok(_) => visitor.redirect("/account/totp"),
        Err(refusal) => refuse(&visitor, &form, FormPage::Account, &refusal),
    }
}

/// What enables an authenticator app.
struct TotpProof {
    code: Code,
    check: PasswordCheck,
}

/// `POST /account/totp/enable`
pub(in crate::http) async fn enable_totp(visitor: Visitor, form: Form) -> HttpResponse {
    let enable = |app: &App, principal: &Principal, proof: TotpProof, now: Timestamp| {
        totp::enable(app, principal, &proof.code, &proof.check, now)
    };
    match run(&visitor, &form, Lane::Hash, parse_totp_proof(&form), enable).await {
        Ok(codes) => recovery_codes_page(&visitor, &codes),
        Err(refusal) => refuse(&visitor, &form, FormPage::Totp, &refusal),
    }
}

fn parse_totp_proof(form: &Form) -> Result<TotpProof> {
    let check = PasswordCheck::Required(form.current_password());
    Ok(TotpProof { code: form.required_code("code")?, check })
}

/// `POST /account/totp/disable`
pub(in crate::http) async fn disable_totp(visitor: Visitor, form: Form) -> HttpResponse {
    let action = Action { lane: Lane::Write, done: Flash::FactorDisabled };
    let code = form.code("code");
    let disable = |app: &_, principal: &_, code: Option<Code>, now| {
        totp::disable(app, principal, code.as_ref(), now)
    };
    action.run(visitor, form, code, disable).await
}

/// `POST /account/mail-codes/send`
pub(in crate::http) async fn send_mail_code(visitor: Visitor, form: Form) -> HttpResponse {
    match try_send(&visitor, &form).await {
        Ok(()) => visitor.redirect(Flash::CodeMailed.url()),
        Err(refusal) => refuse(&visitor, &form, FormPage::Account, &refusal),
    }
}

async fn try_send(visitor: &Visitor, form: &Form) -> Result<(), Refusal> {
    let send = |app: &App, principal: &Principal, (), now| {
        email::send(app, Asker::Session(Box::new(principal.clone())), now)
    };
    match run(visitor, form, Lane::Write, Ok(()), send).await? {
        Some(sending) => Ok(first_answer(sending).await?),
        None => Ok(()),
    }
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
        let codes = EnablingCodes { mailed: &proof.mailed, other: proof.other.as_ref() };
        email::enable(app, principal, codes, &proof.check, now)
    };
    match run(&visitor, &form, Lane::Hash, parse_mail_codes_proof(&form), enable).await {
        // Recovery codes are made with the first factor only.
        Ok(codes) if codes.is_empty() => visitor.redirect(Flash::FactorEnabled.url()),
        Ok(codes) => recovery_codes_page(&visitor, &codes),
        Err(refusal) => refuse(&visitor, &form, FormPage::Account, &refusal),
    }
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
    let action = Action { lane: Lane::Write, done: Flash::FactorDisabled };
    let code = form.code("code");
    let disable = |app: &_, principal: &_, code: Option<Code>, now| {
        email::disable(app, principal, code.as_ref(), now)
    };
    action.run(visitor, form, code, disable).await
}

/// `POST /account/recovery`
pub(in crate::http) async fn renew_recovery_codes(visitor: Visitor, form: Form) -> HttpResponse {
    let renew = |app: &_, principal: &_, code: Option<Code>, now| {
        factors::renew_recovery_codes(app, principal, code.as_ref(), now)
    };
    match run(&visitor, &form, Lane::Write, form.code("code"), renew).await {
        Ok(codes) => recovery_codes_page(&visitor, &codes),
        Err(refusal) => refuse(&visitor, &form, FormPage::Account, &refusal),
    }
}
