//! How a user is shown: to everybody, and to themselves.

use serde::Serialize;
use utoipa::ToSchema;

use super::App;
use super::factors;
use crate::storage::pictures::PictureKind;
use crate::storage::users::{User, UserId};
use crate::time::Timestamp;

/// A user as everybody sees them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the contract's own names")]
pub struct PublicProfile {
    #[schema(value_type = i64, minimum = 1, maximum = 4_294_967_295_i64)]
    pub id: UserId,
    pub username: String,
    pub display: String,
    /// The address of the server that the user belongs to.
    pub server: String,
    /// The effective tags: stored, default and derived ones.
    pub tags: Vec<String>,
    pub bio: Option<String>,
    pub thumbnail: Option<String>,
    pub banner: Option<String>,
    pub links: Vec<String>,
    pub rank: i64,
    /// `null` for oneself, and while there are none.
    pub relations: Option<String>,
    #[schema(value_type = i64)]
    pub created_at: Timestamp,
    pub pronoun: Option<String>,
    pub avatar: Option<String>,
    pub public: Option<String>,
    pub presence: Presence,
    pub alias: Vec<Alias>,
    pub followers: u32,
    pub following: u32,
}

/// Another name for something.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the contract's own names")]
pub struct Alias {
    pub key: String,
    pub value: String,
}

/// Whether somebody is there. Nox does not follow where its users are.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the contract's own names")]
pub struct Presence {
    pub status: &'static str,
    pub text: Option<String>,
}

/// A user as they see themselves.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the contract's own names")]
pub struct Profile {
    #[serde(flatten)]
    pub public: PublicProfile,
    pub email: Option<String>,
    pub email_verified: bool,
    pub home: Option<String>,
    pub twofa_enabled: bool,
    pub methods: MethodStates,
}

/// Which second factors are on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the contract's own names")]
pub struct MethodStates {
    pub totp: &'static str,
    pub email: &'static str,
    /// How many are left.
    pub recovery_codes: u32,
}

/// How a user sees themselves.
#[must_use]
pub fn profile(app: &App, user: &User, now: Timestamp) -> Profile {
    Profile {
        email: user.email.clone(),
        email_verified: user.email_verified,
        home: user.home.clone(),
        twofa_enabled: factors::is_on(user),
        methods: MethodStates {
            totp: state(user.has_totp),
            email: state(user.has_email_factor),
            recovery_codes: user.recovery_codes,
        },
        public: public_profile(app, user, now),
    }
}

const fn state(is_on: bool) -> &'static str {
    if is_on { "enabled" } else { "disabled" }
}

/// How everybody sees a user.
#[must_use]
pub fn public_profile(app: &App, user: &User, now: Timestamp) -> PublicProfile {
    let picture = |kind, stored: &Option<String>| stored.as_ref().map(|_| picture_url(app, user.id, kind));
    PublicProfile {
        tags: tags(app, user, now),
        thumbnail: picture(PictureKind::Thumbnail, &user.thumbnail),
        banner: picture(PictureKind::Banner, &user.banner),
        id: user.id,
        username: user.username.clone(),
        display: user.display.clone(),
        server: app.config.server.address.as_str().into(),
        bio: user.bio.clone(),
        links: user.links.clone(),
        rank: user.rank,
        relations: None,
        created_at: user.created_at,
        pronoun: None,
        avatar: None,
        public: None,
        presence: Presence { status: "online", text: None },
        alias: Vec::new(),
        followers: 0,
        following: 0,
    }
}

/// Where a user's picture is found, whether it lies here or elsewhere.
pub(super) fn picture_url(app: &App, user: UserId, kind: PictureKind) -> String {
    format!("{}/api/users/{user}/{}", app.config.server.public_url, kind.as_str())
}

/// Whether a ban holds.
pub(super) fn is_banned(user: &User, now: Timestamp) -> bool {
    user.banned_at.is_some() && user.banned_until.is_none_or(|until| now < until)
}

/// Whether a user has a right: a tag of that name, but for the tags that users give themselves.
#[must_use]
pub fn has_right(app: &App, user: &User, right: &str, now: Timestamp) -> bool {
    tags(app, user, now).iter().any(|tag| match tag.split_once(':') {
        Some((prefix, name)) => prefix != "usr" && name == right,
        None => tag == right,
    })
}

/// The effective tags, without duplicates.
fn tags(app: &App, user: &User, now: Timestamp) -> Vec<String> {
    let derived =
        [(user.is_admin, "sys:admin"), (user.rank == 0, "sys:unverified"), (is_banned(user, now), "sys:blacklisted")];
    let all = (user.tags.iter().cloned())
        .chain(app.config.users.default_tags.iter().map(|tag| format!("dft:{tag}")))
        .chain(derived.into_iter().filter(|(holds, _)| *holds).map(|(_, tag)| tag.into()));
    let mut tags = Vec::new();
    for tag in all {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}
