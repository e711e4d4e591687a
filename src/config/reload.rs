//! Which keys a running server reads again, and which it reads at its start alone.

use super::Config;

/// The keys that are read at the start alone: what the server has opened by then (the listener, the
/// database, the key file, the threads that hash), what names it in every token, and what the
/// framework is told once. All other keys apply as soon as they are read again.
const AT_START: [&str; 8] = [
    "limits.head_timeout",
    "limits.shutdown_grace",
    "metrics.listen",
    "password.hashers",
    "secrets.key_file",
    "server.address",
    "server.listen",
    "storage.database",
];

/// What became of a configuration that a running server has read again: the keys whose values
/// differ from those before.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Reloaded {
    /// These apply from now on.
    pub(crate) applied: Vec<String>,
    /// These keep their values until the server is started again.
    pub(crate) at_start: Vec<String>,
}

/// The changes of one section.
pub(super) struct Changes<'a> {
    section: &'static str,
    reloaded: &'a mut Reloaded,
}

impl Changes<'_> {
    /// Takes over the new value of a key, unless that is read at the start alone.
    pub(super) fn decide<T: PartialEq>(&mut self, key: &str, value: &mut T, new: T) {
        if *value == new {
            return;
        }
        let name = format!("{}.{key}", self.section);
        if AT_START.contains(&name.as_str()) {
            self.reloaded.at_start.push(name);
        } else {
            *value = new;
            self.reloaded.applied.push(name);
        }
    }
}

/// Lists the sections once, so that a new one cannot be forgotten: the pattern names every field.
macro_rules! sections {
    ($($section:ident),*) => {
        impl Config {
            /// Takes over what a running server may change of a configuration that it has read
            /// again.
            pub(crate) fn reload(&mut self, new: Self) -> Reloaded {
                let Self { $($section,)* origins } = new;
                self.origins = origins;
                let mut reloaded = Reloaded::default();
                $(
                    let section = stringify!($section);
                    self.$section.reload(
                        $section,
                        &mut Changes { section, reloaded: &mut reloaded },
                    );
                )*
                reloaded
            }
        }
    };
}

sections!(
    server, storage, secrets, session, cookie, password, login, totp, passkeys, users, instance,
    mail, backup, metrics, log, limits
);

#[cfg(test)]
mod tests {
    use super::*;

    /// Every key with another value than its default. A new key needs a line here, and its author a
    /// decision: those of the second list are read at the start alone.
    const NOW: &[(&str, &str)] = &[
        ("server.public_url", "'https://a.example'"),
        ("server.trusted_proxies", "[]"),
        ("server.allowed_origins", "['https://a.example']"),
        ("server.hsts", "false"),
        ("server.numeric_origins", "['https://a.example']"),
        ("session.lifetime", "'1d'"),
        ("cookie.domain", "'a.example'"),
        ("password.memory_kib", "1024"),
        ("password.iterations", "1"),
        ("password.parallelism", "2"),
        ("password.min_length", "10"),
        ("login.hide_unknown_users", "true"),
        ("login.require_second_factor", "'everybody'"),
        ("login.second_factor_grace", "'7d'"),
        ("totp.issuer", "'Other'"),
        ("totp.skew", "0"),
        ("passkeys.enabled", "false"),
        ("passkeys.rp_id", "'a.example'"),
        ("users.registration", "'open'"),
        ("users.require_email", "true"),
        ("users.default_tags", "[]"),
        ("instance.title", "'Other'"),
        ("instance.description", "'Other'"),
        ("instance.icon", "'Other'"),
        ("instance.contact", "'Other'"),
        ("instance.maintenance", "'Other'"),
        ("instance.language", "'fr'"),
        ("instance.logo", "'logo.svg'"),
        ("instance.accent", "'#000000'"),
        ("instance.links", "[{ label = 'a', url = 'https://a.example' }]"),
        ("instance.terms", "'https://a.example'"),
        ("instance.privacy", "'https://a.example'"),
        ("instance.rules", "'https://a.example'"),
        ("mail.hello_name", "'a.example'"),
        ("mail.host", "'a.example'"),
        ("mail.port", "2525"),
        ("mail.tls", "'none'"),
        ("mail.ca_file", "'ca.pem'"),
        ("mail.user", "'ada'"),
        ("mail.password", "'secret'"),
        ("mail.password_file", "'secret'"),
        ("mail.from", "'ada@a.example'"),
        ("mail.timeout", "'1s'"),
        ("backup.every", "'1d'"),
        ("backup.keep", "1"),
        ("backup.folder", "'other'"),
        ("backup.with_key", "true"),
        ("log.level", "'debug'"),
        ("log.format", "'json'"),
        ("limits.login_queue", "1"),
        ("limits.body_timeout", "'1s'"),
        ("limits.upload_timeout", "'1s'"),
        ("limits.stall_timeout", "'1s'"),
        ("limits.write_timeout", "'1s'"),
        ("limits.idle_timeout", "'1s'"),
        ("limits.picture_bytes", "1024"),
        ("limits.audit_age", "'1d'"),
    ];
    const LATER: &[(&str, &str)] = &[
        ("limits.head_timeout", "'1s'"),
        ("limits.shutdown_grace", "'1s'"),
        ("metrics.listen", "'127.0.0.1:1'"),
        ("password.hashers", "3"),
        ("secrets.key_file", "'other'"),
        ("server.address", "'a.example'"),
        ("server.listen", "'127.0.0.1:1'"),
        ("storage.database", "'other'"),
    ];

    fn with(key: &str, value: &str) -> Config {
        let (section, key) = key.split_once('.').unwrap();
        toml::from_str(&format!("[{section}]\n{key} = {value}")).unwrap()
    }

    #[test]
    fn every_key_applies_at_once_or_is_named() {
        for (key, value) in NOW {
            let mut config = Config::default();
            let new = with(key, value);
            let reloaded = config.reload(new.clone());
            assert_eq!(reloaded.applied, [*key]);
            assert_eq!((reloaded.at_start, config), (Vec::new(), new), "{key}");
        }
        for (key, value) in LATER {
            let mut config = Config::default();
            let reloaded = config.reload(with(key, value));
            assert_eq!(reloaded.at_start, [*key]);
            assert_eq!((reloaded.applied, config), (Vec::new(), Config::default()), "{key}");
        }
    }

    #[test]
    fn every_key_of_the_configuration_is_decided() {
        let name = |section: &str, key: &str| format!("{section}.{key}");
        let mut all: Vec<String> = Vec::new();
        for (section, keys) in Config::KEYS {
            all.extend(keys.iter().map(|key| name(section, key)));
        }
        let mut decided: Vec<&str> = NOW.iter().chain(LATER).map(|(key, _)| *key).collect();
        all.sort();
        decided.sort_unstable();
        assert_eq!(decided, all, "add the key to the lists of this test");
    }

    #[test]
    fn configuration_that_is_the_same_changes_nothing() {
        let mut config = Config::default();
        assert_eq!(config.reload(Config::default()), Reloaded::default());
    }
}
