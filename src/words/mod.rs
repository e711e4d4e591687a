//! The languages of pages and mails, and every word of them: a file for each language, which is
//! complete, or does not build. The API is in English.
//!
//! Another language is a file of words and a line in the list below.

mod dates;
mod events;
mod exports;
mod filling;
mod mails;
mod pages;
mod programs;
mod sizes;

use std::borrow::Cow;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(crate) use dates::Dates;
pub(crate) use events::Events;
pub(crate) use exports::Exports;
pub(crate) use filling::{fill, fill_named};
pub(crate) use mails::Mails;
pub(crate) use pages::Texts;

/// The languages, each with the module of its words. The first is the default.
macro_rules! languages {
    ($first:ident: $first_words:ident, $($name:ident: $words:ident,)*) => {
        mod $first_words;
        $(mod $words;)*

        /// A language of pages and mails.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Language {
            #[default]
            $first,
            $($name,)*
        }

        impl Language {
            /// Every language.
            pub(crate) const ALL: &[Self] = &[Self::$first, $(Self::$name,)*];

            /// The tags of all languages.
            pub(crate) const TAGS: &[&str] = &[$first_words::WORDS.tag, $($words::WORDS.tag,)*];

            /// Everything that is said in the language.
            pub(crate) const fn words(self) -> &'static Words {
                match self {
                    Self::$first => &$first_words::WORDS,
                    $(Self::$name => &$words::WORDS,)*
                }
            }
        }
    };
}

languages! {
    English: english,
    French: french,
    German: german,
}

/// Everything that is said in a language.
pub(crate) struct Words {
    /// The tag of the language (BCP 47), without a region.
    pub tag: &'static str,
    /// The language's name for itself.
    pub name: &'static str,
    /// What stands between a whole number and its fraction.
    pub decimal_point: &'static str,
    /// The sign of a byte, as in `MiB`.
    pub byte: &'static str,
    pub dates: Dates,
    pub pages: Texts,
    pub mails: Mails,
    pub events: Events,
    pub exports: Exports,
}

/// A struct of texts, each of which every language must have.
macro_rules! texts {
    ($(#[$about:meta])* $name:ident { $($text:ident,)+ }) => {
        $(#[$about])*
        #[derive(Debug)]
        #[cfg_attr(test, derive(serde::Serialize))]
        pub(crate) struct $name {
            $(pub $text: &'static str,)+
        }
    };
}
use texts;

impl Language {
    /// The tag of the language (BCP 47).
    pub(crate) const fn tag(self) -> &'static str {
        self.words().tag
    }

    /// The language's name for itself.
    pub(crate) const fn name(self) -> &'static str {
        self.words().name
    }

    /// The language of a tag, for example `fr-CA`; `None` for other languages. The region is
    /// ignored.
    pub(crate) fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.iter().copied().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.tag().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tag = Cow::<str>::deserialize(deserializer)?;
        let found = Self::ALL.iter().copied().find(|language| language.tag() == tag);
        found.ok_or_else(|| D::Error::unknown_variant(&tag, Self::TAGS))
    }
}

#[cfg(test)]
mod tests;
