//! What a refused form becomes: which page, which sentence, which status.

use actix_web::HttpResponse;
use actix_web::http::header::RETRY_AFTER;

use super::rules::{
    field_sentence, guess_sentence, passkey_message, picture_sentence, suspended, wrong_password,
};
use crate::domain::factors::{challenged, email, mails_code_on_demand};
use crate::error::{Challenge, Error, Taken};
use crate::http::envelope::log_fault;
use crate::http::pages::REQUEST_TIMEOUT;
use crate::http::pages::account::account_page;
use crate::http::pages::confirmation::{confirmation_page, confirmation_result_page};
use crate::http::pages::flash::{ASKED_AT, Flash};
use crate::http::pages::form::Form;
use crate::http::pages::form_check::FormFault;
use crate::http::pages::frame::{Feedback, Message};
use crate::http::pages::login::{code_page, log_in_again, login_page, restart_login};
use crate::http::pages::notice::with_help;
use crate::http::pages::pending::{is_by_mail, lead_on, set_up_page, unconfirmed_page};
use crate::http::pages::place::{Place, form_at, form_named};
use crate::http::pages::register::register_page;
use crate::http::pages::reset::{new_password_page, reset_page};
use crate::http::pages::totp::totp_page;
use crate::http::pages::visitor::Visitor;
use crate::words::fill;

/// Why a form was refused.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The form does not come from a page of ours in this browser (CSRF).
    Form(FormFault),
    /// The form belongs to another login than the one that has begun last in this browser.
    OtherLogin,
    Error(Error),
}

