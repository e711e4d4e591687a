//! What is wrong with a passkey.

/// Why a passkey is refused. A stranger is not told whose it is, nor what of it is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyFault {
    /// It is not in the form in which browsers write it.
    Malformed,
    /// No account has it.
    Unknown,
    /// An account has it, and what was signed is not what was asked for. Only the page of a browser
    /// that is to forget an unknown one is told the difference.
    Wrong,
    /// It is the one of another account than the one that was typed.
    OtherAccount,
    /// A new one is not of the kind, the domain or the page that was asked for.
    Unfit,
    /// A new one would be one too many.
    TooMany,
    /// There is none, and there must be one.
    Missing,
    /// Its name is too long, or not one line.
    BadName,
}

impl PasskeyFault {
    /// The field that it came in.
    pub(super) const fn field(self) -> &'static str {
        match self {
            Self::OtherAccount => "identifier",
            Self::Missing => "passkey",
            Self::BadName => "name",
            Self::Malformed | Self::Unknown | Self::Wrong | Self::Unfit | Self::TooMany => {
                "credential"
            }
        }
    }

    /// A clause that says what is expected.
    pub(super) const fn rule(self) -> &'static str {
        match self {
            Self::Malformed => "must be what the browser answers to the options",
            Self::Unknown | Self::Wrong => "is not one of this server",
            Self::OtherAccount => "must be the account of the passkey",
            Self::Unfit => "does not fit this server",
            Self::TooMany => "must be one of at most 20",
            Self::Missing => "must be added first",
            Self::BadName => "must be 1 to 64 characters in one line",
        }
    }
}
