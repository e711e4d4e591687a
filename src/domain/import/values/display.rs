//! Display names.

use super::gathered::Gathered;
use super::loss::LossKind;
use crate::domain::accounts::fields::Display;

/// The display name, without control characters and outer spaces; the username where nothing that
/// fits is left.
pub(super) fn display(gathered: &mut Gathered, old: Option<&str>, username: &str) -> String {
    let old = old.unwrap_or_default();
    let breaks_line =
        |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    let plain: String = old.chars().filter(|letter| !breaks_line(*letter)).collect();
    let name = Display::parse(plain.trim().into()).map_or(username.into(), Display::into_text);
    if name != old {
        gathered.lose(LossKind::Display, format!("now {name}"));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_name_is_kept_cleaned_or_replaced_by_the_username() {
        for (old, expected, is_told) in [
            (Some("Ada Lovelace"), "Ada Lovelace", false),
            (Some("Ädä \"L\" 🌙"), "Ädä \"L\" 🌙", false),
            (Some("🌙"), "🌙", false),
            (Some(" Ada "), "Ada", true),
            (Some("Ada\tL\n\u{1b}[31m"), "AdaL[31m", true),
            (Some("A\u{202e}da"), "Ada", true),
            (Some(" \n "), "ada", true),
            (Some(""), "ada", true),
            (None, "ada", true),
            (Some(&"x".repeat(51)), "ada", true),
        ] {
            let mut gathered = Gathered::default();
            assert_eq!(display(&mut gathered, old, "ada"), expected, "{old:?}");
            assert_eq!(!gathered.losses.is_empty(), is_told, "{old:?}");
        }
    }
}
