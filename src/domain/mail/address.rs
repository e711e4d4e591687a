//! Which addresses mail can be sent to, and which texts would become links in a mail program.

use lettre::Address;
use url::Host;

/// Whether mail can be sent to an address. Accounts may hold texts that are not valid addresses
/// (RFC 5321, 4.1.2), from earlier versions.
pub(crate) fn can_reach(address: &str) -> bool {
    let Some(address) = recipient(address) else { return false };
    let domain = address.domain();
    // The address of a machine stands in brackets (RFC 5321, 4.1.3).
    domain.starts_with('[')
        || matches!(Host::parse(domain), Ok(Host::Domain(name)) if is_name(&name))
}

/// A recipient as the library takes it. The contract has addresses of up to 320 characters, and a
/// mail server may know a longer name than the 64 octets that all must know (RFC 5321, 4.5.3.1),
/// which the library does not take by itself.
pub(super) fn recipient(address: &str) -> Option<Address> {
    let long = || {
        let (name, domain) = address.rsplit_once('@')?;
        let is_atom = |text: &str| !text.is_empty() && text.chars().all(is_in_atom);
        let is_valid = name.len() > 64 && name.split('.').all(is_atom);
        (is_valid && Address::new("a", domain).is_ok())
            .then(|| Address::new_dangerous(name, domain))
    };
    address.parse().ok().or_else(long)
}

/// RFC 5322, 3.2.3, and RFC 6532, 3.2.
fn is_in_atom(letter: char) -> bool {
    letter.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(letter)
}

/// Whether a name in ASCII is one of a host.
fn is_name(name: &str) -> bool {
    let is_label = |label: &str| {
        let is_in_label = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !label.is_empty() && label.bytes().all(is_in_label)
    };
    name.split('.').all(is_label)
}

/// Whether a text holds what mail programs make a link of: a URL, or a name with a dot in it.
pub(super) fn has_link(text: &str) -> bool {
    text.split_whitespace().any(is_link)
}

/// A text with `…` in the place of every word that has a link.
pub(super) fn without_links(text: &str) -> String {
    let words = text.split_whitespace().map(|word| if is_link(word) { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

fn is_link(word: &str) -> bool {
    let word = word.replace(['\u{3002}', '\u{ff0e}', '\u{ff61}', '\u{2024}'], ".").to_lowercase();
    let is_in_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    word.contains("://")
        || word.contains("mailto:")
        || word.split(|letter| !is_in_name(letter)).any(is_host)
}

/// Whether a text has the form of a host name, such as `example.org`. Version numbers have not.
fn is_host(text: &str) -> bool {
    let labels: Vec<&str> = text.split('.').filter(|label| !label.is_empty()).collect();
    let is_top = |label: &str| {
        label.chars().count() > 1
            && (label.starts_with("xn--") || label.chars().all(char::is_alphabetic))
    };
    labels.len() > 1 && labels.last().is_some_and(|label| is_top(label))
        || labels.first() == Some(&"www") && labels.len() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_reaches_only_what_smtp_can_name() {
        let long = format!("{}@example.org", "a".repeat(308));
        for address in [
            &long,
            "ada@example.org",
            "ada+nox@mail.example.org",
            "a.b.c@example.org",
            "o'hara@example.org",
            "\"odd@one\"@example.org",
            "ada@localhost",
            "ada@[192.0.2.1]",
            "ada@exämple.org",
            "åda@example.org",
        ] {
            assert!(can_reach(address), "{address}");
        }
        for address in [
            "",
            "ada",
            "a..x@example.org",
            ".ada@example.org",
            "ada.@example.org",
            "me@example,org",
            "me@example..org",
            "me@.example.org",
            "me@example.org.",
            "me@-example.org",
            "me@example-.org",
            "<me@example.org>",
            "Me <me@example.org>",
            "mailto:me@example.org",
            "me@example.org,you@example.org",
            "me@example.org;you@example.org",
            "me@you@example.org",
            "me(x)@example.org",
            "me@192.0.2.1",
            "me@0x7f.1",
            "me@2001:db8::1",
            "me@example.123",
            "me@exam_ple!.org",
            "me@http://example.org",
            "me@example.org/x",
            &long.replacen("aa", "a..a", 1),
            &long.replacen("aa", "a,a", 1),
            &long.replace(".org", ",org"),
        ] {
            assert!(!can_reach(address), "{address}");
        }
    }

    #[test]
    fn texts_that_mail_programs_link_are_found() {
        for text in [
            "WIN 500$ http://evil.example/x",
            "HTTPS://EVIL",
            "evil.example",
            "Ada,evil.example!",
            "www.evil",
            "pay@evil.example",
            "mailto:x",
            "(evil.com/x)",
            "evil。example",
            "éa.xn--p1ai",
            "ada.lovelace",
        ] {
            assert!(has_link(text) && without_links(text).contains('…'), "{text}");
        }
        for text in [
            "Ada Lovelace",
            "Dr. Ada",
            "A. B.",
            "ada_b-c",
            "ada.1",
            "Ada…",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/126.0.0.0 Safari/537.36",
            "UnityPlayer/2022.3.6f1 (UnityWebRequest/1.0, libcurl/7.84.0-DEV)",
        ] {
            assert!(!has_link(text), "{text}");
            assert_eq!(without_links(text), text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        assert_eq!(without_links("Bot/1.0 (+http://evil.example/bot) x"), "Bot/1.0 … x");
    }
}
