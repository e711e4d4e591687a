//! The texts of a profile: the description, pronouns, home, avatar and presence.

use super::gathered::Gathered;
use super::loss::LossKind;
use crate::domain::accounts::fields::{Avatar, Bio, Home, PresenceText, Pronoun};
use crate::domain::import::dump::Row;
use crate::error::Result;
use crate::normalization::{line, nfc};

/// The longest description, pronouns and text of a presence, in characters.
const LONGEST_BIO: usize = 4096;
const LONGEST_PRONOUN: usize = 32;
const LONGEST_PRESENCE: usize = 128;

/// The texts of a profile.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Texts {
    pub bio: Option<String>,
    pub pronoun: Option<String>,
    pub home: Option<String>,
    pub avatar: Option<String>,
    pub presence: Option<String>,
    pub presence_text: Option<String>,
}

pub(super) fn texts(gathered: &mut Gathered, row: &Row) -> Texts {
    let text = |column| row.text(column).filter(|text| !text.is_empty());
    let cut = |text: &str, longest: usize| text.chars().take(longest).collect::<String>();
    let bio = text("bio").map(|bio| {
        if bio.chars().count() > LONGEST_BIO {
            gathered.lose(LossKind::Bio, "");
        }
        let bio = cut(bio, LONGEST_BIO);
        // A few letters are longer in the form in which texts are stored. One that so becomes too
        // long is kept as it was.
        Bio::parse(bio.clone()).map_or(bio, Bio::into_text)
    });
    let mut one_line = |text: &str, longest: usize, kind: LossKind| {
        let plain = line(&text.replace(char::is_control, " "));
        let plain = plain.trim();
        if plain != nfc(text) || plain.chars().count() > longest {
            gathered.lose(kind, "");
        }
        cut(plain, longest)
    };
    let pronoun = text("pronoun")
        .map(|text| one_line(text, LONGEST_PRONOUN, LossKind::Pronoun))
        .and_then(|text| Pronoun::parse(text).ok())
        .map(Pronoun::into_text);
    let presence_text = text("presence_status")
        .map(|text| one_line(text, LONGEST_PRESENCE, LossKind::Presence))
        .and_then(|text| PresenceText::parse(text).ok())
        .map(PresenceText::into_text);
    let home = text("home_ref").and_then(|old| {
        let home = reference(old, Home::parse).map(Home::into_text);
        home.map_err(|_| gathered.lose(LossKind::Home, "")).ok()
    });
    let avatar = text("avatar_ref").and_then(|old| {
        let avatar = reference(old, Avatar::parse).map(Avatar::into_text);
        avatar.map_err(|_| gathered.lose(LossKind::Avatar, "")).ok()
    });
    let presence = text("presence").map(|old| status(old).to_owned());
    Texts { bio, pronoun, home, avatar, presence, presence_text }
}

/// A world or an avatar: `<id>@<server>`, where `::` stands for this server. One without a server
/// is of this one.
fn reference<T>(old: &str, parse: fn(String) -> Result<T>) -> Result<T> {
    if old.contains(|letter: char| letter.is_control() || letter.is_whitespace()) {
        return parse(String::new());
    }
    let id = old.trim_end_matches("::").strip_suffix('@').unwrap_or(old);
    parse(if id.contains('@') { old.into() } else { format!("{id}@::") })
}

/// The status that clients know by another name here.
fn status(old: &str) -> &'static str {
    match old {
        "IDLE" => "idle",
        "DO_NOT_DISTURB" => "dnd",
        "OFFLINE" => "offline",
        _ => "online",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(column: &'static str, text: &str) -> (Texts, Vec<LossKind>) {
        let mut gathered = Gathered::default();
        let texts = texts(&mut gathered, &Row::of(&[(column, Some(text))]));
        (texts, gathered.losses.iter().map(|loss| loss.kind).collect())
    }

    #[test]
    fn home_and_avatar_name_this_server_as_clients_write_it() {
        for (old, expected) in [
            ("3@::", Some("3@::")),
            ("3?v=2@::", Some("3?v=2@::")),
            ("w:3@nox.example.org", Some("w:3@nox.example.org")),
            ("3@nox.example.org:53032", Some("3@nox.example.org:53032")),
            ("3", Some("3@::")),
            ("3@", Some("3@::")),
            ("", None),
        ] {
            assert_eq!(read("home_ref", old).0.home.as_deref(), expected, "{old}");
            assert_eq!(read("avatar_ref", old).0.avatar.as_deref(), expected, "{old}");
        }
        let long = format!("{}@::", "9".repeat(100));
        for none in [&*long, "\n", "3\n@::", "3 4@::"] {
            let (texts, lost) = read("home_ref", none);
            assert_eq!((texts.home, &lost[..]), (None, &[LossKind::Home][..]));
            let (texts, lost) = read("avatar_ref", none);
            assert_eq!((texts.avatar, &lost[..]), (None, &[LossKind::Avatar][..]));
        }
    }

    #[test]
    fn presence_has_the_name_that_it_has_here() {
        for (old, expected) in [
            ("ONLINE", "online"),
            ("IDLE", "idle"),
            ("DO_NOT_DISTURB", "dnd"),
            ("OFFLINE", "offline"),
            ("STREAMING", "online"),
            ("idle", "online"),
        ] {
            assert_eq!(read("presence", old).0.presence.as_deref(), Some(expected), "{old}");
        }
    }

    #[test]
    fn long_texts_are_cut_and_told() {
        let bio = "tab\there\nnew\\line {a,b} \\N \r end";
        assert_eq!(read("bio", bio).0.bio.as_deref(), Some(bio));
        // Two letters for each of these in NFC.
        for whole in ["ä".repeat(4096), "🌙".repeat(2048), "\u{958}".repeat(4096)] {
            let (texts, lost) = read("bio", &whole);
            assert_eq!((texts.bio, lost), (Some(whole), vec![]));
        }
        for (column, kind) in
            [("pronoun", LossKind::Pronoun), ("presence_status", LossKind::Presence)]
        {
            let (texts, lost) = read(column, &"\u{958}".repeat(128));
            let found = texts.pronoun.or(texts.presence_text).unwrap();
            let longest = if column == "pronoun" { 32 } else { 128 };
            assert_eq!(found.chars().count(), longest);
            assert_eq!(lost, [kind]);
            assert_eq!(read(column, "\u{200b}").1, [kind]);
        }
        let (texts, lost) = read("bio", &"ä".repeat(4097));
        assert_eq!((texts.bio, &lost[..]), (Some("ä".repeat(4096)), &[LossKind::Bio][..]));
        assert_eq!(read("pronoun", "they/them").0.pronoun.as_deref(), Some("they/them"));
        let (texts, lost) = read("pronoun", &"x".repeat(40));
        assert_eq!((texts.pronoun, &lost[..]), (Some("x".repeat(32)), &[LossKind::Pronoun][..]));
        let (texts, lost) = read("presence_status", "two\nlines");
        assert_eq!(texts.presence_text.as_deref(), Some("two lines"));
        assert_eq!(lost, [LossKind::Presence]);
        assert_eq!(read("presence_status", "").0, Texts::default());
    }
}
