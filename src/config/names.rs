//! Environment variables whose names are nearly those of keys. They are not read, and a warning
//! says how to write them.

use super::Config;

/// Schemes of the variables that Kubernetes sets for each service, such as
/// `NOX_MAIL_PORT=tcp://10.0.0.1:25` for a service `nox-mail`.
const OF_KUBERNETES: [&str; 3] = ["tcp://", "udp://", "sctp://"];
const CONFIG: &str = "NOX_CONFIG";
/// Other names that people expect `NOX_CONFIG` to have.
const CONFIG_NAMES: [&str; 6] =
    ["noxconfig", "noxconfigfile", "noxconfigpath", "noxconf", "noxconffile", "noxcfg"];
const FROM_FILE: &str = "_FILE";

/// The letters and digits of a name, in lower case.
fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// The variables of every key.
fn variables() -> impl Iterator<Item = String> {
    let of_section = |(section, keys): &(&str, &[&str])| {
        let section = section.to_uppercase();
        let name = move |key: &&str| format!("NOX_{section}__{}", key.to_uppercase());
        keys.iter().map(name).collect::<Vec<_>>()
    };
    Config::KEYS.iter().flat_map(of_section)
}

/// The right name of a variable that has nearly this name. `None` if it has no such name, or the
/// right one.
pub(super) fn right_name(variable: &str) -> Option<String> {
    let found = letters(variable);
    if CONFIG_NAMES.contains(&found.as_str()) {
        return Some(CONFIG.into());
    }
    let of_key = |letters_of_key: &str| variables().find(|key| letters(key) == letters_of_key);
    let from_file = || Some(of_key(found.strip_suffix("file")?)? + FROM_FILE);
    let without_prefix = || {
        let key = format!("NOX_{variable}");
        variables().find(|known| *known == key || format!("{known}{FROM_FILE}") == key).map(|_| key)
    };
    of_key(&found).or_else(from_file).or_else(without_prefix)
}

/// A warning about a variable that nothing reads, though its name is nearly that of a key.
pub(super) fn warning(variable: &str, value: &str) -> Option<String> {
    let is_of_kubernetes = OF_KUBERNETES.iter().any(|scheme| value.starts_with(scheme));
    let right = right_name(variable).filter(|right| right != variable && !is_of_kubernetes)?;
    Some(format!("the variable {variable} is not read: write {right}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn nearly_right_names_are_told_and_others_left_alone() {
        for (name, right) in [
            ("NOX_SERVER_PUBLIC_URL", "NOX_SERVER__PUBLIC_URL"),
            ("nox_server__public_url", "NOX_SERVER__PUBLIC_URL"),
            ("Nox_Server_Public_Url", "NOX_SERVER__PUBLIC_URL"),
            ("NOX-SERVER-PUBLIC-URL", "NOX_SERVER__PUBLIC_URL"),
            ("NOX.SERVER.PUBLIC_URL", "NOX_SERVER__PUBLIC_URL"),
            ("NOX__SERVER__PUBLIC_URL", "NOX_SERVER__PUBLIC_URL"),
            ("SERVER__PUBLIC_URL", "NOX_SERVER__PUBLIC_URL"),
            ("TOTP__ISSUER_FILE", "NOX_TOTP__ISSUER_FILE"),
            ("NOX_TOTP_ISSUER_FILE", "NOX_TOTP__ISSUER_FILE"),
            ("NOX_SECRETS_KEY_FILE", "NOX_SECRETS__KEY_FILE"),
            ("NOX_COOKIE_DOMAIN", "NOX_COOKIE__DOMAIN"),
            ("NOX_BACKUP_EVERY", "NOX_BACKUP__EVERY"),
            ("NOX_CONFIG_FILE", "NOX_CONFIG"),
            ("NOX_CONFIG_PATH", "NOX_CONFIG"),
            ("NOX__CONFIG", "NOX_CONFIG"),
            ("nox_config", "NOX_CONFIG"),
        ] {
            assert_eq!(right_name(name).as_deref(), Some(right), "{name}");
        }
        for name in ["PATH", "NOX_HOME", "NOX_SERVICE_HOST", "NOX_PORT", "SERVER_PORT", "MAIL_HOST"]
        {
            assert_eq!(right_name(name), None, "{name}");
        }
    }

    #[test]
    fn variables_of_kubernetes_and_right_names_lead_to_no_warning() {
        assert_eq!(
            warning("NOX_SERVER_PUBLIC_URL", "https://x").unwrap(),
            "the variable NOX_SERVER_PUBLIC_URL is not read: write NOX_SERVER__PUBLIC_URL"
        );
        assert!(warning("NOX_MAIL_PORT", "587").is_some());
        for (name, value) in [
            ("NOX_MAIL_PORT", "tcp://10.0.0.1:25"),
            ("NOX_CONFIG", "/etc/nox.toml"),
            ("NOX_SERVER__PUBLIC_URL", "https://x"),
        ] {
            assert_eq!(warning(name, value), None, "{name}");
        }
    }

    #[test]
    fn no_two_keys_have_the_same_letters() {
        let names: Vec<_> = variables().collect();
        let letters: BTreeSet<_> = names.iter().map(|name| letters(name)).collect();
        assert_eq!(letters.len(), names.len());
    }
}
