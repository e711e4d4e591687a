//! Environment variables `NOX_SECTION__KEY=value`, which override the configuration file.

use std::io;
use std::path::Path;

use toml::{Table, Value};

use super::Config;
use super::mistakes::check;
use super::names::right_name;
use super::visible;
use crate::files;

const PREFIX: &str = "NOX_";
const SEPARATOR: &str = "__";
const FROM_FILE: &str = "_file";

/// The section and the key that a variable names; `None` for a variable that is none of Nox.
pub(super) fn key_of(variable: &str) -> Option<(String, String)> {
    let (section, key) = variable.strip_prefix(PREFIX)?.split_once(SEPARATOR)?;
    Some((section.to_lowercase(), key.to_lowercase()))
}

/// The key that a variable sets, and its value. A variable `…_FILE` that sets no key of that name
/// sets the key without `_file` to the content of the file.
pub(super) fn read(variable: &str, text: &str) -> Result<(String, Value), String> {
    let (section, key) = key_of(variable).unwrap_or_default();
    let text = clean(text)?;
    let of_file = key.strip_suffix(FROM_FILE).filter(|_| !is_known(&section, &key));
    let read = match of_file {
        Some(key) => value(&section, key, &content(&text)?),
        None => value(&section, &key, &text),
    };
    let right = right_name(variable).filter(|right| *right != variable.to_uppercase());
    let read = read.map_err(|message| match right {
        Some(right) => format!("{message}; the right name is {right}"),
        None => message,
    });
    Ok((of_file.unwrap_or(&key).to_owned(), read?))
}

fn is_known(section: &str, key: &str) -> bool {
    Config::KEYS.iter().any(|(known, keys)| *known == section && keys.contains(&key))
}

/// The text that is meant by a value as shells and files of variables leave it: without a byte
/// order mark, without blanks and line ends around it, and without quotation marks around the whole
/// of it, within which it is read as TOML.
pub(crate) fn clean(text: &str) -> Result<String, String> {
    let text = files::without_bom(text).trim();
    let is_quoted = text.len() > 1
        && ['"', '\''].iter().any(|mark| text.starts_with(*mark) && text.ends_with(*mark));
    if !is_quoted {
        return Ok(text.into());
    }
    match toml_value(text) {
        Some(Value::String(text)) => Ok(text),
        _ => Err("the value begins and ends with a quotation mark, but is no text of TOML in \
                  quotes: remove them, or write the whole value in '…'"
            .into()),
    }
}

/// The value in a file: its first line, or a list that may have several.
fn content(path: &str) -> Result<String, String> {
    let failed =
        |error: io::Error| format!("cannot read {path:?}: {}", visible(&error.to_string()));
    let text = files::read_text(Path::new(path)).map_err(failed)?;
    if text.trim_start().starts_with('[') {
        return Ok(text.trim().into());
    }
    clean(&files::first_line(text.as_bytes()).map_err(failed)?)
}

fn toml_value(text: &str) -> Option<Value> {
    format!("value = {text}").parse::<Table>().ok()?.remove("value")
}

/// The value of a key. The text is tried unchanged first, for keys that take a text, and then as
/// TOML, for numbers, booleans and lists.
fn value(section: &str, key: &str, text: &str) -> Result<Value, String> {
    let literal = Value::from(text);
    let Err(as_text) = check(section, key, &literal) else { return Ok(literal) };
    let Some(value) = toml_value(text) else { return Err(as_text) };
    match check(section, key, &value) {
        Ok(()) => Ok(value),
        // The key takes a text, so what is wrong with the text is the better message. These words
        // are those of `serde_core` 1.0.229.
        Err(error) if error.starts_with("invalid type") => Err(as_text),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn with(variables: &[(&str, &str)]) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("nox.toml");
        fs::write(&file, "[totp]\nissuer = \"File\"\nskew = 0").unwrap();
        let variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::load(Some(&file), variables).map_err(|error| error.to_string())
    }

    fn issuer(config: &Config) -> &str {
        config.totp.issuer.as_ref().map_or("", |issuer| issuer.as_str())
    }

    #[test]
    fn variables_set_keys_of_every_type() {
        let config = with(&[
            ("NOX_SERVER__LISTEN", "127.0.0.1:8080"),
            ("NOX_SERVER__ALLOWED_ORIGINS", "[\"https://a.example\"]"),
            ("NOX_COOKIE__DOMAIN", "example.org"),
            ("NOX_LOGIN__HIDE_UNKNOWN_USERS", "true"),
            ("NOX_TOTP__SKEW", "2"),
            ("NOX_CONFIG", "no key"),
            ("PATH", "no key"),
        ])
        .unwrap();
        assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.server.allowed_origins[0].as_str(), "https://a.example");
        assert!(config.login.hide_unknown_users);
        assert_eq!((config.totp.skew.get(), issuer(&config)), (2, "File"));
        assert_eq!(config.cookie.domain.unwrap().to_string(), "example.org");
    }

    #[test]
    fn a_variable_that_ends_in_file_reads_the_value_from_that_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("issuer");
        fs::write(&path, "From a file\n").unwrap();
        let config = with(&[("NOX_TOTP__ISSUER_FILE", path.to_str().unwrap())]).unwrap();
        assert_eq!(issuer(&config), "From a file");
        // The name of this key itself ends in `_file`.
        let config = with(&[("NOX_SECRETS__KEY_FILE", "/elsewhere")]).unwrap();
        assert_eq!(config.secrets.key_file.to_str(), Some("/elsewhere"));
    }

    #[test]
    fn an_error_names_the_variable_and_what_is_expected() {
        for (variable, value, part) in [
            ("NOX_SERVER__LISTN", "x", "`listen`"),
            ("NOX_SEVER__LISTEN", "x", "`server`"),
            ("NOX_TOTP__SKEW", "9", "between 0 and 2"),
            ("NOX_TOTP__SKEW", "many", "a whole number"),
            ("NOX_SESSION__LIFETIME", "30", "\"30d\""),
            ("NOX_TOTP__ISSUER_FILE", "/nowhere", "cannot read"),
        ] {
            let message = with(&[(variable, value)]).unwrap_err();
            assert!(message.starts_with(variable) && message.contains(part), "{message}");
        }
        let message = with(&[("NOX_\r__\n", "\u{1b}")]).unwrap_err();
        assert!(!message.contains(char::is_control), "{message:?}");
    }
}
