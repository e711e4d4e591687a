//! Where each key of a configuration is set, for messages about its value.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

/// Where each key is set.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins {
    /// The configuration file, if there is one.
    pub(super) file: Option<PathBuf>,
    /// By `section` and `section.key`: the file and the line, or the environment variable.
    places: BTreeMap<String, String>,
}

/// Two configurations with the same values are equal, wherever these are set.
impl PartialEq for Origins {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Origins {
    /// Finds the line of every key in the text of a file.
    pub(super) fn of_file(path: &Path, text: &str) -> Self {
        let mut places = BTreeMap::new();
        let at = |start: usize| location(path, text, start);
        for (section, value) in DeTable::parse(text).iter().flat_map(toml::Spanned::get_ref) {
            let name: &str = section.get_ref();
            places.insert(name.to_owned(), at(section.span().start));
            for key in value.get_ref().as_table().into_iter().flat_map(|keys| keys.keys()) {
                places.insert(format!("{name}.{}", key.get_ref()), at(key.span().start));
            }
        }
        Self { file: Some(path.to_owned()), places }
    }

    /// Records that a variable sets a key.
    pub(super) fn set(&mut self, section: &str, key: &str, variable: String) {
        self.places.insert(format!("{section}.{key}"), variable);
    }

    /// Where `section` or `section.key` is set. `None` where it has its default.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.places.get(name).map(String::as_str)
    }
}

/// A place in a file, as messages name it.
pub(super) fn location(path: &Path, text: &str, start: usize) -> String {
    let line = text[..start.min(text.len())].matches('\n').count() + 1;
    format!("{}, line {line}", path.display())
}