impl From<FormFault> for Refusal {
    fn from(fault: FormFault) -> Self {
        Self::Form(fault)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// The page that a form is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormPage {
    Login,
    LoginCode,
    /// The page of the code, by its form for a passkey, which has a challenge of its own.
    LoginPasskey,
    SetUp,
    Unconfirmed,
    Account,
    Totp,
    Confirmation,
    Register,
    Reset,
    NewPassword,
}

/// Shows a form again, with what was typed and why it was refused. Where the form cannot be sent
/// again, another page says so.
pub(super) fn refuse(
    visitor: &Visitor,
    form: &Form,
    page: FormPage,
    refusal: &Refusal,
) -> HttpResponse {
    let status = status(refusal);
    let message = message(visitor, form, page, refusal);
    let mut response = match (page, refusal) {
        (_, Refusal::Error(Error::NotLogged)) => return log_in_again(visitor),
        (page, Refusal::Error(Error::InvalidChallenge))
            if !matches!(page, FormPage::Login | FormPage::LoginPasskey | FormPage::Account) =>
        {
            return restart_login(visitor, form, Flash::LoginExpired);
        }
        (_, Refusal::Error(Error::LoginPending(login))) => return lead_on(visitor, form, login),
        (_, Refusal::OtherLogin) => return restart_login(visitor, form, Flash::LoginReplaced),
        (FormPage::Login, _) => login_page(visitor, form, message, status),
        (FormPage::LoginCode | FormPage::LoginPasskey, _) => {
            code_page(visitor, form, message, status)
        }
        (FormPage::SetUp, _) => set_up_page(visitor, form, message, status),
        (FormPage::Unconfirmed, Refusal::Error(Error::AlreadyValid)) => {
            return restart_login(visitor, form, Flash::AddressConfirmed);
        }
        (FormPage::Unconfirmed, _) => {
            unconfirmed_page(visitor, form, feedback(visitor, form, message, refusal), status)
        }
        (FormPage::Totp, Refusal::Error(error)) if can_retry_enrollment(error) => {
            refuse_enrollment(visitor, form, feedback(visitor, form, message, refusal), status)
        }
        (FormPage::Account | FormPage::Totp, _) => {
            account_page(visitor, form, feedback(visitor, form, message, refusal), status)
        }
        (FormPage::Confirmation, Refusal::Form(_)) => {
            confirmation_page(visitor, form, message, status)
        }
        (FormPage::Register, _) => register_page(visitor, form, message, status),
        (FormPage::Reset, _) => reset_page(visitor, form, message, status),
        // Where the link is not good any more, the page says so.
        (FormPage::NewPassword, _) => new_password_page(visitor, form, message, status),
        // The link is worth nothing more.
        (FormPage::Confirmation, _) => confirmation_result_page(visitor, form, message, status),
    };
    if let Refusal::Error(error) = refusal
        && let Some(seconds) = error.retry_after()
    {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

/// The message of a refusal at the form that was refused. One that is not from a page of ours was
/// not read, so that nothing in it is wrong.
fn feedback(visitor: &Visitor, form: &Form, message: Message, refusal: &Refusal) -> Feedback {
    let error = match refusal {
        Refusal::Error(error) => Some(error),
        Refusal::Form(_) | Refusal::OtherLogin => None,
    };
    let form = match form_named(form.text(ASKED_AT)) {
        "" => form_at(visitor.path()),
        asked_at => asked_at,
    };
    Feedback { message, place: Place::of_refusal(form, error) }
}

/// Whether an app that is being set up stays so, and its page can show what is wrong.
const fn can_retry_enrollment(error: &Error) -> bool {
    matches!(
        error,
        Error::InvalidCode { .. }
            | Error::WrongCode { .. }
            | Error::WrongPassword { .. }
            | Error::SetupExpired { .. }
    )
}

/// The page of the app that is being set up; the account page where its setup has expired.
fn refuse_enrollment(
    visitor: &Visitor,
    form: &Form,
    feedback: Feedback,
    status: u16,
) -> HttpResponse {
    let place = feedback.place;
    match totp_page(visitor, feedback, status) {
        Ok(Some(page)) => page,
        Ok(None) => {
            let message = Message::Error(visitor.t.setup_expired.into());
            account_page(visitor, form, Feedback { message, place }, status)
        }
        Err(error) => refuse(visitor, form, FormPage::Account, &error.into()),
    }
}

/// The status of the page. A name that no user has looks like a wrong password.
const fn status(refusal: &Refusal) -> u16 {
    match refusal {
        Refusal::Form(_) | Refusal::OtherLogin => 403,
        Refusal::Error(Error::TooSlow) => REQUEST_TIMEOUT,
        Refusal::Error(Error::UserNotFound) => 400,
        Refusal::Error(error) => error.facts().status,
    }
}

fn message(visitor: &Visitor, form: &Form, page: FormPage, refusal: &Refusal) -> Message {
    match refusal {
        Refusal::Form(fault) => form_message(visitor, *fault),
        Refusal::OtherLogin => Message::Error(visitor.t.login_replaced.into()),
        Refusal::Error(Error::TooManyRequests { seconds }) => {
            Message::RateLimited { seconds: *seconds }
        }
        Refusal::Error(Error::Suspended { until, reason }) => {
            Message::Error(suspended(visitor, *until, reason.as_deref()))
        }
        Refusal::Error(error) => passkey_message(visitor, error)
            .unwrap_or_else(|| Message::Error(sentence(visitor, form, page, error))),
    }
}

/// Why a form was not taken, and the way out.
fn form_message(visitor: &Visitor, fault: FormFault) -> Message {
    let t = visitor.t;
    let elsewhere = |text| Message::WrongAddress {
        text,
        url: visitor.bridge.config().server.public_url.to_string(),
    };
    match fault {
        FormFault::OverHttp => elsewhere(t.form_over_http),
        FormFault::OtherAddress => elsewhere(t.form_of_other_address),
        FormFault::NoCookie => Message::Error(t.form_without_cookie.into()),
        FormFault::Outdated => Message::Error(t.form_expired.into()),
        FormFault::OtherUser => Message::Error(t.form_of_other_user.into()),
    }
}

/// What a refusal means to a person.
fn sentence(visitor: &Visitor, form: &Form, page: FormPage, error: &Error) -> String {
    let t = visitor.t;
    let config = visitor.bridge.config();
    let is_login = matches!(page, FormPage::Login | FormPage::LoginCode);
    let text = match error {
        Error::UnAuthorized { .. } | Error::LoginPending(_) => {
            return with_help(visitor, t.not_allowed);
        }
        Error::EmailUnreachable => return with_help(visitor, t.address_refused),
        Error::MailRefused => return with_help(visitor, t.mail_refused),
        Error::UserNotFound => t.wrong_login,
        Error::WrongPassword { .. } if is_login => t.wrong_login,
        Error::WrongPassword { .. } => wrong_password(visitor),
        Error::LastAdministrator => t.last_administrator,
        Error::FactorDemanded { .. } => t.factor_demanded,
        Error::GuessablePassword { guess } => guess_sentence(visitor, *guess),
        Error::InvalidCode { .. } => t.no_code,
        Error::WrongCode { .. } if !may_be_of_app(visitor, page, form) => t.wrong_code,
        Error::WrongCode { .. } => {
            let (hour, minute, second) = visitor.now.date().to_hms();
            let clock = format_args!("{hour:02}:{minute:02}:{second:02} UTC");
            return fill(t.wrong_app_code, clock);
        }
        Error::VerificationRequired { challenge } => return code_required(visitor, challenge),
        Error::AlreadyExists(Taken::Username) => t.username_taken,
        Error::AlreadyExists(_) => t.email_taken,
        Error::FileMissing => t.no_picture,
        Error::PayloadTooLarge { .. } => {
            let limit = visitor.language.size(config.limits.picture_bytes.get());
            return fill(t.picture_too_large, limit);
        }
        Error::NotAPicture { format: None } => t.not_a_picture,
        Error::NotAPicture { format: Some(name) } => return fill(t.picture_of_other_format, name),
        Error::RefusedPicture { fault, .. } => return picture_sentence(visitor, *fault),
        // The upload was broken off, or is no form with one file.
        Error::InvalidForm => t.unreadable,
        Error::SetupExpired { .. } => t.setup_expired,
        Error::EmailInUseAsFactor => t.email_in_use_as_factor,
        Error::EmailNotVerified => t.mail_needs_address,
        Error::NotFound { .. } if page == FormPage::Confirmation => t.link_expired,
        Error::FactorNotEnabled
        | Error::ServiceDisabled
        | Error::AlreadyValid
        | Error::SessionNotFound => t.page_outdated,
        Error::EmailMissing => t.bad_email,
        Error::InvalidAccountField { field, .. } => return field_sentence(visitor, *field),
        Error::TooSlow => t.too_slow,
        Error::ServerNotReady { .. } => t.busy,
        _ => t.server_error,
    };
    log_fault(error, Some(visitor.path()));
    text.into()
}

/// What a change says that demands a code.
fn code_required(visitor: &Visitor, challenge: &Challenge) -> String {
    let t = visitor.t;
    let is_mail_only = challenge.email && !challenge.totp;
    let text = match challenge.can_mail {
        _ if is_code_mailed(visitor) => match &visitor.principal {
            Some(principal) if email::is_delayed(visitor.bridge.app(), &principal.user) => {
                t.delayed_code_required
            }
            _ => t.mailed_code_required,
        },
        true if is_mail_only => t.no_code_mailed,
        false if is_mail_only => return with_help(visitor, t.mail_off),
        _ => t.code_required,
    };
    text.into()
}

/// Whether a wrong code may be one of an authenticator app, for which the clocks must agree.
fn may_be_of_app(visitor: &Visitor, page: FormPage, form: &Form) -> bool {
    let of_challenge = |challenge: &String| {
        let user = visitor.bridge.read(|app| challenged(app, challenge, visitor.now));
        user.is_ok_and(|user| user.has_totp)
    };
    let has_app = match page {
        FormPage::Totp => true,
        FormPage::SetUp => !is_by_mail(visitor, form),
        FormPage::LoginCode => visitor.challenge.as_ref().is_some_and(of_challenge),
        _ => visitor.principal.as_ref().is_some_and(|principal| principal.user.has_totp),
    };
    has_app && matches!(form.code("code"), Ok(Some(code)) if code.is_of_digits())
}

/// Whether the code that a change demands is on its way by mail.
fn is_code_mailed(visitor: &Visitor) -> bool {
    let Some(principal) = &visitor.principal else { return false };
    let is_mailed = |app: &_| email::is_mailed(app, &principal.user, visitor.now);
    mails_code_on_demand(visitor.bridge.app(), &principal.user)
        && visitor.bridge.read(is_mailed).unwrap_or(false)
}
