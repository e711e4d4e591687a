//! The forms of `/account` that switch second factors on and off.

use actix_web::HttpResponse;
use askama::Template;
use zeroize::Zeroizing;

use super::account::account_page;
use super::action::{Lane, act, check, work};
use super::flash::Flash;
use super::form::Form;
use super::frame::{Frame, Message};
use super::refusal::{reason, refuse, status};
use super::visitor::Visitor;
use crate::domain::accounts::password_check::PasswordCheck;
use crate::domain::factors::email::{self, Asker, EnablingCodes};
use crate::domain::factors::recovery::RecoveryCodes;
use crate::domain::factors::totp;
use crate::domain::factors::{self, Code};
use crate::error::{Error, Result};
use crate::qr;

#[derive(Template)]
#[template(path = "totp.html")]
struct TotpPage<'a> {
    frame: Frame<'a>,
    /// An SVG document.
    picture: String,
    /// In groups of four.
    secret: Zeroizing<String>,
    otpauth_url: &'a str,
}

#[derive(Template)]
#[template(path = "codes.html")]
struct CodesPage<'a> {
    frame: Frame<'a>,
    codes: &'a RecoveryCodes,
    /// The codes as the content of a `data:` URL.
    file: String,
}

/// `POST /account/totp/setup`
pub(in crate::http) async fn set_up_totp(visitor: Visitor, form: Form) -> HttpResponse {
    let setup = |app: &_, principal: &_, code: Option<Code>, now| {
        totp::setup(app, principal, code.as_ref(), now)
    };
    match work(&visitor, &form, (Lane::Plain, form.code()), setup).await {
        Ok(_) => visitor.redirect("/account/totp"),
        Err(refused) => refused,
    }
}

/// `GET /account/totp`: the app that waits for its first code.
pub(in crate::http) async fn show_totp(visitor: Visitor) -> HttpResponse {
    totp_page(&visitor, Message::None, 200)
}

fn totp_page(visitor: &Visitor, message: Message, status: u16) -> HttpResponse {
    let Some(principal) = &visitor.principal else {
        return visitor.redirect("/login?return_to=/account/totp");
    };
    let waiting = visitor.bridge.read(|app| {
        let Some(enrollment) = totp::pending(app, principal, visitor.now)? else { return Ok(None) };
        let picture = qr::svg(&enrollment.otpauth_url)?;
        Ok(Some((enrollment, picture)))
    });
    match waiting {
        Ok(Some((enrollment, picture))) => {
            let page = TotpPage {
                frame: visitor.frame(visitor.t.set_up_app, message),
                // The picture stands within a page.
                picture: picture.split_once("?>").map_or(picture.clone(), |(_, svg)| svg.into()),
                secret: enrollment.secret_in_groups(),
                otpauth_url: &enrollment.otpauth_url,
            };
            visitor.show(status, page.render())
        }
        // Whoever sent a code has waited too long.
        Ok(None) if status != 200 => account_page(
            visitor,
            Message::Error(visitor.t.setup_expired.into()),
            status,
            &Form::default(),
        ),
        Ok(None) => visitor.redirect("/account"),
        Err(error) => refuse(visitor, &error, &Form::default()),
    }
}

/// `POST /account/totp/enable`
pub(in crate::http) async fn enable_totp(visitor: Visitor, form: Form) -> HttpResponse {
    let password = PasswordCheck::Required(form.current_password());
    // What is wrong is said where it is asked for.
    let enabled = match form.code().and_then(needed) {
        Err(wrong) => check(&visitor, &form).map(|_| Err(wrong)),
        Ok(code) => {
            work(&visitor, &form, (Lane::Hashing, Ok(code)), move |app, principal, code, now| {
                match totp::enable(app, principal, &code, &password, now) {
                    Err(
                        error @ (Error::WrongPassword { .. }
                        | Error::WrongCode { .. }
                        | Error::SetupExpired { .. }),
                    ) => Ok(Err(error)),
                    other => other.map(Ok),
                }
            })
            .await
        }
    };
    match enabled {
        Ok(Ok(codes)) => recovery_codes_page(&visitor, &codes),
        Ok(Err(wrong)) => totp_page(&visitor, reason(&visitor, &wrong), status(&wrong)),
        Err(refused) => refused,
    }
}

/// `POST /account/totp/disable`
pub(in crate::http) async fn disable_totp(visitor: Visitor, form: Form) -> HttpResponse {
    let code = form.code();
    act(visitor, form, (Lane::Plain, Flash::FactorDisabled), code, |app, principal, code, now| {
        totp::disable(app, principal, code.as_ref(), now)
    })
    .await
}

/// `POST /account/mail-codes/send`
pub(in crate::http) async fn send_mail_code(visitor: Visitor, form: Form) -> HttpResponse {
    act(visitor, form, (Lane::Plain, Flash::CodeMailed), Ok(()), |app, principal, (), now| {
        email::send(app, Asker::Session(Box::new(principal.clone())), now)
    })
    .await
}

/// `POST /account/mail-codes/enable`
pub(in crate::http) async fn enable_mail_codes(visitor: Visitor, form: Form) -> HttpResponse {
    let password = PasswordCheck::Required(form.current_password());
    let codes =
        form.code_in("mailed_code").and_then(needed).and_then(|mailed| Ok((mailed, form.code()?)));
    let enabled = work(
        &visitor,
        &form,
        (Lane::Hashing, codes),
        move |app, principal, (mailed, code), now| {
            email::enable(
                app,
                principal,
                EnablingCodes { mailed: &mailed, other: code.as_ref() },
                &password,
                now,
            )
        },
    );
    match enabled.await {
        Ok(none) if none.is_empty() => visitor.redirect(Flash::FactorEnabled.url()),
        Ok(codes) => recovery_codes_page(&visitor, &codes),
        Err(refused) => refused,
    }
}

/// `POST /account/mail-codes/disable`
pub(in crate::http) async fn disable_mail_codes(visitor: Visitor, form: Form) -> HttpResponse {
    let code = form.code();
    act(visitor, form, (Lane::Plain, Flash::FactorDisabled), code, |app, principal, code, now| {
        email::disable(app, principal, code.as_ref(), now)
    })
    .await
}

/// `POST /account/recovery`
pub(in crate::http) async fn renew_recovery_codes(visitor: Visitor, form: Form) -> HttpResponse {
    let renewed = work(&visitor, &form, (Lane::Plain, form.code()), |app, principal, code, now| {
        factors::renew_recovery_codes(app, principal, code.as_ref(), now)
    });
    match renewed.await {
        Ok(codes) => recovery_codes_page(&visitor, &codes),
        Err(refused) => refused,
    }
}

fn needed(code: Option<Code>) -> Result<Code> {
    code.ok_or(Error::InvalidCode { field: "code" })
}

fn recovery_codes_page(visitor: &Visitor, codes: &RecoveryCodes) -> HttpResponse {
    let file = codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join("%0A");
    let frame = visitor.frame(visitor.t.recovery_codes, Message::None);
    visitor.show(200, CodesPage { frame, codes, file }.render())
}
