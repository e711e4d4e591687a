//! Tags of users. Some are stored; others are derived from the account or the configuration. Which
//! of them give rights is in [`super::rights`].

use crate::domain::App;
use crate::domain::accounts::fields::field;
use crate::error::{AccountField, Error, Result};
use crate::storage::users::User;
use crate::time::Timestamp;

field!(
    /// A tag that users give themselves. It never gives a right.
    OwnTag, Tags, |tag| tag.strip_prefix("usr:").is_some_and(is_tag_name), "must be at most 50 of \
        usr: and a-z, 0-9, _"
);
field!(
    /// A tag that an operator gives to a user.
    GivenTag, Tags, is_given_tag,
    "must be a-z, 0-9 and _, with or without a prefix; sys:admin is given by nox user set NAME \
        --admin true, sys:blacklisted by nox user disable, sys:unverified by --rank 0, and dft: \
        tags by users.default_tags"
);

/// Reads the tags that users give themselves, at most fifty. Clients send back every tag that they
/// were shown, so tags in `shown` that users may not set are skipped.
///
/// # Errors
/// [`Error::InvalidAccountField`] for more than fifty tags, or for a tag that breaks its rule.
pub fn own_tags(texts: Vec<String>, shown: &[String]) -> Result<Vec<OwnTag>> {
    let is_own = |text: &String| text.starts_with("usr:") || !shown.contains(text);
    let texts: Vec<String> = texts.into_iter().filter(is_own).collect();
    if texts.len() > 50 {
        // The rule's text names the limit too, and an empty tag is refused with that text.
        OwnTag::parse(String::new())?;
    }
    texts.into_iter().map(OwnTag::parse).collect()
}

/// The effective tags of a user, without duplicates.
#[must_use]
pub fn tags(app: &App, user: &User, now: Timestamp) -> Vec<String> {
    let derived = [
        (user.is_admin, "sys:admin"),
        (user.rank == 0, "sys:unverified"),
        (user.is_suspended(now), "sys:blacklisted"),
    ];
    let all = (user.tags.iter().cloned())
        .chain(app.config.users.default_tags.iter().map(|tag| format!("dft:{tag}")))
        .chain(derived.into_iter().filter(|(holds, _)| *holds).map(|(_, tag)| tag.into()));
    let mut tags = Vec::new();
    for tag in all {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

fn is_tag_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

fn is_given_tag(tag: &str) -> bool {
    let derived = matches!(tag, "sys:admin" | "sys:unverified" | "sys:blacklisted");
    let (prefix, name) = tag.split_once(':').unwrap_or(("own", tag));
    !derived && prefix != "dft" && is_tag_name(prefix) && is_tag_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn own_tag_needs_its_prefix_and_derived_tag_cannot_be_given() {
        let own = |tag: &str| OwnTag::parse(tag.into()).is_ok();
        assert!(
            own("usr:admin")
                && !own("usr:")
                && !own("sys:admin")
                && !own("admin")
                && !own("usr:A")
                && !own("usr:a:b")
        );
        let given = |tag: &str| GivenTag::parse(tag.into()).is_ok();
        assert!(given("can_world_create") && given("sys:moderator") && given("usr:x"));
        assert!(
            !given("sys:admin")
                && !given("dft:x")
                && !given("")
                && !given(":x")
                && !given("x:")
                && !given("a\nb")
        );
    }

    #[test]
    fn shown_tag_that_a_user_may_not_set_is_skipped() {
        let shown = ["sys:admin".to_owned(), "dft:can_self_edit".into(), "usr:old".into()];
        let read = |texts: &[&str]| {
            let texts = texts.iter().map(|text| (*text).into()).collect();
            own_tags(texts, &shown)
                .map(|tags| tags.into_iter().map(OwnTag::into_text).collect::<Vec<_>>())
        };
        assert_eq!(
            read(&["sys:admin", "usr:a", "dft:can_self_edit", "usr:old"]).unwrap(),
            ["usr:a", "usr:old"]
        );
        assert!(read(&["sys:moderator"]).is_err() && read(&["can_self_edit"]).is_err());
        let many: Vec<String> = (0..51).map(|number| format!("usr:{number}")).collect();
        let count = |count: usize| own_tags([&shown[..2], &many[..count]].concat(), &shown).is_ok();
        assert!(count(0) && count(50) && !count(51));
    }

    proptest! {
        #[test]
        fn tag_that_accepts_a_text_follows_its_rule(text in ".*|(usr|sys|dft)?:?[a-z_:]{0,9}") {
            if OwnTag::parse(text.clone()).is_ok() {
                // An operator can give every tag that users can give themselves.
                prop_assert!(GivenTag::parse(text.clone()).is_ok());
            }
            if GivenTag::parse(text.clone()).is_ok() {
                prop_assert!(!text.contains(char::is_whitespace));
                prop_assert!(!text.starts_with("dft:") && text != "sys:admin");
            }
        }
    }
}
