//! The pages of a login that waits though its password was right: `/login/confirmation`, until the
//! address is confirmed, and `/login/set-up`, until a second factor is.

use actix_web::HttpResponse;
use askama::Template;
use zeroize::Zeroizing;

use super::flash::Flash;
use super::form::Form;
use super::frame::{Feedback, Frame, Message, fault_response, with_cookie};
use super::login::{redirect_after_login, restart_login, return_to, with_return_to};
use super::place::{self, Place};
use super::totp::svg_element;
use super::visitor::Visitor;
use crate::domain::accounts::unconfirmed;
use crate::domain::auth::set_up::{self, Offer};
use crate::domain::factors::email;
use crate::domain::pending_login;
use crate::error::{Error, LoginStep, PendingLogin, Result};
use crate::qr;

/// The page that says how the address is confirmed.
const CONFIRMATION: &str = "/login/confirmation";
/// The page on which a second factor is set up.
const SET_UP: &str = "/login/set-up";

#[derive(Template)]
#[template(path = "unconfirmed.html")]
struct UnconfirmedPage<'a> {
    frame: Frame<'a>,
    return_to: &'a str,
    login_url: String,
    /// Whether a link is on its way.
    is_mailed: bool,
    address: &'a str,
    /// Whether the address may be corrected here.
    may_correct: bool,
    /// The new address that was typed.
    email: &'a str,
}

#[derive(Template)]
#[template(path = "set_up.html")]
struct SetUpPage<'a> {
    frame: Frame<'a>,
    return_to: &'a str,
    login_url: String,
    username: &'a str,
    /// How the factor is set up that the page shows.
    way: Way,
    /// The same page, for the other factor, if that can be chosen.
    other_url: Option<String>,
    autofocus: &'static str,
}

/// How the factor is set up.
enum Way {
    App {
        /// The QR code as an SVG element.
        picture: String,
        /// In groups of four.
        secret: Zeroizing<String>,
        otpauth_url: Zeroizing<String>,
    },
    Mail {
        address: String,
        /// Whether a code was mailed that is valid still.
        is_mailed: bool,
    },
}

impl Way {
    fn of(visitor: &Visitor, offer: &Offer, is_by_mail: bool) -> Result<Self> {
        let Offer { user, app: enrollment, .. } = offer;
        if !is_by_mail {
            return Ok(Self::App {
                picture: svg_element(&qr::svg(&enrollment.otpauth_url)?).into(),
                secret: enrollment.secret_in_groups(),
                otpauth_url: enrollment.otpauth_url.clone(),
            });
        }
        let is_mailed = visitor.bridge.read(|app| email::is_mailed(app, user, visitor.now))?;
        Ok(Self::Mail { address: user.email.clone().unwrap_or_default(), is_mailed })
    }

    const fn is_mailed(&self) -> bool {
        matches!(self, Self::Mail { is_mailed: true, .. })
    }
}

/// Leads on to what a login waits for. Its proof goes into a cookie.
pub(super) fn lead_on(visitor: &Visitor, form: &Form, login: &PendingLogin) -> HttpResponse {
    let page = match login.step {
        LoginStep::ConfirmAddress => CONFIRMATION,
        LoginStep::SetUpFactor => SET_UP,
    };
    lead_to(visitor, &with_return_to(page, form.text("return_to")), login)
}

/// [`lead_on`] to a page that has something else to say.
pub(super) fn lead_to(visitor: &Visitor, url: &str, login: &PendingLogin) -> HttpResponse {
    let cookie = visitor.pending_cookie(login.proof.to_string());
    with_cookie(visitor.redirect(url), &cookie)
}

/// `GET /login/confirmation`
pub(in crate::http) async fn show_unconfirmed(visitor: Visitor) -> HttpResponse {
    let feedback = Feedback { message: Flash::message_for(&visitor), place: Place::TOP };
    unconfirmed_page(&visitor, &Form::default(), feedback, 200)
}

