//! `/auth/register`: new accounts.

use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::{SessionData, public_key, session_data};
use super::body::Body;
use super::bridge::Bridge;
use super::clock::Now;
use super::cookie::LoginBy;
use super::dialect::Dialect;
use super::envelope::{Failure, Reply};
use super::extract::LoginFrom;
use super::first_answer;
use super::object::Object;
use super::openapi::operation::{Operation, Refusal, answer, schema};
use super::profile::OwnUser;
use crate::config::Config;
use crate::domain::accounts::fields::{Display, Email, Username};
use crate::domain::accounts::new_password::NewPassword;
use crate::domain::accounts::registration::NewAccount;
use crate::domain::auth::{self, Entry, Registered, Registration, Repeat};
use crate::domain::principal::Client;
use crate::domain::public_key::PublicKey;
use crate::error::{LoginStep, PendingLogin, Result};
use crate::normalization::trim;

/// What a client sends to register an account.
#[derive(ToSchema)]
pub(super) struct RegisterRequest {
    #[schema(value_type = String, pattern = "^(?=.*[a-z_.-])[a-z0-9_.-]{3,16}$")]
    username: Username,
    #[schema(value_type = String, min_length = 8, max_length = 128)]
    password: NewPassword,
    #[schema(value_type = Option<String>, max_length = 320)]
    email: Option<Email>,
    #[schema(value_type = Option<String>, min_length = 1, max_length = 50)]
    display: Option<Display>,
    #[schema(value_type = Option<String>)]
    public_key: Option<PublicKey>,
    /// The code of an invitation: the last part of its link.
    invite: Option<String>,
}

/// A new account: with a session, or with what its user has to do first.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum RegisteredData {
    LoggedIn(SessionData),
    Pending(PendingData),
}

/// A new account without a session: its address has to be confirmed by the mailed link, or a second
/// factor has to be set up on the pages.
#[derive(Serialize, ToSchema)]
pub(super) struct PendingData {
    verification_required: bool,
    /// What to do, for people.
    message: String,
    /// Always empty: no code opens a session yet.
    #[schema(value_type = Vec<String>)]
    methods: [String; 0],
    user: OwnUser,
}

pub(super) const REGISTER: Operation = Operation::new(
    "Register an account and log in, where registration is open, or by an invitation",
)
.takes(schema::<RegisterRequest>)
.gives(answer::<RegisteredData>)
.fails(&[
    Refusal::ServiceDisabled,
    Refusal::InvalidField,
    Refusal::AlreadyExists,
    Refusal::UnAuthorized,
    Refusal::TooManyRequests,
]);

/// `POST /auth/register`
pub(super) async fn register(
    bridge: Data<Bridge>,
    Now(now): Now,
    dialect: Dialect,
    LoginFrom { device, cookies }: LoginFrom,
    body: Result<Body, Failure>,
) -> Result<Reply<RegisteredData>, Failure> {
    // A closed registration is refused before its body is read.
    auth::check_registration(bridge.config())?;
    let Body(body) = body?;
    let RegisterRequest { username, password, email, display, public_key, invite } =
        RegisterRequest::read(body, bridge.config())?;
    let account = NewAccount { username, password, email, display, is_admin: false };
    let registration = Registration { account, invite, repeat: Repeat::Never };
    let client = Client { device, public_key };
    let register = move |app: &_| auth::register(app, registration, &client, now);
    let Registered { entry, link } = bridge.hash(register).await?;
    match entry {
        Entry::Session(session) => {
            let cookies = cookies.set(bridge.config(), &session, LoginBy::Api);
            let message = first_answer::of_link(link).await;
            let data = session_data(*session, message, dialect);
            Ok(Reply::new(RegisteredData::LoggedIn(data)).with_cookies(cookies))
        }
        Entry::Pending { user, login } => {
            let message = what_is_next(&login, first_answer::of_link(link).await);
            let user = OwnUser::new(*user, dialect);
            let methods = [];
            let data = PendingData { verification_required: true, message, methods, user };
            Ok(Reply::new(RegisteredData::Pending(data)))
        }
    }
}

/// What the user of a new account has to do before the first login.
fn what_is_next(login: &PendingLogin, about_link: Option<String>) -> String {
    let next = match login.step {
        LoginStep::ConfirmAddress => {
            "The account is made. Open the link that is mailed to its address, then log in.".into()
        }
        LoginStep::SetUpFactor => format!(
            "The account is made. It needs a second factor before you can log in: set one up at {}",
            login.page
        ),
    };
    about_link.map_or(next.clone(), |about| format!("{next} {about}"))
}

impl RegisterRequest {
    /// Reads the fields in the contract's order: the first that breaks its rule is the one
    /// reported. Only an invitation comes before: without one, no field would help.
    fn read(mut body: Object, config: &Config) -> Result<Self> {
        // A form sends an empty text where its user has no invitation.
        let invite = body.text("invite")?.filter(|code| !trim(code).is_empty());
        auth::check_invited(config, invite.as_deref())?;
        Ok(Self {
            username: Username::parse(body.text("username")?.unwrap_or_default())?,
            password: NewPassword::parse(
                body.text("password")?.unwrap_or_default().into(),
                config,
            )?,
            email: body.parse("email", Email::parse)?,
            display: body.parse("display", Display::parse)?,
            public_key: public_key(&mut body)?,
            invite,
        })
    }
}
