//! What an account loses, or has otherwise than before.

/// One thing that an account loses, or has otherwise than before. It holds neither a secret nor an
/// address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Loss {
    pub kind: LossKind,
    /// What exactly, fit for a terminal; empty where the kind says it all.
    pub what: String,
}

impl Loss {
    pub(crate) fn new(kind: LossKind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into() }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal $text:literal,)*) => {
        /// The kinds of losses, in the order of a report.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum LossKind { $($(#[$doc])* $kind,)* }

        impl LossKind {
            /// Its name for programs.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            /// What it means, for a person.
            pub(crate) const fn text(self) -> &'static str {
                match self { $(Self::$kind => $text,)* }
            }
        }
    };
}

kinds! {
    Renamed "renamed" "username changed",
    NoPassword "no_password" "no password: it had none; nox user passwd gives it one",
    PasswordSkipped "password_skipped"
        "no password, by --skip-passwords; nox user passwd gives it one",
    MailFactor "mail_factor"
        "codes by mail are off, since no mail can be sent; the other factor stays",
    OnlyFactor "only_factor" "no second factor any more, by --without-mail-factor",
    Passkey "passkey" "passkey left out",
    Address "address" "email address dropped, since it is none",
    SharedAddress "shared_address" "email address dropped, since another account keeps it",
    OwnAdmin "own_admin" "self-given tag usr:admin dropped; not an administrator here",
    OtherAdmin "other_admin" "tag kept, without the rights of an administrator",
    Tag "tag" "tag dropped",
    Suspended "suspended" "suspended here; the old server let it log in",
    SuspensionOver "suspension_over" "suspension dropped, since it is over",
    SuspensionUnclear "suspension_unclear" "ban of a form that the old server did not write",
    Rank "rank" "rank changed to a whole number",
    Display "display" "display name changed",
    Picture "picture" "picture left out",
    Link "link" "link dropped, since it is no http or https URL",
    LinkLabel "link_label" "label of a link shortened",
    ManyLinks "many_links" "more than 10 links; all are kept until they are edited",
    Bio "bio" "description shortened",
    Home "home" "home dropped",
    Avatar "avatar" "avatar dropped",
    Pronoun "pronoun" "pronouns shortened",
    Presence "presence" "presence changed",
    Relay "relay" "relay left out",
}
