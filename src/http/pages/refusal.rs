//! What a refusal becomes on a page: its sentence, its status, and what was typed.

use actix_web::HttpResponse;

use super::account::{account_page, is_mailed_when_due};
use super::flash::Flash;
use super::form::Form;
use super::frame::{Message, with_retry_after};
use super::texts::{Texts, fill, size};
use super::visitor::Visitor;
use crate::domain::factors;
use crate::domain::principal::Principal;
use crate::error::{AccountField, Error};
use crate::http::envelope;
use crate::time::Timestamp;

/// The page again, with the reason why nothing was changed, and with what was typed.
pub(super) fn refuse(visitor: &Visitor, error: &Error, typed: &Form) -> HttpResponse {
    if matches!(error, Error::NotLogged) {
        return log_in_again(visitor);
    }
    with_retry_after(account_page(visitor, reason(visitor, error), status(error), typed), error)
}

/// The login page, which says that the session has ended, and leads back to `/account`.
pub(super) fn log_in_again(visitor: &Visitor) -> HttpResponse {
    visitor.redirect(&format!("{}&return_to=/account", Flash::SessionExpired.url()))
}

/// Why nothing was changed, in words.
pub(super) fn reason(visitor: &Visitor, error: &Error) -> Message {
    let (t, config) = (visitor.t, visitor.bridge.config());
    let text = match error {
        Error::VerificationRequired { .. } => {
            let is_mailed = |principal: &Principal| {
                let is_mailed =
                    |app: &_| factors::email::is_mailed(app, &principal.user, visitor.now);
                is_mailed_when_due(visitor.bridge.app(), principal)
                    && visitor.bridge.read(is_mailed).unwrap_or(false)
            };
            if visitor.principal.as_ref().is_some_and(is_mailed) {
                t.mailed_code_required
            } else {
                t.code_required
            }
            .into()
        }
        Error::UnAuthorized { .. } => t.not_allowed.into(),
        Error::AlreadyExists { .. } => t.email_taken.into(),
        Error::FileMissing => t.no_picture.into(),
        Error::PayloadTooLarge { .. }
        | Error::UnsupportedMediaType { .. }
        | Error::InvalidForm
        | Error::InvalidPictureSize { .. } => {
            fill(t.picture_refused, size(visitor.language, config.limits.picture_bytes.get()))
        }
        Error::WrongPassword { .. } => t.wrong_password.into(),
        Error::SetupExpired { .. } => t.setup_expired.into(),
        Error::EmailInUseAsFactor => t.email_in_use_as_factor.into(),
        Error::EmailNotVerified => t.mail_needs_address.into(),
        Error::FactorNotEnabled | Error::ServiceDisabled | Error::AlreadyValid => {
            t.page_outdated.into()
        }
        Error::InvalidAccountField { field: AccountField::Display, .. } => t.bad_display.into(),
        Error::InvalidAccountField { field: AccountField::Pronoun, .. } => t.bad_pronoun.into(),
        Error::InvalidAccountField { field: AccountField::Bio, .. } => t.bad_bio.into(),
        Error::InvalidAccountField { field: AccountField::Links, .. } => t.bad_links.into(),
        Error::EmailMissing
        | Error::EmailUnreachable
        | Error::InvalidAccountField { field: AccountField::Email, .. } => t.bad_email.into(),
        Error::InvalidAccountField { field: AccountField::Password, .. } => {
            fill(t.bad_password, config.password.min_length.get())
        }
        _ => return explain(t, error, visitor.now),
    };
    Message::Error(text)
}

/// What a refusal means to a person.
pub(super) fn explain(t: &'static Texts, error: &Error, now: Timestamp) -> Message {
    let text = match error {
        Error::TooManyRequests { seconds } => return Message::RateLimited { seconds: *seconds },
        Error::InvalidCode { .. } | Error::WrongCode { .. } => {
            let (hour, minute, second) = now.date().to_hms();
            fill(t.wrong_code, format_args!("{hour:02}:{minute:02}:{second:02} UTC"))
        }
        Error::UserNotFound | Error::WrongPassword { .. } => t.wrong_login.into(),
        Error::UnAuthorized { .. } => t.account_disabled.into(),
        Error::ServerNotReady { .. } => t.busy.into(),
        _ => t.server_error.into(),
    };
    envelope::log_fault(error, Some("/login"));
    Message::Error(text)
}

/// The status of the page that explains a refusal: a name that nobody has looks like a wrong
/// password.
pub(super) const fn status(error: &Error) -> u16 {
    match error {
        Error::UserNotFound => 400,
        error => error.facts().status,
    }
}
