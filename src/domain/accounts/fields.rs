//! The rules of an account's fields. Each field has a type, and a value of that type can only be
//! made from a text that follows the rule.

use url::Url;

use crate::domain::mail::can_reach;
use crate::error::{AccountField, Error, Result};
use crate::normalization::{address, line, nfc, url};

macro_rules! field {
    ($(#[$doc:meta])* $name:ident, $field:ident, $holds:expr, $rule:literal) => {
        field!($(#[$doc])* $name, $field, $holds, $rule, str::to_owned);
    };
    ($(#[$doc:meta])* $name:ident, $field:ident, $holds:expr, $rule:literal, $normalize:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// Brings a text into the form in which it is stored, and checks it against the rule of
            /// this field.
            ///
            /// # Errors
            /// [`Error::InvalidAccountField`] if the text breaks the rule.
            pub fn parse(text: String) -> Result<Self> {
                let normalize: fn(&str) -> String = $normalize;
                let holds: fn(&str) -> bool = $holds;
                let text = normalize(&text);
                if holds(&text) {
                    Ok(Self(text))
                } else {
                    Err(Error::invalid_account(AccountField::$field, $rule))
                }
            }

            pub(crate) fn into_text(self) -> String {
                self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

pub(crate) use field;

field!(
    /// A username.
    Username, Username, is_username, "must be 3 to 16 characters from a-z, 0-9, _, . and -, and \
        not digits alone"
);
field!(
    /// A display name.
    Display, Display, is_display, "must be 1 to 50 characters long, without control characters or \
        outer spaces", line
);
field!(
    /// An email address.
    Email, Email, is_email, "must be an address of at most 320 characters", address::clean
);
field!(
    /// A user's description of themselves.
    Bio, Bio, |text| is_text(text, 0, 4096), "must be at most 4096 characters long", |text| {
        nfc(text).into_owned()
    }
);
field!(
    /// A user's home world: `<id>@<server>`, where `::` stands for this server.
    Home, Home, |text| is_text(text, 1, 100), "must be 1 to 100 characters long", line
);
field!(
    /// The URL of the small picture beside the name.
    ThumbnailUrl, Thumbnail, is_url, "must be an http or https URL of at most 2048 characters", url
);
field!(
    /// The URL of the wide picture behind the name.
    BannerUrl, Banner, is_url, "must be an http or https URL of at most 2048 characters", url
);
field!(
    /// A user's pronouns.
    Pronoun, Pronoun, |text| is_text(text, 1, 32), "must be at most 32 characters long", line
);
field!(
    /// The id of an avatar: `<id>@<server>`, where `::` stands for this server.
    Avatar, Avatar, |text| is_text(text, 1, 100), "must be 1 to 100 characters long", line
);
field!(
    /// A presence status: one of [`STATUSES`].
    Status, Presence, |text| STATUSES.contains(&text),
    "must be online, busy, dnd, oja, ojf, stream, offline, idle or invisible"
);
field!(
    /// A text beside the presence status.
    PresenceText, PresenceText, |text| is_text(text, 1, 128), "must be at most 128 characters \
        long", line
);
impl Email {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks that mail can be sent to a new address. Addresses that are stored already are not
    /// checked: they still name their users.
    ///
    /// # Errors
    /// [`Error::InvalidAccountField`].
    pub(crate) fn check_reachable(&self) -> Result<()> {
        let rule = "must be an address that mail can be sent to, such as ada@example.org";
        if can_reach(&self.0) {
            Ok(())
        } else {
            Err(Error::invalid_account(AccountField::Email, rule))
        }
    }
}

/// The presence statuses that clients know. The last four are synonyms in other clients.
pub const STATUSES: [&str; 13] = [
    "online",
    "busy",
    "dnd",
    "oja",
    "ojf",
    "stream",
    "offline",
    "idle",
    "invisible",
    "events",
    "public",
    "online_join",
    "do_not_disturb",
];

/// The new value of a field that may be empty.
#[derive(Clone)]
pub enum Clearable<T> {
    /// The field becomes empty.
    Cleared,
    /// The field gets this value.
    Holds(T),
}

impl<T> Clearable<T> {
    /// Reads a text. An empty text clears the field.
    ///
    /// # Errors
    /// The errors of `parse`.
    pub fn parse(text: String, parse: fn(String) -> Result<T>) -> Result<Self> {
        if text.is_empty() { Ok(Self::Cleared) } else { parse(text).map(Self::Holds) }
    }

    /// The new content of the field, as a text.
    pub(crate) fn into_text(self, into_text: fn(T) -> String) -> Option<String> {
        match self {
            Self::Cleared => None,
            Self::Holds(value) => Some(into_text(value)),
        }
    }
}

fn is_username(name: &str) -> bool {
    let is_allowed = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-');
    (3..=16).contains(&name.len())
        && name.bytes().all(is_allowed)
        && !name.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_display(name: &str) -> bool {
    let breaks_line =
        |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    is_text(name, 1, 50) && !name.contains(breaks_line) && name.trim() == name
}

fn is_email(address: &str) -> bool {
    let is_blank = |letter: char| letter.is_whitespace() || letter.is_control();
    let has_both_parts =
        address.rsplit_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty());
    has_both_parts && is_text(address, 3, 320) && !address.contains(is_blank)
}

pub(crate) fn is_url(text: &str) -> bool {
    let is_web = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    let is_blank = |letter: char| letter.is_whitespace() || letter.is_control();
    is_web && is_text(text, 1, 2048) && !text.contains(is_blank)
}

pub(crate) fn is_text(text: &str, shortest: usize, longest: usize) -> bool {
    !text.contains('\0') && (shortest..=longest).contains(&text.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn username_accepts_only_its_characters_and_lengths() {
        let is = |name: &str| Username::parse(name.into()).is_ok();
        assert!(is("abc") && is("a.b-c_1") && is(&"a".repeat(16)) && is("12a"));
        for name in ["ab", "123", "Abc", "a b", "adä", "ad/a", "", &"a".repeat(17)] {
            assert!(!is(name), "{name}");
        }
    }

    #[test]
    fn display_name_refuses_blank_control_and_overlong_text() {
        let is = |name: &str| Display::parse(name.into()).is_ok();
        assert!(is("Ada Lovelace") && is(&"ä".repeat(50)) && is("🌙") && is("a"));
        for name in [" ", " Ada", "A\u{1b}[31m", "", "a\u{2028}b", "\u{2800}", &"a".repeat(51)] {
            assert!(!is(name), "{name}");
        }
    }

    #[test]
    fn url_accepts_only_http_and_https() {
        let is = |url: &str| BannerUrl::parse(url.into()).is_ok();
        assert!(is("https://a.example/x?y#z") && is("http://a.example"));
        for url in [
            "",
            "a.example",
            "javascript:alert(1)",
            "data:,x",
            "file:///etc",
            "https://",
            "https://a b",
            "https://a\nb",
        ] {
            assert!(!is(url), "{url}");
        }
        assert!(!is(&format!("https://a.example/{}", "x".repeat(2048))));
    }

    #[test]
    fn email_needs_text_on_both_sides_of_the_at_sign() {
        let is = |address: &str| Email::parse(address.into()).is_ok();
        assert!(is("ada@example.org") && is("\"odd@one\"@example.org"));
        for address in [
            "",
            "@",
            "ada@",
            "@example.org",
            "ada",
            "a b@example.org",
            &format!("{}@a", "a".repeat(320)),
        ] {
            assert!(!is(address), "{address}");
        }
    }

    proptest! {
        #[test]
        fn field_that_accepts_a_text_follows_its_rule(
            text in concat!(
                ".*|[a-zA-Z0-9_.-]{2,18}|https?:(//)?[a-z0-9.:@/\\\\? \\t\u{202e}-]{1,20}",
                "| ?\\PC{2,33} ?",
            )
        ) {
            let plain = |text: &str| !text.contains(char::is_control) && text.trim() == text;
            if Username::parse(text.clone()).is_ok() {
                let number = text.parse::<u128>().is_ok();
                prop_assert!(!number && (3..=16).contains(&text.len()));
                prop_assert!(text.bytes().all(|letter| letter.is_ascii_graphic()));
                prop_assert_eq!(text.to_lowercase(), text.clone());
            }
            if let Ok(Display(stored)) = Display::parse(text.clone()) {
                prop_assert!(plain(&stored) && (1..=50).contains(&stored.chars().count()));
            }
            if let Ok(Email(stored)) = Email::parse(text.clone()) {
                prop_assert!(plain(&stored) && stored.contains('@'));
            }
            if let Ok(BannerUrl(stored)) = BannerUrl::parse(text.clone()) {
                // A browser resolves the link against the URL of the page.
                let page = Url::parse("https://nox.example/account").unwrap();
                let url = page.join(&stored).unwrap();
                prop_assert!(plain(&stored) && url.has_host());
                prop_assert!(matches!(url.scheme(), "http" | "https"));
            }
        }
    }
}
