//! The tables that are imported, and their columns that are used.

/// A table that is imported. Its name differs between the generations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::domain::import) enum Table {
    Users,
    /// Only newer databases of the second generation have it.
    Passkeys,
    /// The tokens of relays of the first generation.
    RelayTokens,
}

impl Table {
    /// The table with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "User" | "users" => Self::Users,
            "passkeys" => Self::Passkeys,
            "Badger" | "badgers" => Self::RelayTokens,
            _ => return None,
        })
    }

    /// The columns that are used. Those that must be there come first.
    pub(super) const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Users => &[
                "id",
                "username",
                "display",
                "bio",
                "email",
                "password",
                "rank",
                "tags",
                "thumbnail",
                "banner",
                "links",
                "blacklisted",
                "home_ref",
                "twofa_enabled",
                "twofa_secret",
                "created_at",
                // The first generation has this one since June 2025.
                "email_verified",
                "pronoun",
                "avatar_ref",
                "presence",
                "presence_status",
            ],
            Self::Passkeys => &[
                "user_id",
                "credential_id",
                "public_key",
                "counter",
                "created_at",
                "id",
                "transports",
                "discoverable",
                "device_type",
                "backed_up",
                "aaguid",
                "name",
                "last_used_at",
            ],
            Self::RelayTokens => &["token", "relay_id", "id", "created_at"],
        }
    }

    /// The columns that must be there.
    pub(super) fn required(self, has_verified: bool) -> &'static [&'static str] {
        let count = match self {
            Self::Users => 16 + usize::from(has_verified),
            Self::Passkeys => 5,
            Self::RelayTokens => 2,
        };
        &self.columns()[..count]
    }
}
