//! The forms of `/account`: each does one thing, and leads back.

use actix_web::HttpResponse;

use super::account::show;
use super::form::{FileForm, Form};
use super::frame::{Message, with_cookie, with_retry_after};
use super::login::{explain, status};
use super::texts::fill;
use super::visitor::Visitor;
use crate::domain::account::{CURRENT, Edit, check_password, edit};
use crate::domain::changes::Changes;
use crate::domain::factors::{Outcome, is_on};
use crate::domain::fields::{Bio, Clearable, Display, Email, NewPassword};
use crate::domain::pictures::{NewFile, PictureKind, upload};
use crate::domain::sessions::{self, Principal, SessionId};
use crate::domain::{App, email};
use crate::error::{Error, Result};
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
    act(visitor, form, (Lane::Plain, &told), |app, principal, form, now| {
        let changes = Changes {
            display: Some(Display::parse(form.text("display").trim().into())?),
            // Browsers write the end of a line as two characters.
            bio: Some(Clearable::parse(form.text("bio").trim().replace("\r\n", "\n"), Bio::parse)?),
            language: Language::from_tag(form.text("language")),
            ..Changes::default()
        };
        done(edit(app, principal, Edit { changes, password: None, code: None, may_drop_factor: false }, now)?).map(drop)
    })
    .await
}

/// `POST /account/picture`
pub(in crate::http) async fn upload_picture(visitor: Visitor, content: FileForm) -> HttpResponse {
    let FileForm { form, file, held } = content;
    let change = move |app: &App, principal: &Principal, _: &Form, now| {
        let _held = held;
        upload(app, principal, PictureKind::Thumbnail, NewFile { content: file, sha256: None }, now).map(drop)
    };
    act(visitor, form, (Lane::Plain, "saved"), change).await
}

/// `POST /account/email`
pub(in crate::http) async fn change_email(visitor: Visitor, form: Form) -> HttpResponse {
    act(visitor, form, (Lane::Hashing, "email"), |app, principal, form, now| {
        let email = Clearable::parse(form.text("email").trim().into(), Email::parse)?;
        let changes = Changes { email: Some(email), ..Changes::default() };
        let (user, code) = (&principal.user, form.code()?);
        // A code proves something only where there is a factor.
        if !is_on(user) {
            check_password(app, user, CURRENT, &form.password(CURRENT), now)?;
        }
        done(edit(app, principal, Edit { changes, password: None, code, may_drop_factor: false }, now)?).map(drop)
    })
    .await
}

/// `POST /account/email/resend`
pub(in crate::http) async fn resend_link(visitor: Visitor, form: Form) -> HttpResponse {
    act(visitor, form, (Lane::Plain, "link"), |app, principal, _, now| email::resend(app, principal, now)).await
}

/// `POST /account/password`
pub(in crate::http) async fn change_password(visitor: Visitor, form: Form) -> HttpResponse {
    act(visitor, form, (Lane::Hashing, "password"), |app, principal, form, now| {
        let new = NewPassword::parse(form.password("new_password"), &app.config)?;
        let password = Some((new, form.password("current_password")));
        done(edit(
            app,
            principal,
            Edit { changes: Changes::default(), password, code: form.code()?, may_drop_factor: false },
            now,
        )?)
        .map(drop)
    })
    .await
}

/// `POST /account/sessions/end`
pub(in crate::http) async fn end_session(visitor: Visitor, form: Form) -> HttpResponse {
    act(visitor, form, (Lane::Plain, "session"), |app, principal, form, now| {
        let id = SessionId::parse(form.text("session")).ok_or(Error::SessionNotFound)?;
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
    act(visitor, form, (Lane::Plain, "sessions"), |app, principal, _, now| sessions::revoke_others(app, principal, now))
        .await
}

/// `POST /account/logout`
pub(in crate::http) async fn log_out(visitor: Visitor, form: Form) -> HttpResponse {
    let principal = match check(&visitor, &form) {
        Ok(principal) => principal,
        Err(refused) => return refused,
    };
    let now = visitor.now;
    match visitor.bridge.run(move |app| sessions::revoke(app, &principal, principal.session, now)).await {
        Ok(()) => with_cookie(visitor.redirect("/login"), &cookie::removal(visitor.bridge.config())),
        Err(error) => refuse(&visitor, &error, &form),
    }
}

/// Whether a change computes a hash, and so waits in the queue of those.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    Plain,
    Hashing,
}

/// Makes a change that somebody asks for with a form of theirs, and leads back to the page, which says what was done.
pub(super) async fn act(
    visitor: Visitor,
    form: Form,
    (lane, told): (Lane, &str),
    change: impl FnOnce(&App, &Principal, &Form, Timestamp) -> Result<()> + Send + 'static,
) -> HttpResponse {
    match work(&visitor, form, lane, change).await {
        Ok(()) => visitor.redirect(&format!("/account?done={told}")),
        Err(refused) => refused,
    }
}

/// The same for a change that leaves something to show; the answer, where it is refused.
pub(super) async fn work<T: Send + 'static>(
    visitor: &Visitor,
    form: Form,
    lane: Lane,
    change: impl FnOnce(&App, &Principal, &Form, Timestamp) -> Result<T> + Send + 'static,
) -> Result<T, HttpResponse> {
    let principal = check(visitor, &form)?;
    let (now, typed) = (visitor.now, form.clone());
    let change = move |app: &App| change(app, &principal, &form, now);
    let changed = match lane {
        Lane::Plain => visitor.bridge.run(change).await,
        Lane::Hashing => visitor.bridge.hash(change).await,
    };
    changed.map_err(|error| refuse(visitor, &error, &typed))
}

/// Who sent a form of theirs; the answer, where nobody did.
fn check(visitor: &Visitor, form: &Form) -> Result<Principal, HttpResponse> {
    match &visitor.principal {
        None => Err(visitor.redirect("/login?because=session&return_to=/account")),
        Some(_) if !visitor.sent(form) => Err(show(visitor, Message::Error(visitor.t.stale.into()), 403, form)),
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
        Error::VerificationRequired => t.code_is_due.into(),
        Error::UnAuthorized { .. } => t.no_right.into(),
        Error::AlreadyExists { .. } => t.email_is_taken.into(),
        Error::PayloadTooLarge { .. }
        | Error::UnsupportedMediaType { .. }
        | Error::InvalidField { field: "thumbnail", .. } => fill(t.picture_refused, config.limits.picture_bytes.get()),
        Error::InvalidField { field: "display", .. } => t.bad_display.into(),
        Error::InvalidField { field: "bio", .. } => t.bad_bio.into(),
        Error::InvalidField { field: "password", .. } => fill(t.bad_password, config.password.min_length.get()),
        Error::InvalidField { field: "current_password", .. } => t.wrong_password.into(),
        Error::InvalidField { field: "email", rule } if rule.contains("factor") => t.email_is_factor.into(),
        Error::InvalidField { field: "email", rule } if rule.contains("verified") => t.mail_needs_address.into(),
        Error::InvalidField { field: "type", .. } | Error::ServiceDisabled | Error::AlreadyValid => t.is_not_so.into(),
        Error::InvalidField { field: "email", .. } => t.bad_email.into(),
        _ => return explain(t, error, visitor.now),
    };
    Message::Error(text)
}
