//! The name by which this server greets a mail server (EHLO, RFC 5321, 4.1.1.1), and which is part
//! of every Message-ID. Many mail servers refuse a name without a dot, and an address without its
//! brackets.

use std::net::{IpAddr, Ipv4Addr};

use lettre::transport::smtp::extension::ClientId;

use crate::config::Config;

/// The name: `mail.hello_name`, else the host of the public URL where it is an address or a full
/// name, else that of the Nox address. Without any, it is the loopback address: mail servers
/// accept an address where they refuse a name without a dot (RFC 5321, 4.1.4).
pub(super) fn hello_name(config: &Config) -> ClientId {
    let set = config.mail.hello_name.as_ref().map(|name| name.as_str().to_owned());
    let hosts = [set, Some(config.host()), Some(config.server.address.host())];
    let named = hosts.into_iter().flatten().find_map(|host| client_id(&host));
    named.unwrap_or(ClientId::Ipv4(Ipv4Addr::LOCALHOST))
}

/// A host as it is named in SMTP (RFC 5321, 4.1.3); `None` for a name without a dot.
fn client_id(host: &str) -> Option<ClientId> {
    match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(ip)) => Some(ClientId::Ipv4(ip)),
        Ok(IpAddr::V6(ip)) => Some(ClientId::Ipv6(ip)),
        Err(_) => {
            let name = host.trim_end_matches('.');
            name.contains('.').then(|| ClientId::Domain(name.into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::testing::app_with;

    #[test]
    fn mail_servers_are_greeted_by_a_full_name_or_an_address_in_brackets() {
        for (url, address, hello_name, expected) in [
            ("https://nox.example.org", "localhost", "", "nox.example.org"),
            ("https://nox.example.org:8443", "other.example.org", "", "nox.example.org"),
            ("https://nox.example.org.", "localhost", "", "nox.example.org"),
            ("https://nöx.example.org", "localhost", "", "xn--nx-fka.example.org"),
            ("http://192.168.1.5:53032", "localhost", "", "[192.168.1.5]"),
            ("http://[fd00::5]:53032", "localhost", "", "[IPv6:fd00::5]"),
            ("http://127.0.0.1:39001", "localhost", "", "[127.0.0.1]"),
            ("http://localhost:53032", "nox.example.org:53032", "", "nox.example.org"),
            ("http://nas", "nox.example.org", "", "nox.example.org"),
            ("http://nas", "192.168.1.5:53032", "", "[192.168.1.5]"),
            ("http://nas", "[fd00::5]:53032", "", "[IPv6:fd00::5]"),
            ("http://nas", "other", "", "[127.0.0.1]"),
            ("http://192.168.1.5", "nas", "mail.example.org", "mail.example.org"),
            ("https://nox.example.org", "nas", "192.0.2.7", "[192.0.2.7]"),
            ("https://nox.example.org", "nas", "[192.0.2.7]", "[192.0.2.7]"),
            ("https://nox.example.org", "nas", "[IPv6:2001:db8::7]", "[IPv6:2001:db8::7]"),
            ("https://nox.example.org", "nas", "Mail.Example.Org", "mail.example.org"),
        ] {
            let (_folder, app) = app_with(&format!(
                "[server]\npublic_url = '{url}'\naddress = '{address}'\n\
                 [mail]\nhello_name = '{hello_name}'"
            ));
            assert_eq!(super::hello_name(&app.config).to_string(), expected, "{url} {address}");
        }
    }
}
