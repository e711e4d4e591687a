//! A text of the operator, in one language or in several.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::words::Language;

/// The text of a link: one for all readers, or one for each language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Label {
    One(String),
    Each(BTreeMap<Language, String>),
}

impl Label {
    /// The text for readers of a language: if it has none, that in the instance's language, else
    /// the first.
    pub(crate) fn text(&self, language: Language, of_instance: Language) -> &str {
        match self {
            Self::One(text) => text,
            Self::Each(texts) => texts
                .get(&language)
                .or_else(|| texts.get(&of_instance))
                .or_else(|| texts.values().next())
                .map_or("", String::as_str),
        }
    }
}

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LabelVisitor)
    }
}

/// Reads either form, so that an error says what is wrong with it.
struct LabelVisitor;

impl<'de> Visitor<'de> for LabelVisitor {
    type Value = Label;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let example = Language::TAGS.iter().take(2).map(|tag| format!("{tag} = \"…\""));
        let example = example.collect::<Vec<_>>().join(", ");
        write!(formatter, "a text, or one for each language: {{ {example} }}")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Label, E> {
        Ok(Label::One(text.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Label, A::Error> {
        let mut texts = BTreeMap::new();
        while let Some((language, text)) = map.next_entry()? {
            texts.insert(language, text);
        }
        if texts.is_empty() {
            return Err(A::Error::invalid_length(0, &self));
        }
        Ok(Label::Each(texts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Label, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn label_is_a_text_or_one_for_each_language() {
        use Language::{English, French, German};

        let one = read(r#""Status""#).unwrap();
        assert_eq!(one.text(French, English), "Status");
        let each = read(r#"{"fr": "Règles", "de": "Regeln"}"#).unwrap();
        for (language, of_instance, text) in [
            (French, English, "Règles"),
            (German, French, "Regeln"),
            (English, German, "Regeln"),
            (English, French, "Règles"),
            (English, English, "Règles"),
        ] {
            assert_eq!(each.text(language, of_instance), text, "{language:?} {of_instance:?}");
        }
        assert_eq!(serde_json::to_value(&one).unwrap(), "Status");
        assert_eq!(read(&serde_json::to_string(&each).unwrap()).unwrap(), each);
    }

    #[test]
    fn label_that_no_reader_could_see_is_refused_with_its_reason() {
        for (text, reason) in [
            ("{}", "one for each language: { en = \"…\""),
            ("3", "one for each language"),
            (r#"{"xx": "Rules"}"#, "`en`, `fr`, `de`"),
            (r#"{"en": 3}"#, "string"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
