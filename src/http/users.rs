//! `/users`: who they are, and what they change of themselves.

use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::{CodeText, code, done};
use super::body::{Body, Object, ProfileBody};
use super::bridge::Bridge;
use super::clock::Now;
use super::doc::{Doc, schema};
use super::envelope::{Failure, Reply};
use super::extract::{Authenticated, AuthenticatedChange, Selected};
use super::query::Query;
use crate::config::Config;
use crate::domain::App;
use crate::domain::account::{Edit, edit};
use crate::domain::changes::Changes;
use crate::domain::factors::Code;
use crate::domain::fields::{
    BannerUrl, Bio, Clearable, Display, Email, Home, Link, NewPassword, OwnTag, ThumbnailUrl, Username,
};
use crate::domain::fields::{links, own_tags};
use crate::domain::password::Password;
use crate::domain::profile::{Profile, PublicProfile, profile};
use crate::domain::users::{self, UserId};
use crate::error::{Error, Result};

/// Ids in one search.
const MOST_IDS: usize = 100;

/// A user, as whoever asks may see them.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum View {
    Own(Box<Profile>),
    Public(Box<PublicProfile>),
}

/// What a search finds. `users` and `items` are the same list, under the names that different programs look for.
#[derive(Serialize, ToSchema)]
pub(super) struct Found {
    total: u32,
    query: Option<String>,
    #[schema(value_type = Vec<i64>)]
    ids: Vec<UserId>,
    limit: u32,
    #[schema(value_type = i64)]
    offset: u32,
    users: Vec<PublicProfile>,
    items: Vec<PublicProfile>,
}

/// What a user sends to change their account: any of these.
#[derive(ToSchema)]
pub(super) struct EditRequest {
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9_.-]{3,16}$")]
    username: Option<Username>,
    #[schema(value_type = Option<String>, min_length = 3, max_length = 32)]
    display: Option<Display>,
    /// An empty text clears it, here and below.
    #[schema(value_type = Option<String>, max_length = 320)]
    email: Option<Clearable<Email>>,
    #[schema(value_type = Option<String>, min_length = 8, max_length = 128)]
    password: Option<NewPassword>,
    /// With a new password: the one until now.
    #[schema(value_type = Option<String>)]
    current_password: Option<Password>,
    #[schema(value_type = Option<String>, max_length = 512)]
    bio: Option<Clearable<Bio>>,
    #[schema(value_type = Option<String>, max_length = 2048)]
    thumbnail: Option<Clearable<ThumbnailUrl>>,
    #[schema(value_type = Option<String>, max_length = 2048)]
    banner: Option<Clearable<BannerUrl>>,
    #[schema(value_type = Option<Vec<String>>, max_items = 10)]
    links: Option<Vec<Link>>,
    #[schema(value_type = Option<String>, max_length = 100)]
    home: Option<Clearable<Home>>,
    #[schema(value_type = Option<Vec<String>>, max_items = 50)]
    tags: Option<Vec<OwnTag>>,
    /// The second factor, where a change needs it.
    #[schema(value_type = Option<CodeText>)]
    twofa_token: Option<Code>,
    #[schema(value_type = Option<CodeText>)]
    factor_code: Option<Code>,
}

pub(super) const ME: Doc = Doc::new("Oneself").reads().gives(schema::<Profile>);

/// `GET /users/@me`
pub(super) async fn me(
    bridge: Data<Bridge>,
    Now(now): Now,
    Authenticated(principal): Authenticated,
) -> Result<Reply<Profile>, Failure> {
    Ok(Reply::new(bridge.read(|app| Ok(profile(app, &principal.user, now)))?))
}

pub(super) const ONE: Doc = Doc::new("Somebody").gives(schema::<View>).fails(&[2, 7]);

/// `GET /users/{selector}`
pub(super) async fn one(bridge: Data<Bridge>, Now(now): Now, selected: Selected) -> Result<Reply<View>, Failure> {
    let view = bridge.read(|app| match selected {
        Selected::Own(principal) => Ok(View::Own(Box::new(profile(app, &principal.user, now)))),
        Selected::User(identifier) => users::select(app, &identifier, now).map(Box::new).map(View::Public),
    });
    Ok(Reply::new(view?))
}

