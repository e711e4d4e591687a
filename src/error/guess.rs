//! Why a new password is easy to guess.

/// What a refused password is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// One of the most common passwords.
    Common,
    /// One character, repeated.
    OneCharacter,
    /// The account's username.
    Username,
    /// The account's display name.
    Display,
    /// The account's email address, or the part of it before the `@`.
    Email,
    /// The title or the address of the instance.
    Title,
}

impl Guess {
    /// A clause that says what is expected instead.
    pub(crate) const fn rule(self) -> &'static str {
        match self {
            Self::Common => "must not be one of the most common passwords",
            Self::OneCharacter => "must not be one character repeated",
            Self::Username => "must not be the username, alone or with digits around it",
            Self::Display => "must not be the display name, alone or with digits around it",
            Self::Email => {
                "must not be the email address or its part before the @, alone or with \
                digits around it"
            }
            Self::Title => {
                "must not be the title or the address of this server, alone or with digits \
                around it"
            }
        }
    }
}
