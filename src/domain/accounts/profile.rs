//! How a user is shown: publicly, and to themselves.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use percent_encoding::percent_decode_str;
use url::Url;

use crate::domain::App;
use crate::domain::accounts::identifier::{Identifier, Selector};
use crate::domain::accounts::tags::tags;
use crate::domain::factors::demand::{self, Demand};
use crate::storage::pictures::PictureKind;
pub(crate) use crate::storage::users::Link;
use crate::storage::users::{PictureRef, User, UserId};
use crate::time::Timestamp;

/// The public view of a user.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PublicProfile {
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
    /// Written as two lists: the URLs as `links`, the labels in the same order as `link_labels`.
    #[serde(flatten, serialize_with = "in_two_lists")]
    pub links: Vec<Link>,
    pub rank: i64,
    pub created_at: Timestamp,
    pub pronoun: Option<String>,
    pub avatar: Option<String>,
    pub presence: Presence,
}

fn in_two_lists<S: Serializer>(links: &[Link], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("links", &links.iter().map(|link| &link.value).collect::<Vec<_>>())?;
    map.serialize_entry("link_labels", &links.iter().map(|link| &link.label).collect::<Vec<_>>())?;
    map.end()
}

/// The presence that a user has set. Nox does not track who is online.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Presence {
    /// One of [`crate::domain::accounts::fields::STATUSES`].
    pub status: String,
    /// The text that the user has set beside the status.
    pub text: Option<String>,
}

/// A user's view of their own account.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Profile {
    #[serde(flatten)]
    pub public: PublicProfile,
    pub email: Option<String>,
    pub email_verified: bool,
    pub home: Option<String>,
    pub twofa_enabled: bool,
    pub factors: FactorStates,
    /// How many passkeys there are.
    pub passkeys: u32,
    /// What a login has to wait for.
    #[serde(flatten)]
    pub login: LoginConditions,
}

/// What a login of a user has to wait for, besides the password.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LoginConditions {
    /// Whether the account waits for the confirmation of its address.
    pub awaits_confirmation: bool,
    /// Whether a second factor is demanded.
    pub second_factor_demanded: bool,
    /// Until when the user may log in without the demanded one; `None` if the user has one, and
    /// while no login has begun the grace.
    pub second_factor_grace_until: Option<Timestamp>,
}

/// The second factors of a user.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FactorStates {
    /// Whether an authenticator app is on.
    pub totp: bool,
    /// Whether codes by mail are on.
    pub email: bool,
    /// Whether a passkey is a second factor.
    pub passkey: bool,
    /// The number of unused recovery codes.
    pub recovery_codes: u32,
}

/// Builds a user's view of their own account.
#[must_use]
pub(crate) fn profile(app: &App, user: &User, now: Timestamp) -> Profile {
    Profile {
        email: user.email.clone(),
        email_verified: user.email_verified,
        home: user.home.as_deref().map(|home| with_address(app, home)),
        twofa_enabled: user.has_second_factor(),
        factors: FactorStates {
            totp: user.has_totp,
            email: user.has_email_factor,
            passkey: user.has_passkey_factor,
            recovery_codes: user.recovery_codes,
        },
        passkeys: user.passkeys,
        login: conditions(app, user, now),
        public: view(app, user, now),
    }
}

fn conditions(app: &App, user: &User, now: Timestamp) -> LoginConditions {
    let config = &app.config;
    LoginConditions {
        awaits_confirmation: config.users.require_email && user.must_confirm_address(),
        second_factor_demanded: demand::is_demanded(config, user),
        second_factor_grace_until: match demand::of(config, user, now) {
            Demand::Grace(until) if user.factor_demanded_at.is_some() => Some(until),
            _ => None,
        },
    }
}

/// Builds the public view of a user. The status `invisible` is shown as `offline`.
#[must_use]
pub(crate) fn public_profile(app: &App, user: &User, now: Timestamp) -> PublicProfile {
    let mut profile = view(app, user, now);
    if profile.presence.status == "invisible" {
        profile.presence.status = "offline".into();
    }
    profile
}

fn view(app: &App, user: &User, now: Timestamp) -> PublicProfile {
    PublicProfile {
        tags: tags(app, user, now),
        thumbnail: shown_picture(app, user, PictureKind::Thumbnail),
        banner: shown_picture(app, user, PictureKind::Banner),
        id: user.id,
        username: user.username.clone(),
        display: user.display.clone(),
        server: app.config.server.address.as_str().into(),
        bio: user.bio.clone(),
        links: user.links.clone(),
        rank: user.rank,
        created_at: user.created_at,
        pronoun: user.pronoun.clone(),
        avatar: user.avatar.as_deref().map(|avatar| with_address(app, avatar)),
        presence: Presence {
            status: user.presence.as_deref().unwrap_or("online").into(),
            text: user.presence_text.clone(),
        },
    }
}

/// Writes out this server's address in a name, where clients abbreviate it as `::`.
fn with_address(app: &App, name: &str) -> String {
    match name.strip_suffix("@::") {
        Some(id) => format!("{id}@{}", app.config.server.address),
        None => name.into(),
    }
}

/// The URL at which others find a user's picture. For an uploaded picture, it contains a part of
/// the hash, so that caches do not show the one before.
fn shown_picture(app: &App, user: &User, kind: PictureKind) -> Option<String> {
    let url = picture_url(app, user.id, kind);
    let version = match user.picture(kind)? {
        PictureRef::Uploaded(sha256) => sha256.get(..16),
        PictureRef::Url(_) => None,
    };
    Some(version.map_or_else(|| url.clone(), |digits| format!("{url}?t={digits}")))
}

/// Whether `url` leads to this picture of this user, in any spelling of the user and of the path. A
/// picture that is set to its own URL would redirect to itself without end.
pub(crate) fn is_picture_url(app: &App, user: &User, kind: PictureKind, url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let Ok(own) = Url::parse(app.config.server.public_url.as_str()) else { return false };
    let path = ["/api/v2/api/users/", "/api/v2/users/", "/api/users/"]
        .into_iter()
        .find_map(|prefix| url.path().strip_prefix(prefix)?.strip_suffix(kind.as_str()));
    let Some(selector) = path.and_then(|path| path.strip_suffix('/')) else { return false };
    let selector = percent_decode_str(selector).decode_utf8_lossy();
    let names_user = match Selector::parse(&selector, app.config.server.address.as_str()) {
        Some(Selector::Me) => true,
        Some(Selector::User(Identifier::Id(id))) => id == user.id,
        Some(Selector::User(Identifier::Username(name))) => name == user.username,
        Some(Selector::User(Identifier::Email(_))) | None => false,
    };
    names_user && url.host_str() == own.host_str() && url.port() == own.port()
}

/// The URL of a user's picture on this server. It redirects where the picture is elsewhere.
pub(crate) fn picture_url(app: &App, user: UserId, kind: PictureKind) -> String {
    format!("{}/api/users/{user}/{}", app.config.server.public_url, kind.as_str())
}
