//! What exists already and can exist only once.

/// A unique property that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Another user has the username.
    Username,
    /// Another user has the email address.
    Email,
    /// The account has an authenticator app.
    App,
    /// There is a passkey with the id of the credential.
    Passkey,
    /// Another relay has the name.
    RelayName,
}

impl Taken {
    /// What exists, as a noun.
    pub(super) const fn what(self) -> &'static str {
        match self {
            Self::Username | Self::Email => "User",
            Self::App => "An authenticator app",
            Self::Passkey => "Passkey",
            Self::RelayName => "Relay",
        }
    }

    /// The property, such as `this username`.
    pub(crate) const fn with(self) -> &'static str {
        match self {
            Self::Username => "this username",
            Self::Email => "this email",
            Self::App => "this account",
            Self::Passkey => "this id",
            Self::RelayName => "this name",
        }
    }
}
