//! The fields of an account.

/// A field of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the API")]
pub enum AccountField {
    Username,
    Display,
    Email,
    Password,
    Bio,
    Pronoun,
    Avatar,
    Presence,
    PresenceText,
    Thumbnail,
    Banner,
    Links,
    Home,
    Tags,
}

impl AccountField {
    /// The name of the field in the API.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Display => "display",
            Self::Email => "email",
            Self::Password => "password",
            Self::Bio => "bio",
            Self::Pronoun => "pronoun",
            Self::Avatar => "avatar",
            Self::Presence => "presence",
            Self::PresenceText => "presence_status",
            Self::Thumbnail => "thumbnail",
            Self::Banner => "banner",
            Self::Links => "links",
            Self::Home => "home",
            Self::Tags => "tags",
        }
    }
}
