//! `NOX_SECTION__KEY=value`, laid over the configuration file.

use std::fs;

use toml::{Table, Value};

use super::{Config, ConfigError, plain, visible};

const PREFIX: &str = "NOX_";
const SEPARATOR: &str = "__";
const FROM_FILE: &str = "_file";

/// Sets the key that each variable names, and reads the whole.
pub(super) fn overlay(
    mut table: Table,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    for (variable, value) in variables {
        if let Some((section, key)) =
            variable.strip_prefix(PREFIX).and_then(|path| path.split_once(SEPARATOR))
        {
            let (section, key) = (section.to_lowercase(), key.to_lowercase());
            let invalid =
                |message: String| ConfigError::Invalid { place: visible(&variable), message };
            let (key, value) = set(&section, &key, &value).map_err(invalid)?;
            let section = table.entry(section).or_insert_with(|| Table::new().into());
            section.as_table_mut().and_then(|keys| keys.insert(key, value));
        }
    }
    // Each half was read by itself before, so this holds no surprise.
    table.try_into().map_err(|error: toml::de::Error| ConfigError::Invalid {
        place: "the environment over the configuration file".into(),
        message: plain(&error),
    })
}

/// Finds out which key is meant and what the text means for it.
fn set(section: &str, key: &str, text: &str) -> Result<(String, Value), String> {
    let as_it_is = read(section, key, text);
    if let (Err(_), Some(key)) = (&as_it_is, key.strip_suffix(FROM_FILE)) {
        let content =
            fs::read_to_string(text).map_err(|error| format!("cannot read {text:?}: {error}"))?;
        return Ok((key.into(), read(section, key, content.trim_end_matches(['\r', '\n']))?));
    }
    Ok((key.into(), as_it_is?))
}

/// A text is tried as it stands, for keys that are texts, and then as TOML, for numbers, switches
/// and lists.
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
        // It was meant as a text after all.
        Err(mismatch) if mismatch.starts_with("invalid type") => Err(as_text),
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
    fn every_type_of_key_can_be_set() {
        let config = with(&[
            ("NOX_SERVER__LISTEN", "127.0.0.1:8080"),
            ("NOX_SERVER__ALLOWED_ORIGINS", "[\"https://a.example\"]"),
            ("NOX_COOKIE__DOMAIN", "example.org"),
            ("NOX_LOGIN__HIDE_UNKNOWN_USERS", "true"),
            ("NOX_TOTP__SKEW", "2"),
            ("NOX_CONFIG", "is not of this kind"),
            ("PATH", "neither"),
        ])
        .unwrap();
        assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.server.allowed_origins[0].as_str(), "https://a.example");
        assert_eq!(config.cookie.domain.unwrap().as_str(), "example.org");
        assert!(config.login.hide_unknown_users);
        assert_eq!((config.totp.skew.get(), config.totp.issuer.as_str()), (2, "File"));
    }

    #[test]
    fn a_value_can_lie_in_a_file_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("issuer");
        fs::write(&path, "From a file\n").unwrap();
        let config = with(&[("NOX_TOTP__ISSUER_FILE", path.to_str().unwrap())]).unwrap();
        assert_eq!(config.totp.issuer.as_str(), "From a file");
        // A key whose own name ends so is that key.
        let config = with(&[("NOX_SECRETS__KEY_FILE", "/elsewhere")]).unwrap();
        assert_eq!(config.secrets.key_file.to_str(), Some("/elsewhere"));
    }

    #[test]
    fn a_mistake_names_the_variable_and_what_would_be_right() {
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
