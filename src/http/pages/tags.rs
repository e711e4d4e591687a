//! The tags of an account, in words.

use crate::words::Texts;

/// What the tags say to a person, each once. A right that everybody has says nothing, and nor does
/// a state that pages show otherwise.
pub(super) fn labels(t: &Texts, tags: &[String]) -> Vec<String> {
    let mut labels = Vec::new();
    for label in tags.iter().filter_map(|tag| label(t, tag)) {
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels
}

fn label(t: &Texts, tag: &str) -> Option<String> {
    let (prefix, name) = tag.split_once(':').unwrap_or(("", tag));
    match (prefix, name) {
        ("dft", _)
        | ("sys", "unverified" | "blacklisted")
        | ("" | "sys", "can_self_edit" | "can_file_upload") => None,
        ("sys", "admin") => Some(t.administrator.into()),
        ("" | "sys", "moderator") => Some(t.moderator.into()),
        ("" | "sys", "can_world_create") => Some(t.world_creator.into()),
        // A word of the operator or of the user.
        _ => Some(name.replace('_', " ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn tags_are_told_in_words_and_those_that_say_nothing_are_left_out() {
        let t = &Language::French.words().pages;
        for (tag, told) in [
            ("dft:can_self_edit", None),
            ("dft:can_world_create", None),
            ("dft:event_winner", None),
            ("can_self_edit", None),
            ("sys:can_file_upload", None),
            ("sys:unverified", None),
            ("sys:blacklisted", None),
            ("sys:admin", Some("Administrateur")),
            ("sys:moderator", Some("Modérateur")),
            ("moderator", Some("Modérateur")),
            ("can_world_create", Some("Peut créer des mondes")),
            ("event_winner", Some("event winner")),
            ("usr:likes_tea", Some("likes tea")),
            // Users cannot call themselves what others are.
            ("usr:admin", Some("admin")),
            ("mod:can_self_edit", Some("can self edit")),
        ] {
            assert_eq!(label(t, tag).as_deref(), told, "{tag}");
        }
        let twice = ["sys:moderator".into(), "moderator".into()];
        assert_eq!(labels(t, &twice), ["Modérateur"]);
    }
}
