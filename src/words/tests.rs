use std::collections::{BTreeMap, BTreeSet};

use super::Language;

/// The texts that some languages have in common.
const SAME: [&str; 11] = [
    "administrator",
    "contact",
    "labelled",
    "links",
    "minute",
    "minutes",
    "moderator",
    "notice_subject",
    "passkeys",
    "profile",
    "secret",
];

/// Every text of a language, by its name.
fn texts(language: Language) -> BTreeMap<String, String> {
    let words = language.words();
    let tables = [("pages", serde_json::to_value(&words.pages).unwrap())].into_iter().chain([
        ("mails", serde_json::to_value(&words.mails).unwrap()),
        ("events", serde_json::to_value(&words.events).unwrap()),
        ("exports", serde_json::to_value(&words.exports).unwrap()),
    ]);
    let all = tables.flat_map(|(table, texts)| {
        let texts: BTreeMap<String, String> = serde_json::from_value(texts).unwrap();
        texts.into_iter().map(move |(name, text)| (format!("{table}.{name}"), text))
    });
    all.collect()
}

/// The places of a text, in the order of their names.
fn places(text: &str) -> Vec<&str> {
    let mut places: Vec<_> = text
        .split('{')
        .skip(1)
        .map(|part| part.split_once('}').expect("a place that has no end").0)
        .collect();
    places.sort_unstable();
    places
}

#[test]
fn every_text_has_the_same_places_in_every_language() {
    let english = texts(Language::English);
    for language in Language::ALL {
        for (name, text) in texts(*language) {
            assert!(!text.trim().is_empty() && text.trim() == text, "{language:?} {name}");
            assert_eq!(places(&text), places(&english[&name]), "{language:?} {name}");
        }
    }
}

#[test]
fn no_text_is_left_in_another_language() {
    let mut same = BTreeSet::new();
    for (at, language) in Language::ALL.iter().enumerate() {
        let ours = texts(*language);
        for other in &Language::ALL[..at] {
            let theirs = texts(*other);
            let equal = ours.iter().filter(|(name, text)| theirs[*name] == **text);
            same.extend(equal.map(|(name, _)| name.split_once('.').unwrap().1.to_owned()));
        }
    }
    assert_eq!(same, SAME.map(String::from).into());
}

#[test]
fn every_language_has_its_own_tag_name_and_months() {
    let mut seen = BTreeSet::new();
    for language in Language::ALL {
        let words = language.words();
        assert!(words.tag.len() == 2 && words.tag.bytes().all(|byte| byte.is_ascii_lowercase()));
        assert!(seen.insert(words.tag) && seen.insert(words.name), "{language:?}");
        assert_eq!(words.dates.months.iter().collect::<BTreeSet<_>>().len(), 12, "{language:?}");
        assert_eq!(places(words.dates.pattern), ["day", "month", "time", "year"], "{language:?}");
    }
}

#[test]
fn tag_of_any_region_names_its_language() {
    for language in Language::ALL {
        let tag = language.tag();
        for tag in [tag.into(), format!("{tag}-XX"), format!("{}_xx", tag.to_uppercase())] {
            assert_eq!(Language::from_tag(&tag), Some(*language), "{tag}");
        }
        assert_eq!(serde_json::to_value(language).unwrap(), tag);
        assert_eq!(serde_json::from_value::<Language>(tag.into()).unwrap(), *language);
    }
    for tag in ["frisian", "xx", ""] {
        assert_eq!(Language::from_tag(tag), None, "{tag}");
    }
    let error = serde_json::from_value::<Language>("xx".into()).unwrap_err().to_string();
    assert!(Language::TAGS.iter().all(|tag| error.contains(&format!("`{tag}`"))), "{error}");
}

#[test]
fn configuration_file_names_every_language() {
    let file = include_str!("../../nox.toml");
    let comment = file.lines().find(|line| line.contains("# The language of mails and pages"));
    let named: Vec<_> = comment.unwrap().split('"').skip(1).step_by(2).collect();
    assert_eq!(named, Language::TAGS);
}

#[test]
fn marks_of_french_never_begin_a_line() {
    for (name, text) in texts(Language::French) {
        let breaks = [" :", " ;", " ?", " !"].iter().any(|mark| text.contains(mark));
        assert!(!breaks, "{name}: {text}");
    }
}

/// The texts of the pages that name the operator: who did something, what an operator reads, and
/// the one sentence of whom to ask, which gives way to `instance.contact`.
const OF_OPERATOR: [&str; 3] = ["pages.ask_operator", "pages.by_operator", "pages.unknown_front"];

#[test]
fn one_text_of_the_pages_alone_says_to_ask_the_operator() {
    for (language, operator) in [
        (Language::English, "operator"),
        (Language::French, "administrateur du serveur"),
        (Language::German, "Betreiber"),
    ] {
        let texts = texts(language).into_iter();
        let naming =
            texts.filter(|(name, text)| name.starts_with("pages") && text.contains(operator));
        let naming: Vec<_> = naming.map(|(name, _)| name).collect();
        assert!(
            naming.iter().all(|name| OF_OPERATOR.contains(&&**name)),
            "{language:?}: {naming:?}"
        );
        assert!(naming.contains(&OF_OPERATOR[0].to_owned()), "{language:?}");
    }
}
