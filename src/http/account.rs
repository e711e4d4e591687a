//! `/users/@me`: editing and deleting one's own account.

use actix_web::web::Data;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::body::{OptionalBody, PROFILE_LIMIT};
use super::bridge::Bridge;
use super::clock::Now;
use super::cookie::SessionCookies;
use super::dialect::Dialect;
use super::envelope::{Failure, Reply};
use super::extract::AuthenticatedChange;
use super::first_answer::of_link;
use super::object::Object;
use super::openapi::operation::{Operation, Refusal, answer, schema};
use super::profile::OwnUser;
use super::reply::{Success, success};
use super::request_parts::{CodeText, any_code, code};
use crate::domain::App;
use crate::domain::accounts::changes::Changes;
use crate::domain::accounts::deletion::{DeletionRequest, delete};
use crate::domain::accounts::edit::{Edit, PasswordChange, edit};
use crate::domain::accounts::fields::{
    Avatar, BannerUrl, Bio, Clearable, Display, Email, Home, PresenceText, Pronoun, Status,
    ThumbnailUrl, Username,
};
use crate::domain::accounts::links::{NewLink, links};
use crate::domain::accounts::new_password::NewPassword;
use crate::domain::accounts::password_check::{CURRENT_PASSWORD, CurrentPassword, PasswordCheck};
use crate::domain::accounts::tags::{OwnTag, own_tags, tags};
use crate::domain::factors::Code;
use crate::domain::password::Password;
use crate::domain::principal::Principal;
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// The fields that a user changes; those that are missing stay.
#[derive(ToSchema)]
pub(super) struct EditRequest {
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9_.-]{3,16}$")]
    username: Option<Username>,
    /// `null` or an empty text clears it, as it does the optional fields below.
    #[schema(value_type = Option<String>, max_length = 320)]
    email: Option<Clearable<Email>>,
    #[schema(value_type = Option<String>, min_length = 8, max_length = 128)]
    password: Option<NewPassword>,
    /// The present password, with a new one.
    #[schema(value_type = Option<String>)]
    current_password: Option<Password>,
    #[schema(value_type = Option<String>, min_length = 1, max_length = 50)]
    display: Option<Display>,
    #[schema(value_type = Option<String>, max_length = 4096)]
    bio: Option<Clearable<Bio>>,
    #[schema(value_type = Option<String>, max_length = 32)]
    pronoun: Option<Clearable<Pronoun>>,
    #[schema(value_type = Option<String>, max_length = 100)]
    avatar: Option<Clearable<Avatar>>,
    #[schema(value_type = Option<PresenceRequest>)]
    presence: Option<Clearable<Status>>,
    #[schema(value_type = Option<String>, max_length = 128)]
    presence_status: Option<Clearable<PresenceText>>,
    #[schema(value_type = Option<String>, max_length = 2048)]
    thumbnail: Option<Clearable<ThumbnailUrl>>,
    #[schema(value_type = Option<String>, max_length = 2048)]
    banner: Option<Clearable<BannerUrl>>,
    #[schema(value_type = Option<Vec<LinkRequest>>, max_items = 10)]
    links: Option<Vec<NewLink>>,
    #[schema(value_type = Option<String>, max_length = 100)]
    home: Option<Clearable<Home>>,
    /// Tags that the user has but may not set are ignored.
    #[schema(value_type = Option<Vec<String>>)]
    tags: Option<Vec<OwnTag>>,
    /// The second factor, where a change requires it.
    #[schema(value_type = Option<CodeText>)]
    twofa_token: Option<Code>,
    #[schema(value_type = Option<CodeText>)]
    factor_code: Option<Code>,
}

/// A status, or an object with it.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it only describes the wire")]
enum PresenceRequest {
    Status(String),
    Whole { status: Option<String>, text: Option<String> },
}

/// A URL, or an object with it.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it only describes the wire")]
enum LinkRequest {
    Url(String),
    Labelled { label: Option<String>, value: String },
}

/// The user after the change.
#[derive(Serialize, ToSchema)]
pub(super) struct EditedUser {
    #[serde(flatten)]
    user: OwnUser,
    /// For a new address: what became of the link that confirms it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    message: Option<String>,
}

pub(super) const CHANGE: Operation = Operation::new("Edit the caller's account")
    .changes()
    .takes_optionally(schema::<EditRequest>)
    .gives(answer::<EditedUser>)
    .fails(&[
        Refusal::InvalidField,
        Refusal::AlreadyExists,
        Refusal::VerificationRequired,
        Refusal::TooManyRequests,
    ]);

/// `POST` and `PATCH /users/@me`
pub(super) async fn change(
    bridge: Data<Bridge>,
    Now(now): Now,
    dialect: Dialect,
    AuthenticatedChange(principal): AuthenticatedChange,
    OptionalBody(body): OptionalBody<PROFILE_LIMIT>,
) -> Result<Reply<EditedUser>, Failure> {
    let wanted = EditRequest::read(body, bridge.app(), &principal, now)?.into_edit()?;
    let has_password = wanted.password.is_some();
    let work = move |app: &App| edit(app, &principal, wanted, now);
    let edited = if has_password { bridge.hash(work).await? } else { bridge.run(work).await? };
    let user = OwnUser::new(edited.profile, dialect);
    Ok(Reply::new(EditedUser { user, message: of_link(edited.link).await }))
}

