//! The form of `/register`.

use actix_web::HttpResponse;
use actix_web::rt::spawn;

use super::login::{enter, try_login};
use super::refusal::{FormPage, Refusal, refuse};
use crate::config::Config;
use crate::domain::accounts::fields::{Email, Username};
use crate::domain::accounts::new_password::NewPassword;
use crate::domain::accounts::registration::NewAccount;
use crate::domain::auth::{self, Entry, Registered, Registration, Repeat};
use crate::domain::email_confirmation::LinkMail;
use crate::domain::mail::Mailed;
use crate::domain::principal::Client;
use crate::error::{Error, LoginStep, PendingLogin, Result};
use crate::http::first_answer::first_answer;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::frame::fault_response;
use crate::http::pages::login::with_return_to;
use crate::http::pages::pending::{lead_on, lead_to};
use crate::http::pages::sendings::{End, Sending, Turn};
use crate::http::pages::visitor::Visitor;
use crate::normalization::{fold, trim};

/// `POST /register`
pub(in crate::http) async fn submit_register(visitor: Visitor, form: Form) -> HttpResponse {
    if let Err(fault) = visitor.check_form(&form) {
        return refuse(&visitor, &form, FormPage::Register, &fault.into());
    }
    let turn = visitor.turn().await;
    // A browser drops the connection of a form when it sends it again. What was begun is finished
    // all the same, and remembered.
    let running = spawn(run(visitor, form, turn));
    let fault = |error| fault_response(Error::internal("register an account", error));
    running.await.unwrap_or_else(fault)
}

async fn run(visitor: Visitor, form: Form, mut turn: Turn) -> HttpResponse {
    let digest = visitor.bridge.app().form_digest(&form.content(visitor.path()));
    let is_repeated = |last: &Sending| last.is_repeated_by(&digest, None, visitor.now);
    let refusal = match try_register(&visitor, &form).await {
        Ok(Registered { entry: Entry::Session(session), .. }) => {
            return enter(&visitor, &form, &session);
        }
        Ok(Registered { entry: Entry::Pending { login, .. }, link }) => {
            let end = End::at("/login");
            *turn = Some(Sending { form: digest, session: None, end, at: visitor.now });
            return wait(&visitor, &form, &login, link).await;
        }
        Err(refusal) => refusal,
    };
    // The first sending has made the account: this one goes where its login goes.
    if let Refusal::Error(Error::AlreadyExists(_)) = refusal
        && turn.as_ref().is_some_and(is_repeated)
    {
        return match try_login(&visitor, form.text("username"), form.password(PASSWORD)).await {
            Ok(session) => enter(&visitor, &form, &session),
            Err(refusal) => refuse(&visitor, &form, FormPage::Register, &refusal),
        };
    }
    refuse(&visitor, &form, FormPage::Register, &refusal)
}

/// Leads to what the first login waits for. Where that is the mailed link, the page says what
/// became of it.
async fn wait(
    visitor: &Visitor,
    form: &Form,
    login: &PendingLogin,
    link: LinkMail,
) -> HttpResponse {
    if login.step != LoginStep::ConfirmAddress {
        return lead_on(visitor, form, login);
    }
    let mailed = match link {
        LinkMail::None => Ok(Mailed::OnItsWay),
        LinkMail::Sending(sending) => first_answer(sending).await,
        LinkMail::NotMailed(error) => Err(error),
    };
    let flash = match mailed {
        Ok(Mailed::OnItsWay) => return lead_on(visitor, form, login),
        Ok(Mailed::Delayed) => Flash::PendingLinkDelayed,
        Err(_) => Flash::PendingLinkRefused,
    };
    lead_to(visitor, &with_return_to(flash.url(), form.text("return_to")), login)
}

async fn try_register(visitor: &Visitor, form: &Form) -> Result<Registered, Refusal> {
    let registration = parse(form, visitor.bridge.config())?;
    let client = Client { device: visitor.device.clone(), public_key: None };
    let now = visitor.now;
    let register = move |app: &_| auth::register(app, registration, &client, now);
    Ok(visitor.bridge.hash(register).await?)
}

/// The field of the password.
const PASSWORD: &str = "new_password";

fn parse(form: &Form, config: &Config) -> Result<Registration> {
    let typed = |name| Some(trim(form.text(name))).filter(|text| !text.is_empty());
    let account = NewAccount {
        username: Username::parse(fold(trim(form.text("username"))))?,
        password: NewPassword::parse(form.password(PASSWORD), config)?,
        email: typed("email").map(|text| Email::parse(text.to_owned())).transpose()?,
        display: None,
        is_admin: false,
    };
    let invite = typed("invite").map(ToOwned::to_owned);
    Ok(Registration { account, invite, repeat: Repeat::Registration })
}
