//! One entry of `X-Forwarded-For`: an address, in all forms in which proxies write it.

use std::net::IpAddr;

/// Stands for an entry that is not UTF-8.
pub(super) const NO_TEXT: &str = "\u{fffd}";

/// An address as proxies write it: bare, bracketed or quoted, with a port and a zone or without.
/// The zone is a link of the proxy's own machine (RFC 4007, 11) and says nothing here.
pub(super) fn parse(text: &str) -> Option<IpAddr> {
    let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let text = quoted.unwrap_or(text).trim();
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        // More than one colon is an address of version 6, which has a port only behind brackets.
        None if text.matches(':').count() == 1 => text.split_at(text.find(':')?),
        None => (text, ""),
    };
    if !port.is_empty() && !port.strip_prefix(':').is_some_and(is_port) {
        return None;
    }
    let without_zone = match host.split_once('%') {
        Some((address, zone)) if address.contains(':') && !zone.is_empty() => address,
        _ => host,
    };
    without_zone.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

/// Whether a text is the port of a node, whose number may be hidden or missing (RFC 7239, 6.2).
fn is_port(text: &str) -> bool {
    let is_hidden_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    text.is_empty()
        || text.parse::<u16>().is_ok()
        || text.strip_prefix('_').is_some_and(|name| name.bytes().all(is_hidden_letter))
}

/// What kind of text an unreadable entry is. The text itself is not logged: a client may have
/// written it, and what is in it is unknown.
pub(super) fn kind(entry: &str) -> &'static str {
    // The two kinds that have a meaning where an address should be (RFC 7239, 6.2 and 6.3).
    if entry.eq_ignore_ascii_case("unknown") {
        "unknown"
    } else if entry.starts_with('_') {
        "hidden"
    } else {
        "unreadable"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_is_read_in_every_form_that_proxies_write() {
        for (entry, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.1:4711", "192.0.2.1"),
            ("192.0.2.1:_hidden", "192.0.2.1"),
            ("\"192.0.2.1:4711\"", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("\"[2001:db8::1]:4711\"", "2001:db8::1"),
            ("fe80::1%eth0", "fe80::1"),
            ("[fe80::1%eth0]", "fe80::1"),
            ("[fe80::1%25eth0]:80", "fe80::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("[::ffff:192.0.2.1]:80", "192.0.2.1"),
        ] {
            assert_eq!(parse(entry), Some(expected.parse().unwrap()), "{entry}");
        }
        for entry in [
            "unknown",
            "_hidden",
            "for=192.0.2.1",
            "unix:",
            "\"192.0.2.1",
            "192.0.2",
            "010.0.0.1",
            "192.0.2.1%eth0",
            "192.0.2.1:70000",
            "[192.0.2.1]x",
            "[::1",
            "fe80::1%",
            "localhost",
            NO_TEXT,
        ] {
            assert_eq!(parse(entry), None, "{entry}");
        }
    }

    #[test]
    fn kind_of_an_entry_repeats_nothing_of_it() {
        for (entry, expected) in
            [("Unknown", "unknown"), ("_SEVKISEK", "hidden"), ("s3cr3t", "unreadable")]
        {
            assert_eq!(kind(entry), expected);
        }
    }
}
