//! The forms of `/account`: each does one thing, and leads back.

use actix_web::HttpResponse;

use super::account::{is_mailed_when_due, show};
use super::form::{FileContent, FileForm, Form};
use super::frame::{Message, with_cookie, with_retry_after};
use super::links;
use super::login::{explain, status};
use super::texts::{fill, size};
use super::visitor::Visitor;
use crate::domain::accounts::changes::Changes;
use crate::domain::accounts::edit::{CURRENT, Edit, check_password, edit};
use crate::domain::accounts::fields::{Bio, Clearable, Display, Email, NewPassword, Pronoun};
use crate::domain::factors::{self, Outcome};
use crate::domain::pictures::{NewFile, PictureKind, upload};
use crate::domain::principal::Principal;
use crate::domain::sessions::{self, SessionId};
use crate::domain::{App, email_confirmation as email};
use crate::error::{AccountField, Error, Result};
use crate::http::cookie;
use crate::language::Language;
use crate::time::Timestamp;

/// `POST /account/profile`
pub(in crate::http) async fn change_profile(visitor: Visitor, form: Form) -> HttpResponse {
    // The language is the browser's too from then on.
    let told = match Language::from_tag(form.text("language")) {
        Some(language) => format!("saved&lang={}", language.tag()),
        None => "saved".into(),
    };
    let read = read_profile(&form);
    act(visitor, form, (Lane::Plain, &told), read, |app, principal, changes, now| {
        done(edit(app, principal, Edit { changes, password: None, code: None }, now)?).map(drop)
    })
    .await
}

fn read_profile(form: &Form) -> Result<Changes> {
    Ok(Changes {
        display: Some(Display::parse(form.text("display").trim().into())?),
        pronoun: Some(Clearable::parse(form.text("pronoun").trim().into(), Pronoun::parse)?),
        // Browsers write the end of a line as two characters.
        bio: Some(Clearable::parse(form.text("bio").trim().replace("\r\n", "\n"), Bio::parse)?),
        links: Some(links::read(form)?),
        language: Language::from_tag(form.text("language")),
        ..Changes::default()
    })
}

/// `POST /account/picture`
pub(in crate::http) async fn upload_picture(
    visitor: Visitor,
    FileForm(content): FileForm,
) -> HttpResponse {
    let FileContent { form, file, held } = match content {
        Ok(content) => content,
        // Whether the form is ours is not known, where it was not read; nor is anything done.
        Err(error) => return refuse(&visitor, &error, &Form::default()),
    };
    let file = file.filter(|file| !file.is_empty()).ok_or(Error::FileMissing);
    let change = move |app: &App, principal: &Principal, content, now| {
        let _held = held;
        upload(app, principal, PictureKind::Thumbnail, NewFile { content, sha256: None }, now)
            .map(drop)
    };
    act(visitor, form, (Lane::Plain, "saved"), file, change).await
}

/// `POST /account/email`
pub(in crate::http) async fn change_email(visitor: Visitor, form: Form) -> HttpResponse {
    let current = form.password(CURRENT);
    let email = Clearable::parse(form.text("email").trim().into(), Email::parse);
    let read = email.and_then(|email| Ok((email, form.code()?)));
    act(visitor, form, (Lane::Hashing, "email"), read, move |app, principal, (email, code), now| {
        let changes = Changes { email: Some(email), ..Changes::default() };
        let user = &principal.user;
        // A code proves something only where there is a factor.
        if !user.has_second_factor() {
            check_password(app, user, CURRENT, &current, now)?;
        }
        done(edit(app, principal, Edit { changes, password: None, code }, now)?).map(drop)
    })
    .await
}

/// `POST /account/email/resend`
pub(in crate::http) async fn resend_link(visitor: Visitor, form: Form) -> HttpResponse {
    act(visitor, form, (Lane::Plain, "link"), Ok(()), |app, principal, (), now| {
        email::resend(app, principal, now)
    })
    .await
}

/// `POST /account/password`
pub(in crate::http) async fn change_password(visitor: Visitor, form: Form) -> HttpResponse {
    let (new, current) = (form.password("new_password"), form.password(CURRENT));
    let read = NewPassword::parse(new, visitor.bridge.config()).and_then(|new| {
        Ok(Edit { changes: Changes::default(), password: Some((new, current)), code: form.code()? })
    });
    act(visitor, form, (Lane::Hashing, "password"), read, |app, principal, change, now| {
        done(edit(app, principal, change, now)?).map(drop)
    })
    .await
}

/// `POST /account/sessions/end`
pub(in crate::http) async fn end_session(visitor: Visitor, form: Form) -> HttpResponse {
    let id = SessionId::parse(form.text("session")).ok_or(Error::SessionNotFound);
    act(visitor, form, (Lane::Plain, "session"), id, |app, principal, id, now| {
        match sessions::revoke(app, principal, id, now) {
            // It has ended already, which is what was wanted.
            Err(Error::SessionNotFound) => Ok(()),
            other => other,
        }
    })
    .await
}

