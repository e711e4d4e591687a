//! Environment variables `NOX_SECTION__KEY=value`, which override the configuration file.

use std::fs;

use toml::{Table, Value};

use super::{Config, ConfigError, plain, visible};

const PREFIX: &str = "NOX_";
const SEPARATOR: &str = "__";
const FROM_FILE: &str = "_file";

/// Sets the key that each variable names, and reads the table as a configuration.
pub(super) fn overlay(
    mut table: Table,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    for (variable, value) in variables {
        if let Some((section, key)) =
            variable.strip_prefix(PREFIX).and_then(|path| path.split_once(SEPARATOR))
        {
            let section = section.to_lowercase();
            let invalid =
                |message: String| ConfigError::Invalid { location: visible(&variable), message };
            let (key, value) = set(&section, &key.to_lowercase(), &value).map_err(invalid)?;
            let section = table.entry(section).or_insert_with(|| Table::new().into());
            section.as_table_mut().and_then(|keys| keys.insert(key, value));
        }
    }
    // The file and each variable have been checked one by one, so no error is expected here.
    table.try_into().map_err(|error: toml::de::Error| ConfigError::Invalid {
        location: "the environment over the configuration file".into(),
        message: plain(&error),
    })
}

/// The key that a variable sets, and its value. A variable `…_FILE` that sets no key of that name
/// sets the key without `_file` to the content of the file.
fn set(section: &str, key: &str, text: &str) -> Result<(String, Value), String> {
    let direct = read(section, key, text);
    if let (Err(_), Some(key)) = (&direct, key.strip_suffix(FROM_FILE)) {
        let content =
            fs::read_to_string(text).map_err(|error| format!("cannot read {text:?}: {error}"))?;
        return Ok((key.into(), read(section, key, content.trim_end_matches(['\r', '\n']))?));
    }
    Ok((key.into(), direct?))
}

/// The value of a key. The text is tried unchanged first, for keys that take a text, and then as
/// TOML, for numbers, booleans and lists.
fn read(section: &str, key: &str, text: &str) -> Result<Value, String> {
    let fits = |value: &Value| {
        let keys = Table::from_iter([(key.to_owned(), value.clone())]);
        let config = Table::from_iter([(section.to_owned(), keys.into())]).try_into::<Config>();
        config.map(drop).map_err(|error| plain(&error))
    };
    let literal = Value::from(text);
    let Err(as_text) = fits(&literal) else { return Ok(literal) };
    let value =
        format!("value = {text}").parse::<Table>().ok().and_then(|mut table| table.remove("value"));
    let Some(value) = value else { return Err(as_text) };
    match fits(&value) {
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

    fn with(variables: &[(&str, &str)]) -> Result<Config, String> {
        let variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        overlay("[totp]\nissuer = \"File\"\nskew = 0".parse().unwrap(), variables)
            .map_err(|error| error.to_string())
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
        assert_eq!(config.cookie.domain.unwrap().to_string(), "example.org");
        assert!(config.login.hide_unknown_users);
        assert_eq!((config.totp.skew.get(), config.totp.issuer.as_str()), (2, "File"));
    }

    #[test]
    fn a_variable_that_ends_in_file_reads_the_value_from_that_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("issuer");
        fs::write(&path, "From a file\n").unwrap();
        let config = with(&[("NOX_TOTP__ISSUER_FILE", path.to_str().unwrap())]).unwrap();
        assert_eq!(config.totp.issuer.as_str(), "From a file");
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
