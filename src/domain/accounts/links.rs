//! The links of a profile.

use crate::domain::accounts::fields::{is_text, is_url};
use crate::error::{AccountField, Error, Result};
use crate::storage::users::Link;

/// As many as a user may have.
pub const MOST: usize = 10;
const LONGEST_LABEL: usize = 32;
const RULE: &str =
    "must be at most 10 http or https URLs of at most 2048 characters, with labels of at most 32";

/// A link that keeps the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLink(Link);

impl NewLink {
    /// Takes a URL and its label. A label that is blank, or that only repeats the URL, counts as
    /// none.
    ///
    /// # Errors
    /// [`Error::InvalidAccountField`] where either breaks its rule.
    pub fn parse(SentLink { label, value }: SentLink) -> Result<Self> {
        let label = label.filter(|label| !label.trim().is_empty() && *label != value);
        // A link is stored as one line.
        let is_label =
            |label: &String| is_text(label, 1, LONGEST_LABEL) && !label.contains(char::is_control);
        if is_url(&value) && label.as_ref().is_none_or(is_label) {
            Ok(Self(Link { label, value }))
        } else {
            Err(Error::invalid_account(AccountField::Links, RULE))
        }
    }

    pub(crate) fn into_link(self) -> Link {
        self.0
    }
}

/// A link as somebody sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentLink {
    /// What it is called.
    pub label: Option<String>,
    /// The URL.
    pub value: String,
}

/// Takes the links of a user: at most ten.
///
/// # Errors
/// [`Error::InvalidAccountField`] where there are more, or one is none.
pub fn links(items: Vec<SentLink>) -> Result<Vec<NewLink>> {
    if items.len() > MOST {
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
        NewLink::parse(sent(Some(label), URL)).map(|link| link.into_link().label)
    }

    #[test]
    fn a_label_is_kept_unless_it_says_nothing() {
        assert_eq!(label("My page").unwrap().as_deref(), Some("My page"));
        assert_eq!(label(&"ä".repeat(32)).unwrap(), Some("ä".repeat(32)));
        for nothing in ["", "  ", URL] {
            assert_eq!(label(nothing).unwrap(), None, "{nothing:?}");
        }
        let long = format!("{URL}{}", "x".repeat(2000));
        assert!(NewLink::parse(sent(Some(&long), &long)).is_ok_and(|link| link.0.label.is_none()));
        for wrong in [&"a".repeat(33), "two\nlines", "a\u{1b}[31m", "a\rb", "\0"] {
            assert!(label(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn there_are_at_most_ten() {
        let count = |count: usize| links(vec![sent(None, URL); count]).is_ok();
        assert!(count(0) && count(10) && !count(11));
        assert!(links(vec![sent(None, "javascript:alert(1)")]).is_err());
    }
}