/// `POST /account/sessions/end-others`
pub(in crate::http) async fn end_other_sessions(visitor: Visitor, form: Form) -> HttpResponse {
    act(visitor, form, (Lane::Plain, "sessions"), Ok(()), |app, principal, (), now| {
        sessions::revoke_others(app, principal, now)
    })
    .await
}

/// `POST /account/logout`
pub(in crate::http) async fn log_out(visitor: Visitor, form: Form) -> HttpResponse {
    let principal = match check(&visitor, &form) {
        Ok(principal) => principal,
        Err(refused) => return refused,
    };
    let now = visitor.now;
    match visitor
        .bridge
        .run(move |app| sessions::revoke(app, &principal, principal.session, now))
        .await
    {
        Ok(()) => {
            with_cookie(visitor.redirect("/login"), &cookie::removal(visitor.bridge.config()))
        }
        Err(error) => refuse(&visitor, &error, &form),
    }
}

/// Whether a change computes a hash, and so waits in the queue of those.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    Plain,
    Hashing,
}

/// Makes a change that somebody asks for with a form of theirs, and leads back to the page, which
/// says what was done.
///
/// What was read from the form is handed in, so that what breaks its rules does not wait for
/// anything.
pub(super) async fn act<I: Send + 'static>(
    visitor: Visitor,
    form: Form,
    (lane, told): (Lane, &str),
    read: Result<I>,
    change: impl FnOnce(&App, &Principal, I, Timestamp) -> Result<()> + Send + 'static,
) -> HttpResponse {
    match work(&visitor, &form, (lane, read), change).await {
        Ok(()) => visitor.redirect(&format!("/account?done={told}")),
        Err(refused) => refused,
    }
}

/// The same for a change that leaves something to show; the answer, where it is refused.
pub(super) async fn work<I: Send + 'static, T: Send + 'static>(
    visitor: &Visitor,
    form: &Form,
    (lane, read): (Lane, Result<I>),
    change: impl FnOnce(&App, &Principal, I, Timestamp) -> Result<T> + Send + 'static,
) -> Result<T, HttpResponse> {
    let principal = check(visitor, form)?;
    let now = visitor.now;
    let changed = match read {
        Err(error) => Err(error),
        Ok(input) => {
            let change = move |app: &App| change(app, &principal, input, now);
            match lane {
                Lane::Plain => visitor.bridge.run(change).await,
                Lane::Hashing => visitor.bridge.hash(change).await,
            }
        }
    };
    changed.map_err(|error| refuse(visitor, &error, form))
}

/// Who sent a form of theirs; the answer, where nobody did.
pub(super) fn check(visitor: &Visitor, form: &Form) -> Result<Principal, HttpResponse> {
    match &visitor.principal {
        None => Err(visitor.redirect("/login?because=session&return_to=/account")),
        Some(_) if !visitor.sent(form) => {
            Err(show(visitor, Message::Error(visitor.t.stale.into()), 403, form))
        }
        Some(principal) => Ok(principal.clone()),
    }
}

/// What was done; or that a code is due.
pub(super) fn done<T>(outcome: Outcome<T>) -> Result<T> {
    match outcome {
        Outcome::Done(value) => Ok(value),
        Outcome::VerificationRequired(_) => Err(Error::VerificationRequired),
    }
}

/// The page again, with the reason why nothing was changed, and with what was typed.
pub(super) fn refuse(visitor: &Visitor, error: &Error, typed: &Form) -> HttpResponse {
    if matches!(error, Error::NotLogged) {
        return visitor.redirect("/login?because=session&return_to=/account");
    }
    with_retry_after(show(visitor, reason(visitor, error), status(error), typed), error)
}

/// Why nothing was changed, in words.
pub(super) fn reason(visitor: &Visitor, error: &Error) -> Message {
    let (t, config) = (visitor.t, visitor.bridge.config());
    let text = match error {
        Error::VerificationRequired => {
            let is_mailed = |principal: &Principal| {
                let is_mailed =
                    |app: &_| factors::email::is_mailed(app, &principal.user, visitor.now);
                is_mailed_when_due(visitor.bridge.app(), principal)
                    && visitor.bridge.read(is_mailed).unwrap_or(false)
            };
            if visitor.principal.as_ref().is_some_and(is_mailed) {
                t.mailed_code_is_due
            } else {
                t.code_is_due
            }
            .into()
        }
        Error::UnAuthorized { .. } => t.no_right.into(),
        Error::AlreadyExists { .. } => t.email_is_taken.into(),
        Error::FileMissing => t.no_picture.into(),
        Error::PayloadTooLarge { .. }
        | Error::UnsupportedMediaType { .. }
        | Error::InvalidForm
        | Error::InvalidPictureSize { .. } => {
            fill(t.picture_refused, size(visitor.language, config.limits.picture_bytes.get()))
        }
        Error::WrongPassword { .. } => t.wrong_password.into(),
        Error::SetupExpired { .. } => t.setup_is_over.into(),
        Error::EmailInUseAsFactor => t.email_is_factor.into(),
        Error::EmailNotVerified => t.mail_needs_address.into(),
        Error::FactorNotEnabled | Error::ServiceDisabled | Error::AlreadyValid => {
            t.is_not_so.into()
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