/// The proof that deletes an account: a code where a second factor is on, else the password.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the wire")]
pub(super) struct DeleteRequest {
    current_password: Option<String>,
    password: Option<String>,
    token: Option<CodeText>,
    twofa_token: Option<CodeText>,
    factor_code: Option<CodeText>,
}

pub(super) const DELETE: Operation =
    Operation::new("Delete the caller's account with all its data")
        .changes()
        .takes_optionally(schema::<DeleteRequest>)
        .gives(answer::<Success>)
        .fails(&[Refusal::InvalidField, Refusal::VerificationRequired, Refusal::TooManyRequests]);

/// `DELETE /users/@me`
pub(super) async fn remove(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    cookies: SessionCookies,
    OptionalBody(mut body): OptionalBody,
) -> Result<Reply<Success>, Failure> {
    let check = match (body.text(CURRENT_PASSWORD)?, body.text("password")?) {
        (Some(text), _) => PasswordCheck::Required(CurrentPassword::new(text.into())),
        (None, Some(text)) => {
            PasswordCheck::Required(CurrentPassword { field: "password", password: text.into() })
        }
        (None, None) => PasswordCheck::NotRequired,
    };
    let has_password = matches!(check, PasswordCheck::Required(_));
    let request = DeletionRequest { check, code: any_code(&mut body)? };
    let work = move |app: &App| delete(app, &principal, &request, now);
    if has_password {
        bridge.hash(work).await?;
    } else {
        bridge.run(work).await?;
    }
    Ok(success().with_cookies(cookies.remove(bridge.config())))
}

impl EditRequest {
    /// Reads the fields in the contract's order: the first that breaks its rule is the one
    /// reported.
    fn read(mut body: Object, app: &App, principal: &Principal, now: Timestamp) -> Result<Self> {
        let username = body.parse("username", Username::parse)?;
        let email = body.clearable("email", Email::parse)?;
        let password =
            body.parse("password", |text| NewPassword::parse(text.into(), &app.config))?;
        let current_password = body.text(CURRENT_PASSWORD)?.map(Password::from);
        let display = body.parse("display", Display::parse)?;
        let bio = body.clearable("bio", Bio::parse)?;
        let pronoun = body.clearable("pronoun", Pronoun::parse)?;
        let avatar = body.clearable("avatar", Avatar::parse)?;
        let presence = PresenceEdit::read(&mut body)?;
        Ok(Self {
            username,
            email,
            password,
            current_password,
            display,
            bio,
            pronoun,
            avatar,
            presence: presence.status,
            presence_status: body
                .clearable("presence_status", PresenceText::parse)?
                .or(presence.text),
            thumbnail: body.clearable("thumbnail", ThumbnailUrl::parse)?,
            banner: body.clearable("banner", BannerUrl::parse)?,
            links: body.links("links")?.map(links).transpose()?,
            home: body.clearable("home", Home::parse)?,
            tags: body
                .texts("tags")?
                .map(|texts| own_tags(texts, &tags(app, &principal.user, now)))
                .transpose()?,
            twofa_token: code(&mut body, "twofa_token")?,
            factor_code: code(&mut body, "factor_code")?,
        })
    }

    /// Reads a new password together with the present one.
    fn into_edit(self) -> Result<Edit> {
        let password = match (self.password, self.current_password) {
            (Some(_), None) => {
                return Err(Error::invalid(CURRENT_PASSWORD, "must come with a new password"));
            }
            (Some(new), Some(current)) => {
                Some(PasswordChange { new, current: CurrentPassword::new(current) })
            }
            (None, _) => None,
        };
        let changes = Changes {
            username: self.username,
            display: self.display,
            email: self.email,
            bio: self.bio,
            thumbnail: self.thumbnail,
            banner: self.banner,
            links: self.links,
            home: self.home,
            pronoun: self.pronoun,
            avatar: self.avatar,
            presence: self.presence,
            presence_text: self.presence_status,
            own_tags: self.tags,
            ..Changes::default()
        };
        Ok(Edit {
            changes,
            password,
            check: PasswordCheck::NotRequired,
            code: self.twofa_token.or(self.factor_code),
        })
    }
}

/// The presence that a user sets.
#[derive(Default)]
struct PresenceEdit {
    status: Option<Clearable<Status>>,
    text: Option<Clearable<PresenceText>>,
}

impl PresenceEdit {
    const fn cleared() -> Self {
        Self { status: Some(Clearable::Cleared), text: Some(Clearable::Cleared) }
    }

    /// Reads a status alone, or an object with a status and its text. `null` and an empty text
    /// clear both.
    fn read(body: &mut Object) -> Result<Self> {
        let wrong = |rule| Err(Error::invalid("presence", rule));
        match body.remove("presence") {
            None => Ok(Self::default()),
            Some(Value::Null) => Ok(Self::cleared()),
            Some(Value::String(status)) if status.is_empty() => Ok(Self::cleared()),
            Some(Value::String(status)) => {
                Ok(Self { status: Some(Clearable::parse(status, Status::parse)?), text: None })
            }
            Some(Value::Object(parts)) => {
                let mut parts = Object::from(parts);
                let status = parts.clearable("status", Status::parse);
                let text = parts.clearable("text", PresenceText::parse);
                match (status, text) {
                    (Ok(status), Ok(text)) => Ok(Self { status, text }),
                    (Err(_), _) => wrong("must be an object with a status that is known"),
                    (_, Err(_)) => wrong("must be an object with a text of at most 128 characters"),
                }
            }
            Some(_) => wrong("must be a status, or an object with one"),
        }
    }
}
