//! Tags, and who is an administrator.

use super::gathered::Gathered;
use super::loss::LossKind;
use super::refusal::Reason;
use crate::domain::accounts::rights;
use crate::domain::accounts::tags::GivenTag;
use crate::domain::import::dump::Row;

/// What the stored tags say.
#[derive(Default)]
pub(super) struct Tags {
    pub is_admin: bool,
    /// What is stored here: without what is derived, and each once.
    pub kept: Vec<String>,
}

pub(super) fn tags(gathered: &mut Gathered, row: &Row) -> Tags {
    let elements = row.texts("tags").map_err(|_| Reason::Malformed { column: "tags" });
    let elements = gathered.take(elements).unwrap_or_default();
    let mut tags = Tags::default();
    for tag in elements.into_iter().flatten() {
        read(gathered, &mut tags, &tag);
    }
    tags
}

fn read(gathered: &mut Gathered, tags: &mut Tags, tag: &str) {
    // Users gave themselves tags in upper case, too.
    let is_own = tag.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("usr:"));
    let tag = if is_own { tag.to_ascii_lowercase() } else { tag.to_owned() };
    let (prefix, name) = tag.split_once(':').unwrap_or(("", &tag));
    match (prefix, name) {
        ("sys", "admin") => tags.is_admin = true,
        // One server took what follows the colon for the whole tag.
        ("usr", "admin") => gathered.lose(LossKind::OwnAdmin, ""),
        ("sys", "unverified" | "blacklisted") | ("dft", _) | ("", "") => {}
        // Such a tag may be of the user, who must not get a right by it.
        ("slf", _) if rights::is_known(&tag) => {
            gathered.lose(LossKind::Tag, format!("{tag}, which gives a right here"));
        }
        _ => match GivenTag::parse(tag.clone()).map(GivenTag::into_text) {
            Ok(kept) => {
                if name == "admin" {
                    gathered.lose(LossKind::OtherAdmin, kept.as_str());
                }
                if !tags.kept.contains(&kept) {
                    tags.kept.push(kept);
                }
            }
            Err(_) => gathered.lose(LossKind::Tag, "it is not of a-z, 0-9 and _"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: Option<&str>) -> (Tags, Gathered) {
        let mut gathered = Gathered::default();
        let tags = tags(&mut gathered, &Row::of(&[("tags", text)]));
        (tags, gathered)
    }

    #[test]
    fn only_sys_admin_makes_an_administrator() {
        for (text, is_admin, kept, losses) in [
            (None, false, &[][..], &[][..]),
            (Some("{}"), false, &[], &[]),
            (Some("{sys:admin}"), true, &[], &[]),
            (Some("{usr:admin}"), false, &[], &[LossKind::OwnAdmin]),
            (Some("{USR:Admin,usr:ADMIN}"), false, &[], &[LossKind::OwnAdmin; 2]),
            (Some("{SYS:ADMIN}"), false, &[], &[LossKind::Tag]),
            (
                Some("{adm:admin,mod:admin}"),
                false,
                &["adm:admin", "mod:admin"],
                &[LossKind::OtherAdmin, LossKind::OtherAdmin],
            ),
            (Some("{admin}"), false, &["admin"], &[LossKind::OtherAdmin]),
            (Some("{\" sys:admin\"}"), false, &[], &[LossKind::Tag]),
            (Some("{\"sys:admin\\nsys:moderator\"}"), false, &[], &[LossKind::Tag]),
            (Some("{sys:unverified,sys:blacklisted,dft:x,\"\",NULL}"), false, &[], &[]),
            (Some("{sys:moderator,usr:a,usr:A,usr:a}"), false, &["sys:moderator", "usr:a"], &[]),
            (Some("{slf:moderator,slf:cat}"), false, &["slf:cat"], &[LossKind::Tag]),
            (Some("{\"usr:a b\",\"usr:ü\",usr:}"), false, &[], &[LossKind::Tag; 3]),
        ] {
            let (tags, gathered) = of(text);
            assert_eq!(
                (tags.is_admin, &tags.kept[..]),
                (is_admin, &kept.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>()[..]),
                "{text:?}"
            );
            let found: Vec<_> = gathered.losses.iter().map(|loss| loss.kind).collect();
            assert_eq!(found, losses, "{text:?}");
            assert!(gathered.refusals.is_empty());
        }
    }

    #[test]
    fn tags_that_are_no_list_refuse_their_row() {
        for text in ["sys:admin", "{sys:admin", "{{sys:admin}}", "[2:2]={sys:admin}"] {
            let (tags, gathered) = of(Some(text));
            assert_eq!(gathered.refusals, [Reason::Malformed { column: "tags" }], "{text}");
            assert!(!tags.is_admin);
        }
    }
}
