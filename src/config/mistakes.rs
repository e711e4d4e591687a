//! The mistakes in the keys of a file, one by one, so that a command can do without those keys that
//! it does not use.

use toml::{Table, Value};

use super::{Config, plain};
use crate::files::is_visible;

/// A key, or a whole section, that is not valid.
pub(super) struct Mistake {
    pub(super) section: String,
    pub(super) key: Option<String>,
    pub(super) message: String,
}

/// Every mistake in a configuration file.
pub(super) fn find(table: &Table) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (section, value) in table {
        let mistake = |key: Option<&str>, message| Mistake {
            section: section.clone(),
            key: key.map(Into::into),
            message,
        };
        let Some(keys) = value.as_table() else {
            let message = fits(section, value.clone()).err();
            found.extend(message.map(|message| mistake(None, message)));
            continue;
        };
        if let Err(message) = fits(section, Table::new().into()) {
            found.push(mistake(None, message));
            continue;
        }
        for (key, value) in keys {
            let message = check(section, key, value).err();
            found.extend(message.map(|message| mistake(Some(key), message)));
        }
    }
    found
}

/// Checks that a key exists and may have this value.
pub(super) fn check(section: &str, key: &str, value: &Value) -> Result<(), String> {
    fits(section, Table::from_iter([(key.to_owned(), value.clone())]).into())?;
    if has_only_visible(value) {
        Ok(())
    } else {
        Err(format!("the value of {key} holds a control character or an invisible one"))
    }
}

fn fits(section: &str, value: Value) -> Result<(), String> {
    let config = Table::from_iter([(section.to_owned(), value)]).try_into::<Config>();
    config.map(drop).map_err(|error| plain(&error))
}

/// Whether the texts in a value hold no character that controls something or cannot be seen, such
/// as the line end that a shell has left at its end, or one that turns the text after it.
fn has_only_visible(value: &Value) -> bool {
    match value {
        Value::String(text) => text.chars().all(|letter| is_visible(letter) && !is_hidden(letter)),
        Value::Array(values) => values.iter().all(has_only_visible),
        Value::Table(keys) => keys.iter().all(|(_, value)| has_only_visible(value)),
        _ => true,
    }
}

/// The soft hyphen, separators of lines and paragraphs, and what embeds, overrides or isolates text
/// of the other direction. The marks of a direction stay: titles in Arabic and Hebrew need them.
const fn is_hidden(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
