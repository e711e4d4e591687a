//! How an authenticator app names an account: the issuer and the account in the `otpauth:` URL.
//! Apps replace an entry by another one of the same issuer and account, so that no two instances
//! may give the same label. Both are only names: apps that are set up already keep theirs.

use crate::config::{Config, ServerAddress};

/// The longest issuer that is taken from the title, in bytes: apps show one line.
const MAX_ISSUER: usize = 64;

/// The issuer: `totp.issuer`, else the instance's title, else the host of its Nox address.
pub(super) fn issuer(config: &Config) -> String {
    if let Some(issuer) = &config.totp.issuer {
        return issuer.as_str().into();
    }
    // Apps split the label at a colon, and some decode `%` twice.
    let is_kept = |letter: char| !letter.is_control() && !matches!(letter, ':' | '%');
    let title = config.instance.title.replace(|letter| !is_kept(letter), " ");
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = title[..title.floor_char_boundary(MAX_ISSUER)].trim_end();
    if title.is_empty() { readable(host(address(config))) } else { title.into() }
}

/// The account as other servers know it: `ada@nox.example.org`.
pub(super) fn account(config: &Config, username: &str) -> String {
    format!("{username}@{}", readable(address(config)))
}

/// The instance's Nox address; where none is set, what its public URL has after the scheme.
fn address(config: &Config) -> &str {
    let url = config.server.public_url.as_str();
    let authority = url.split_once("://").map_or(url, |(_, authority)| authority);
    let address = &config.server.address;
    if *address == ServerAddress::default() { authority } else { address.as_str() }
}

/// An address without its port.
fn host(address: &str) -> &str {
    match address.rsplit_once(':') {
        Some((host, _)) if !address.ends_with(']') => host,
        _ => address,
    }
}

/// An address without the colons that apps split a label at. Two addresses never become the same.
fn readable(address: &str) -> String {
    let host = host(address);
    let port = address[host.len()..].replace(':', " port ");
    host.replace(':', "-") + &port
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::app_with;
    use std::collections::BTreeSet;

    fn config(settings: &str) -> Config {
        app_with(settings).1.config.clone()
    }

    #[test]
    fn issuer_is_the_set_one_else_the_title_else_the_host() {
        let long = format!("[instance]\ntitle = '{}'", "é".repeat(40));
        for (settings, expected) in [
            ("", "Nox"),
            ("[totp]\nissuer = 'Set'\n[instance]\ntitle = 'Title'", "Set"),
            ("[totp]\nissuer = ''\n[instance]\ntitle = 'The Moon'", "The Moon"),
            ("[instance]\ntitle = 'Moon: 100% \"dark\"'", "Moon 100 \"dark\""),
            (&long, &"é".repeat(32)),
            (
                "[instance]\ntitle = ' : '\n[server]\naddress = 'nox.example.org:8443'",
                "nox.example.org",
            ),
            ("[instance]\ntitle = ''\n[server]\npublic_url = 'http://[fd00::5]'", "[fd00--5]"),
        ] {
            assert_eq!(issuer(&config(settings)), expected, "{settings}");
        }
    }

    #[test]
    fn instances_with_other_addresses_give_other_labels() {
        let keys = [
            "address = 'nox.example.org'",
            "address = 'nox.example.org:8443'",
            "address = 'nox.example.org-8443'",
            "address = '192.168.1.5'",
            "address = '[fd00::5]'",
            "address = '[fd00::5]:53032'",
            "address = '[fd00::5:5303]:2'",
            "address = '[fd00::]'",
            "public_url = 'http://127.0.0.1:39001'",
            "public_url = 'http://127.0.0.1:39002'",
            "public_url = 'https://127.0.0.1'",
            "",
        ];
        let labels = keys.map(|key| account(&config(&format!("[server]\n{key}")), "ada"));
        assert!(labels.iter().all(|label| !label.contains(':')), "{labels:?}");
        assert_eq!(BTreeSet::from(labels.clone()).len(), keys.len(), "{labels:?}");
        assert_eq!(labels[0], "ada@nox.example.org");
        assert_eq!(labels[11], "ada@localhost port 53032");
        let both =
            "[server]\naddress = 'nox.example.org'\npublic_url = 'https://login.example.org'";
        assert_eq!(account(&config(both), "ada"), "ada@nox.example.org");
    }
}
