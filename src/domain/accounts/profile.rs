//! How a user is shown: to everybody, and to themselves.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use url::Url;

use crate::domain::App;
use crate::domain::accounts::tags::tags;
use crate::storage::pictures::PictureKind;
pub(crate) use crate::storage::users::Link;
use crate::storage::users::{User, UserId};
use crate::time::Timestamp;

/// A user as everybody sees them.
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
    /// Their URLs, as `links`, and their labels in the same order, as `link_labels`.
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

/// What a user says of being there. Nox does not follow where its users are.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Presence {
    /// One of [`crate::domain::accounts::fields::STATUSES`].
    pub status: String,
    /// A few words beside it.
    pub text: Option<String>,
}

/// A user as they see themselves.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Profile {
    #[serde(flatten)]
    pub public: PublicProfile,
    pub email: Option<String>,
    pub email_verified: bool,
    pub home: Option<String>,
    pub twofa_enabled: bool,
    pub factors: FactorStates,
}

/// Which second factors are on.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FactorStates {
    /// An authenticator app.
    pub totp: bool,
    /// Codes by mail.
    pub email: bool,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
}

/// How a user sees themselves.
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
            recovery_codes: user.recovery_codes,
        },
        public: view(app, user, now),
    }
}

/// How everybody sees a user: who is invisible looks as if they were away.
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
        thumbnail: user
            .thumbnail
            .as_deref()
            .map(|stored| shown_picture(app, user.id, PictureKind::Thumbnail, stored)),
        banner: user
            .banner
            .as_deref()
            .map(|stored| shown_picture(app, user.id, PictureKind::Banner, stored)),
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

/// The name of a thing with this server's address, for which clients write `::`.
fn with_address(app: &App, name: &str) -> String {
    match name.strip_suffix("@::") {
        Some(id) => format!("{id}@{}", app.config.server.address),
        None => name.into(),
    }
}

/// Where others find a picture. An uploaded one has a part of its hash in the URL, so that a new
/// one is seen at once.
fn shown_picture(app: &App, user: UserId, kind: PictureKind, stored: &str) -> String {
    let url = picture_url(app, user, kind);
    match stored.get(..16) {
        Some(digits) if !is_url(stored) => format!("{url}?t={digits}"),
        _ => url,
    }
}

/// Whether a URL leads to that picture, in whatever spelling: to it, the picture would be
/// redirected for ever.
pub(crate) fn is_picture_url(app: &App, user: UserId, kind: PictureKind, url: &str) -> bool {
    let (Ok(url), Ok(own)) = (Url::parse(url), Url::parse(&picture_url(app, user, kind))) else {
        return false;
    };
    let is_below = ["/api", "/api/v2", "/api/v2/api"].iter().any(|prefix| {
        url.path()
            .strip_prefix(prefix)
            .is_some_and(|rest| Some(rest) == own.path().strip_prefix("/api"))
    });
    url.origin() == own.origin() && is_below
}

/// Whether a picture's column holds a URL; otherwise it holds the SHA-256 of an uploaded one.
pub(crate) fn is_url(stored: &str) -> bool {
    stored.contains(':')
}

/// Where a user's picture is found, whether it lies here or elsewhere.
pub(crate) fn picture_url(app: &App, user: UserId, kind: PictureKind) -> String {
    format!("{}/api/users/{user}/{}", app.config.server.public_url, kind.as_str())
}