/// The page that says how the address is confirmed. Without a valid proof, it redirects to the
/// login.
pub(super) fn unconfirmed_page(
    visitor: &Visitor,
    form: &Form,
    feedback: Feedback,
    status: u16,
) -> HttpResponse {
    let return_to = return_to(visitor, form);
    let Some(proof) = &visitor.pending else {
        return visitor.redirect(&with_return_to("/login", return_to));
    };
    let found = visitor.bridge.read(|app| {
        let user = pending_login::to_confirm(app, proof, visitor.now)?;
        Ok((unconfirmed::may_correct(app, &user)?, user))
    });
    let (may_correct, user) = match found {
        Ok(found) => found,
        Err(Error::AlreadyValid) => return restart_login(visitor, form, Flash::AddressConfirmed),
        Err(Error::InvalidChallenge) => return restart_login(visitor, form, Flash::LoginExpired),
        Err(fault) => return fault_response(fault),
    };
    let Feedback { message, place } = feedback;
    let mut page = UnconfirmedPage {
        is_mailed: !matches!(message, Message::Error(_)),
        frame: visitor.frame_of(form, visitor.t.confirm_address, message),
        return_to,
        login_url: with_return_to("/login", return_to),
        address: user.email.as_deref().unwrap_or_default(),
        may_correct,
        email: form.text("email"),
    };
    let html = place::render(place, |place| {
        page.frame.place = place;
        page.render()
    });
    visitor.show(status, html)
}

/// `GET /login/set-up`, and `?by=mail` for codes by mail
pub(in crate::http) async fn show_set_up(visitor: Visitor) -> HttpResponse {
    if visitor.principal.is_some() {
        return redirect_after_login(&visitor);
    }
    set_up_page(&visitor, &Form::default(), Message::None, 200)
}

/// Whether codes by mail are set up, and not an authenticator app.
pub(super) fn is_by_mail(visitor: &Visitor, form: &Form) -> bool {
    form.get("by").unwrap_or_else(|| visitor.query("by")) == "mail"
}

/// The page of the set-up for codes by mail.
pub(super) fn by_mail_url(return_to: &str) -> String {
    with_return_to("/login/set-up?by=mail", return_to)
}

/// The page on which a second factor is set up. Without a valid proof, it redirects to the login.
pub(super) fn set_up_page(
    visitor: &Visitor,
    form: &Form,
    message: Message,
    status: u16,
) -> HttpResponse {
    let return_to = return_to(visitor, form);
    let Some(proof) = &visitor.pending else {
        return visitor.redirect(&with_return_to("/login", return_to));
    };
    let offer = visitor.bridge.read(|app| set_up::offer(app, proof, visitor.now));
    let found = offer.and_then(|offer| {
        let is_by_mail = offer.has_mail && is_by_mail(visitor, form);
        Ok((Way::of(visitor, &offer, is_by_mail)?, offer))
    });
    let (way, offer) = match found {
        Ok(found) => found,
        Err(Error::InvalidChallenge) => return restart_login(visitor, form, Flash::LoginExpired),
        Err(fault) => return fault_response(fault),
    };
    let t = visitor.t;
    let message = match message {
        Message::None if way.is_mailed() => {
            if email::is_delayed(visitor.bridge.app(), &offer.user) {
                Message::Error(t.code_delayed.into())
            } else {
                Message::Success(t.code_mailed)
            }
        }
        message => message,
    };
    let other_url = match &way {
        Way::App { .. } => by_mail_url(return_to),
        Way::Mail { .. } => with_return_to(SET_UP, return_to),
    };
    let page = SetUpPage {
        // A refusal has the focus.
        autofocus: if matches!(message, Message::Success(_)) { " autofocus" } else { "" },
        frame: visitor.frame_of(form, t.set_up_login, message),
        return_to,
        login_url: with_return_to("/login", return_to),
        username: &offer.user.username,
        way,
        other_url: offer.has_mail.then_some(other_url),
    };
    visitor.show(status, page.render())
}
