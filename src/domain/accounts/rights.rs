//! The rights that tags give, to this server and to the programs that speak its API.

use super::tags::tags;
use crate::domain::App;
use crate::storage::users::User;
use crate::time::Timestamp;

/// A right. A user has it by any tag of its name, such as `can_self_edit`, `sys:can_self_edit` or
/// `dft:can_self_edit`, but for those that users give themselves (`usr:`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    /// To change one's own account.
    SelfEdit,
    /// To upload pictures.
    FileUpload,
    /// To make worlds. Only clients and relays ask for it.
    WorldCreate,
    /// To moderate. Only clients and relays ask for it.
    Moderator,
}

impl Right {
    /// Every right that is known.
    pub(crate) const ALL: [Self; 4] =
        [Self::SelfEdit, Self::FileUpload, Self::WorldCreate, Self::Moderator];

    /// The tag that gives it, as an operator gives it.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::SelfEdit => "can_self_edit",
            Self::FileUpload => "can_file_upload",
            Self::WorldCreate => "can_world_create",
            Self::Moderator => "sys:moderator",
        }
    }

    /// The tag without its prefix.
    fn name(self) -> &'static str {
        name_of(self.tag())
    }

    /// Whether a user has the right.
    pub(crate) fn is_of(self, app: &App, user: &User, now: Timestamp) -> bool {
        tags(app, user, now).iter().any(|tag| !is_own(tag) && name_of(tag) == self.name())
    }
}

/// Whether a tag gives a right that is known. A tag that users can give themselves is only a label.
pub(crate) fn is_known(tag: &str) -> bool {
    is_own(tag) || Right::ALL.into_iter().any(|right| right.name() == name_of(tag))
}

fn is_own(tag: &str) -> bool {
    tag.starts_with("usr:")
}

fn name_of(tag: &str) -> &str {
    tag.split_once(':').map_or(tag, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_of_a_known_right_is_known_in_any_form() {
        for tag in ["can_self_edit", "sys:can_self_edit", "dft:can_file_upload", "usr:anything"] {
            assert!(is_known(tag), "{tag}");
        }
        for tag in ["can_fly", "sys:can_fly", "can_self", "moderators", ""] {
            assert!(!is_known(tag), "{tag}");
        }
    }

    #[test]
    fn every_right_is_documented_and_nothing_else_is() {
        let document = include_str!("../../../docs/operating.md");
        let (_, section) = document.split_once("\n### Rights\n").unwrap();
        let section = section.split("\n#").next().unwrap();
        let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
        let documented: Vec<_> = rows.map(|row| row.split('`').next().unwrap()).collect();
        assert_eq!(documented, Right::ALL.map(Right::tag));
    }
}
