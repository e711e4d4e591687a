//! The user object, which clients of every generation read (contract, clients.md 3).

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::dialect::Dialect;
use crate::domain::accounts::UserId;
use crate::domain::accounts::profile::{Link, Presence, Profile, PublicProfile};
use crate::domain::pictures::PictureKind;
use crate::time::Timestamp;

/// A user as others see them.
#[derive(Clone, Serialize, ToSchema)]
pub(super) struct PublicUser {
    #[schema(value_type = i64, minimum = 1, maximum = 4_294_967_295_i64)]
    id: UserId,
    username: String,
    display: String,
    /// The address of the server that the user belongs to.
    server: String,
    tags: Vec<String>,
    bio: Option<String>,
    thumbnail: Option<String>,
    banner: Option<String>,
    #[schema(value_type = Vec<LinkText>)]
    links: Vec<WrittenLink>,
    rank: i64,
    /// Always `null`: this server keeps no relations.
    relations: Option<String>,
    #[schema(value_type = i64)]
    created_at: Timestamp,
    pronoun: Option<String>,
    avatar: Option<String>,
    /// Base64 of the user's key: empty, since this server gives users none. Clients cannot read
    /// `null`.
    public: &'static str,
    presence: WrittenPresence,
    #[schema(value_type = Vec<Alias>)]
    alias: [Alias; 1],
    followers: u32,
    following: u32,
}

/// A user as they see themselves.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct OwnUser {
    #[serde(flatten)]
    public: PublicUser,
    email: Option<String>,
    email_verified: bool,
    home: Option<String>,
    twofa_enabled: bool,
    methods: MethodStates,
}

/// A user, in the view that the caller may see.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum AnyUser {
    Own(Box<OwnUser>),
    Public(Box<PublicUser>),
}

/// A link as the dialect writes it: the URL, or the URL with its label.
#[derive(Clone)]
struct WrittenLink {
    link: Link,
    has_label: bool,
}

/// A URL; the other dialect has objects of a label and a value.
#[derive(ToSchema)]
#[schema(as = Link)]
#[expect(dead_code, reason = "it only describes the wire")]
struct LinkText(String);

#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Presence)]
struct WrittenPresence {
    status: String,
    text: Option<String>,
    /// Always empty: this server keeps no worlds.
    locations: Vec<String>,
}

/// Another name for a user.
#[derive(Clone, Serialize, ToSchema)]
struct Alias {
    key: &'static str,
    value: String,
}

/// The state of each method, each a string.
#[derive(Serialize, ToSchema)]
struct MethodStates {
    /// `enabled` or `disabled`.
    totp: &'static str,
    /// The state of the address: `verified`, `unverified` or `disabled`.
    email: &'static str,
    /// The number of unused codes, in digits.
    recovery_codes: String,
    /// `enabled` where there is a passkey, and else `disabled`.
    passkey: &'static str,
}

impl PublicUser {
    pub(super) fn new(profile: PublicProfile, dialect: Dialect) -> Self {
        let Presence { status, text } = profile.presence;
        let link = |link| WrittenLink { link, has_label: dialect.has_labels() };
        Self {
            alias: [Alias { key: "uid", value: format!("u:{}@{}", profile.id, profile.server) }],
            id: profile.id,
            username: profile.username,
            display: profile.display,
            server: profile.server,
            tags: profile.tags,
            bio: profile.bio,
            thumbnail: profile.thumbnail,
            banner: profile.banner,
            links: profile.links.into_iter().map(link).collect(),
            rank: profile.rank,
            relations: None,
            created_at: profile.created_at,
            pronoun: profile.pronoun,
            avatar: profile.avatar,
            public: "",
            presence: WrittenPresence { status, text, locations: Vec::new() },
            followers: 0,
            following: 0,
        }
    }
}

impl OwnUser {
    pub(super) fn new(profile: Profile, dialect: Dialect) -> Self {
        let address = match (&profile.email, profile.email_verified) {
            (None, _) => "disabled",
            (Some(_), false) => "unverified",
            (Some(_), true) => "verified",
        };
        Self {
            email: profile.email,
            email_verified: profile.email_verified,
            home: profile.home,
            twofa_enabled: profile.twofa_enabled,
            methods: MethodStates {
                totp: if profile.factors.totp { "enabled" } else { "disabled" },
                email: address,
                recovery_codes: profile.factors.recovery_codes.to_string(),
                passkey: if profile.passkeys > 0 { "enabled" } else { "disabled" },
            },
            public: PublicUser::new(profile.public, dialect),
        }
    }

    /// The URL of one of the user's pictures, for the answer to its upload.
    pub(super) fn picture(&self, kind: PictureKind) -> Option<String> {
        match kind {
            PictureKind::Thumbnail => self.public.thumbnail.clone(),
            PictureKind::Banner => self.public.banner.clone(),
        }
    }
}

impl Serialize for WrittenLink {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Labelled<'a> {
            label: &'a str,
            value: &'a str,
        }
        let Link { label, value } = &self.link;
        if self.has_label {
            Labelled { label: label.as_ref().unwrap_or(value), value }.serialize(serializer)
        } else {
            value.serialize(serializer)
        }
    }
}
