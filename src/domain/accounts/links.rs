//! The links of a profile.

use crate::domain::accounts::fields::{is_text, is_url};
use crate::error::{AccountField, Error, Result};
use crate::normalization::{line, url};
use crate::storage::users::Link;

/// The maximum number of links of a user.
pub const MAX_LINKS: usize = 10;
const MAX_LABEL: usize = 32;
const RULE: &str =
    "must be at most 10 http or https URLs of at most 2048 characters, with labels of at most 32";

/// A link that follows the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLink {
    link: Link,
    /// Whether the label that is stored for this URL stays.
    keeps_label: bool,
}

impl NewLink {
    /// Checks a URL and its label. A label that is blank, or that only repeats the URL, is dropped.
    /// A URL without a label keeps the label that is stored for it.
    ///
    /// # Errors
    /// [`Error::InvalidAccountField`] if the URL or the label breaks its rule.
    pub fn parse(SentLink { label, value }: SentLink) -> Result<Self> {
        let keeps_label = label.is_none();
        let value = url(&value);
        let label = label.filter(|label| *label != value).map(|label| line(&label));
        let label = label.filter(|label| !label.trim().is_empty());
        // Storage writes a link as one line, so a label must not contain a line break.
        let is_label =
            |label: &String| is_text(label, 1, MAX_LABEL) && !label.contains(char::is_control);
        if is_url(&value) && label.as_ref().is_none_or(is_label) {
            Ok(Self { link: Link { label, value }, keeps_label })
        } else {
            Err(Error::invalid_account(AccountField::Links, RULE))
        }
    }

    /// The link to store in place of the stored ones.
    pub(crate) fn into_link(self, stored: &[Link]) -> Link {
        let Self { mut link, keeps_label } = self;
        if keeps_label {
            let known = stored.iter().find(|known| known.value == link.value);
            link.label = known.and_then(|known| known.label.clone());
        }
        link
    }
}

/// A link as a client sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentLink {
    /// The text that is shown for the link; empty for none, and `None` where the client cannot say.
    pub label: Option<String>,
    /// The URL of the link.
    pub value: String,
}

/// Checks the links of a user.
///
/// # Errors
/// [`Error::InvalidAccountField`] for more than ten links, or for a link that breaks a rule.
pub fn links(items: Vec<SentLink>) -> Result<Vec<NewLink>> {
    if items.len() > MAX_LINKS {
        return Err(Error::invalid_account(AccountField::Links, RULE));
    }
    items.into_iter().map(NewLink::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://a.example/";

    fn sent(label: Option<&str>, value: &str) -> SentLink {
        SentLink { label: label.map(Into::into), value: value.into() }
    }

    fn label(label: &str) -> Result<Option<String>> {
        NewLink::parse(sent(Some(label), URL)).map(|link| link.into_link(&[]).label)
    }

    #[test]
    fn label_that_is_blank_or_the_url_is_dropped() {
        assert_eq!(label("My page").unwrap().as_deref(), Some("My page"));
        assert_eq!(label(&"ä".repeat(32)).unwrap(), Some("ä".repeat(32)));
        for nothing in ["", "  ", URL] {
            assert_eq!(label(nothing).unwrap(), None, "{nothing:?}");
        }
        let long = format!("{URL}{}", "x".repeat(2000));
        assert!(
            NewLink::parse(sent(Some(&long), &long)).is_ok_and(|link| link.link.label.is_none())
        );
        for wrong in [&"a".repeat(33), "two\nlines", "a\u{1b}[31m", "a\rb", "\0"] {
            assert!(label(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn eleventh_link_is_refused() {
        let count = |count: usize| links(vec![sent(None, URL); count]).is_ok();
        assert!(count(0) && count(10) && !count(11));
        assert!(links(vec![sent(None, "javascript:alert(1)")]).is_err());
        let copied = format!(" {URL}p\u{200b}\r\n");
        let link = NewLink::parse(sent(Some("a\u{202e}b"), &copied)).unwrap().into_link(&[]);
        assert_eq!((link.value, link.label.as_deref()), (format!("{URL}p"), Some("ab")));
    }
}