pub(super) const SEARCH: Doc = Doc::new("Find users by a part of their names, or by their ids")
    .queries(&[("query", "string"), ("q", "string"), ("id", "ids"), ("limit", "limit"), ("offset", "offset")])
    .gives(schema::<Found>)
    .fails(&[5]);

/// `GET /users`
pub(super) async fn search(bridge: Data<Bridge>, Now(now): Now, query: Query) -> Result<Reply<Found>, Failure> {
    let text = query.first("query").or_else(|| query.first("q")).map(str::to_owned);
    let ids = ids(&query)?;
    let page = query.page()?;
    let (wanted, sought) = (ids.clone(), text.clone().unwrap_or_default());
    let (total, users) = bridge
        .search(move |app| {
            if wanted.is_empty() {
                return users::search(app, &sought, page, now);
            }
            let all = users::pick(app, &wanted, &sought, now)?;
            let part = all.iter().skip(page.offset as usize).take(page.limit as usize).cloned().collect();
            Ok((u32::try_from(all.len()).unwrap_or(u32::MAX), part))
        })
        .await?;
    let (limit, offset) = (page.limit, page.offset);
    Ok(Reply::new(Found { total, query: text, ids, limit, offset, items: users.clone(), users }))
}

pub(super) const CHANGE: Doc = Doc::new("Change one's own account")
    .changes()
    .takes(schema::<EditRequest>)
    .gives(schema::<Profile>)
    .fails(&[5, 6, 20, 1001]);

/// `POST` and `PATCH /users/@me`
pub(super) async fn change(
    bridge: Data<Bridge>,
    Now(now): Now,
    AuthenticatedChange(principal): AuthenticatedChange,
    Body(body): ProfileBody,
) -> Result<Reply<Profile>, Failure> {
    let wanted = EditRequest::read(body, bridge.config())?.into_edit()?;
    let has_password = wanted.password.is_some();
    let work = move |app: &App| edit(app, &principal, wanted, now);
    let profile = done(if has_password { bridge.hash(work).await? } else { bridge.run(work).await? })?;
    Ok(Reply::new(*profile))
}

impl EditRequest {
    /// Reads the fields in the contract's order: the first that breaks its rule is the one reported.
    fn read(mut body: Object, config: &Config) -> Result<Self> {
        Ok(Self {
            username: body.parse("username", Username::parse)?,
            display: body.parse("display", Display::parse)?,
            email: body.parse("email", |text| Clearable::parse(text, Email::parse))?,
            password: body.parse("password", |text| NewPassword::parse(text.into(), config))?,
            current_password: body.text("current_password")?.map(Password::from),
            bio: body.parse("bio", |text| Clearable::parse(text, Bio::parse))?,
            thumbnail: body.parse("thumbnail", |text| Clearable::parse(text, ThumbnailUrl::parse))?,
            banner: body.parse("banner", |text| Clearable::parse(text, BannerUrl::parse))?,
            links: body.links("links")?.map(links).transpose()?,
            home: body.parse("home", |text| Clearable::parse(text, Home::parse))?,
            tags: body.texts("tags")?.map(own_tags).transpose()?,
            twofa_token: code(&mut body, "twofa_token")?,
            factor_code: code(&mut body, "factor_code")?,
        })
    }

    /// A new password comes with the one until now.
    fn into_edit(self) -> Result<Edit> {
        let password = match (self.password, self.current_password) {
            (Some(_), None) => return Err(Error::invalid("current_password", "must come with a new password")),
            (new, current) => new.zip(current),
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
            own_tags: self.tags,
            ..Changes::default()
        };
        Ok(Edit { changes, password, code: self.twofa_token.or(self.factor_code) })
    }
}

/// The ids that are asked for, each once.
fn ids(query: &Query) -> Result<Vec<UserId>> {
    let mut ids = Vec::new();
    for id in query.all("id").map(id) {
        let id = id?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if ids.len() > MOST_IDS { Err(Error::invalid("id", "must be at most 100 ids")) } else { Ok(ids) }
}

fn id(text: &str) -> Result<UserId> {
    let id = text.parse().ok().filter(|id| *id > 0).map(UserId);
    id.ok_or(Error::invalid("id", "must be an id from 1 to 4294967295"))
}
