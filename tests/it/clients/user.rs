//! Users and their sessions: one object serves every generation, so that each reads it whole.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::ADDRESS;
use super::values::{Base64, Digits, Millis, Nullable};

/// The public view of a user, with links as the dialect writes them.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct PublicUser<L> {
    pub id: u32,
    pub username: String,
    pub display: String,
    pub server: String,
    pub tags: Vec<String>,
    pub bio: Nullable<String>,
    pub thumbnail: Nullable<String>,
    pub banner: Nullable<String>,
    pub links: Vec<L>,
    pub rank: i64,
    pub relations: (),
    pub created_at: Millis,
    pub pronoun: Nullable<String>,
    pub avatar: Nullable<String>,
    /// Unity of 2026 decodes it at every login, profile and search.
    pub public: Base64,
    pub presence: Presence,
    /// The value of the key `uid`, without which a profile shows no identifier.
    #[serde(rename = "alias", deserialize_with = "uid")]
    pub uid: String,
    pub followers: u32,
    pub following: u32,
}

/// A user as they see themselves.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct OwnUser<L> {
    #[serde(flatten)]
    pub public: PublicUser<L>,
    pub email: Nullable<String>,
    pub email_verified: bool,
    pub home: Nullable<String>,
    pub twofa_enabled: bool,
    pub methods: States,
}

/// The answer to the upload of a picture.
#[derive(Debug, Deserialize)]
pub struct Pictured<L> {
    #[serde(flatten)]
    pub user: OwnUser<L>,
    pub url: String,
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Presence {
    pub status: String,
    pub text: Nullable<String>,
    pub locations: Vec<String>,
}

/// The states of the methods; all of them are strings.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct States {
    pub totp: Switch,
    pub email: Address,
    pub recovery_codes: Digits,
    pub passkey: Switch,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    Enabled,
    Disabled,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Address {
    Verified,
    Unverified,
    Disabled,
}

/// A link in the dialect of names.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Link {
    pub label: String,
    pub value: String,
}

impl Link {
    pub fn new(label: &str, value: &str) -> Self {
        Self { label: label.into(), value: value.into() }
    }

    /// Those of `ada`: one without a label shows its URL.
    pub fn of_ada() -> [Self; 2] {
        let plain = "https://ada.example/";
        [Self::new(plain, plain), Self::new("Blog", "https://blog.example/")]
    }
}

/// The links of `ada` in the dialect of numbers.
pub const LINKS: [&str; 2] = ["https://ada.example/", "https://blog.example/"];

impl<L> PublicUser<L> {
    /// Checks who it is.
    #[track_caller]
    pub fn is(&self, id: u32, name: &str) {
        assert_eq!((self.id, self.username.as_str(), self.server.as_str()), (id, name, ADDRESS));
        assert_eq!(self.uid, format!("u:{id}@{ADDRESS}"));
    }
}

impl<L> OwnUser<L> {
    /// The same for oneself.
    #[track_caller]
    pub fn is(&self, id: u32, name: &str) {
        self.public.is(id, name);
    }
}

fn uid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    struct Alias {
        key: String,
        value: String,
    }
    let aliases = Vec::<Alias>::deserialize(deserializer)?;
    let uid = aliases.into_iter().find(|alias| alias.key == "uid");
    uid.map(|alias| alias.value).ok_or_else(|| D::Error::custom("no alias is a uid"))
}

/// What a login or a registration gives to programs that keep the token themselves.
#[derive(Debug, Deserialize)]
pub struct Session<L> {
    pub token: String,
    pub expires: Millis,
    pub created_at: Millis,
    pub user: OwnUser<L>,
}

impl<L> Session<L> {
    /// What they then send as `Authorization`.
    #[track_caller]
    pub fn bearer(&self) -> String {
        assert!(self.expires > self.created_at && !self.token.is_empty());
        format!("Bearer {}", self.token)
    }
}
