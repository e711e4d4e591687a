//! Which keys a command uses. A mistake in another key does not stop it.

use super::Config;

/// The keys that a command uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Every key.
    Everything,
    /// These sections, such as `storage`, and single keys, such as `server.address`.
    Only(Vec<&'static str>),
}

impl Needs {
    /// Whether a mistake in this key, or in the whole section, stops the command. A name that does
    /// not exist may be a wrong spelling of any key of its section, or of any section.
    pub(super) fn includes(&self, section: &str, key: Option<&str>) -> bool {
        let Self::Only(needed) = self else { return true };
        let Some((_, keys)) = Config::KEYS.iter().find(|(known, _)| *known == section) else {
            return true;
        };
        let is_known = key.filter(|key| keys.contains(key));
        needed.iter().any(|name| match name.split_once('.') {
            None => *name == section,
            Some((of, name)) => of == section && is_known.is_none_or(|key| key == name),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistake_matters_where_a_needed_key_may_be_meant() {
        let needs = Needs::Only(vec!["storage", "server.address"]);
        for (section, key, expected) in [
            ("storage", Some("database"), true),
            ("storage", Some("databse"), true),
            ("storage", None, true),
            ("server", Some("address"), true),
            ("server", Some("listen"), false),
            ("server", Some("adress"), true),
            ("server", None, true),
            ("mail", Some("from"), false),
            ("mail", Some("form"), false),
            ("mail", None, false),
            ("storge", None, true),
        ] {
            assert_eq!(needs.includes(section, key), expected, "{section} {key:?}");
            assert!(Needs::Everything.includes(section, key));
        }
    }
}
