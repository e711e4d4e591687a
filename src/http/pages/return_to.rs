//! Where a login leads: back to where its reader came from.

use url::{Position, Url};

use crate::config::{Config, Origin};

/// The longest host that is shown, with its port, in bytes: no name is longer (RFC 1035, 2.3.4).
const LONGEST_HOST: usize = 253 + ":65535".len();

/// Where a login may lead.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ReturnTarget {
    /// A path of this server, with its query.
    Local(String),
    /// A page of a configured origin.
    External(String),
}

impl ReturnTarget {
    /// Reads `return_to`: a path of this server, or a URL of a configured origin; `None` for
    /// everything else.
    pub(super) fn parse(config: &Config, text: &str) -> Option<Self> {
        let base = Url::parse(config.server.public_url.as_str()).ok()?;
        if !text.starts_with(['/', 'h', 'H']) {
            return None;
        }
        let url = base
            .join(text)
            .ok()
            .filter(|url| url.username().is_empty() && url.password().is_none())?;
        // A path that begins with two slashes would be read as a host.
        if url.path().starts_with("//") {
            return None;
        }
        if url.origin() == base.origin() {
            return Some(Self::Local(url[Position::BeforePath..].to_owned()));
        }
        let origin = Origin::parse(&url.origin().ascii_serialization())?;
        config.server.allows(&origin).then(|| Self::External(url.into()))
    }
}

/// The origin of a page that a login does not lead on to, since it is neither this server's nor a
/// configured one: most often that of a front whose operator has not named it yet. `None` for what
/// leads somewhere, and for what is plainly no such page.
pub(super) fn unknown_front(config: &Config, text: &str) -> Option<Origin> {
    let (scheme, rest) = text.split_once("://")?;
    let is_web = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let host = rest.split(['/', '?', '#']).next()?;
    // What means to look like another host has such letters in it, or a browser would read it as
    // another one.
    let is_plain = !host.is_empty()
        && host.len() <= LONGEST_HOST
        && !text.contains(|letter: char| {
            letter == '\\' || letter.is_whitespace() || letter.is_control()
        })
        && !host.contains('@');
    if !is_web || !is_plain {
        return None;
    }
    let origin = Origin::parse(&Url::parse(text).ok()?.origin().ascii_serialization())?;
    (origin != config.server.public_url && !config.server.allows(&origin)).then_some(origin)
}

/// Goes where a text leads, as a browser does, and panics where that is anywhere else than it may
/// be: for tests and fuzzers.
#[cfg(any(test, fuzzing))]
pub(in crate::http) fn assert_safe(config: &Config, text: &str) {
    let home = Url::parse(config.server.public_url.as_str()).expect("an origin");
    // From the page whose form was sent.
    let reached = |location: &str| {
        home.join("/login/code").and_then(|page| page.join(location)).expect("a URL")
    };
    let (location, is_right) = match ReturnTarget::parse(config, text) {
        None => return,
        Some(ReturnTarget::Local(path)) => {
            let is_path = path.starts_with('/')
                && !path.starts_with("//")
                && reached(&path).origin() == home.origin();
            let is_meant = home.join(text).is_ok_and(|meant| meant == reached(&path));
            (path, is_path && is_meant)
        }
        Some(ReturnTarget::External(url)) => {
            let is_under = |origin: &Origin| {
                url.strip_prefix(origin.as_str()).is_some_and(|rest| rest.starts_with('/'))
            };
            let is_allowed = config.server.allowed_origins.iter().any(is_under);
            (url, is_allowed)
        }
    };
    assert!(
        is_right && location.bytes().all(|byte| byte.is_ascii_graphic()),
        "{text:?} leads to {location:?}"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn config() -> Config {
        let mut config = Config::default();
        config.server.public_url = Origin::parse("https://nox.example").unwrap();
        config.server.allowed_origins = vec![Origin::parse("https://front.example").unwrap()];
        config
    }

    #[test]
    fn only_this_server_and_configured_origins_are_led_to() {
        let config = config();
        let local = |path: &str| Some(ReturnTarget::Local(path.into()));
        for (text, target) in [
            ("/account?x=y#z", local("/account?x=y#z")),
            ("https://nox.example/a?b", local("/a?b")),
            (
                "https://front.example/a?b",
                Some(ReturnTarget::External("https://front.example/a?b".into())),
            ),
            (
                "https://FRONT.example",
                Some(ReturnTarget::External("https://front.example/".into())),
            ),
            ("/a/../b", local("/b")),
            ("/ä", local("/%C3%A4")),
            ("/\r\nx", local("/x")),
        ] {
            assert_eq!(ReturnTarget::parse(&config, text), target, "{text:?}");
        }
        for text in [
            "",
            "account",
            "//evil.example",
            "/.//evil.example/x",
            "/x/..//evil.example",
            "https://nox.example//evil.example/x",
            "/\\evil.example",
            "/\t/evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "https://front.example.evil.example",
            "http://front.example",
            "https://front.example@evil.example",
            "https://x@front.example",
            "javascript:alert(1)",
            "data:,x",
            "https://front.example:444/",
            " /account",
        ] {
            assert_eq!(ReturnTarget::parse(&config, text), None, "{text:?}");
        }
    }

    #[test]
    fn a_front_that_is_not_configured_is_named_by_its_origin_alone() {
        let mut config = config();
        config.server.numeric_origins = vec![Origin::parse("https://old.example").unwrap()];
        for (text, origin) in [
            ("https://other.example", "https://other.example"),
            ("HTTPS://Other.example:443/a/b?token=c#d", "https://other.example"),
            ("http://nox.example/account", "http://nox.example"),
            ("https://front.example:444/", "https://front.example:444"),
            ("https://front.example.evil.example/x@y", "https://front.example.evil.example"),
            ("http://127.0.0.1:3000/login?to=https://front.example", "http://127.0.0.1:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            ("https://bücher.example/ä", "https://xn--bcher-kva.example"),
        ] {
            let found = unknown_front(&config, text);
            assert_eq!(found.as_ref().map(Origin::as_str), Some(origin), "{text:?}");
            assert_eq!(ReturnTarget::parse(&config, text), None, "{text:?}");
        }
        let long = format!("https://{}/", "a.".repeat(150));
        for text in [
            "",
            "/account",
            "https://nox.example/account",
            "https://nox.example//evil.example",
            "https://front.example/a",
            "https://old.example/a",
            "//evil.example",
            "https:evil.example",
            "https:///evil.example",
            "https://",
            "https://?x",
            "https://@evil.example",
            "https://front.example@evil.example",
            "https://x:y@evil.example/",
            "https://evil.example\\@front.example",
            "https://evil.\texample",
            " https://evil.example",
            "https://evil.example/ x",
            "javascript:alert(1)",
            "javascript://evil.example/%0aalert(1)",
            "data://evil.example",
            "ftp://evil.example",
            "https://<b>.example",
            "https://evil.example:99999",
            &long,
        ] {
            assert_eq!(unknown_front(&config, text), None, "{text:?}");
        }
    }

    /// What a link that means to deceive is made of.
    fn near_miss() -> impl Strategy<Value = String> {
        const PARTS: &[&str] = &[
            "/",
            "//",
            "\\",
            ".",
            "..",
            "/./",
            "%2e",
            "%2f",
            "%5c",
            "\t",
            "\n",
            "\r",
            " ",
            "\0",
            "@",
            "x:y@",
            ":",
            ":443",
            ":444",
            "?",
            "#",
            "http:",
            "https:",
            "HTTPS://",
            "https://",
            "javascript:",
            "nox.example",
            "front.example",
            "FRONT.example",
            "evil.example",
            ".example",
            "[::1]",
            "a",
            "ä",
            "。",
            "／",
            "\u{202e}",
            "\u{feff}",
        ];
        prop::collection::vec(prop::sample::select(PARTS), 0..8).prop_map(|parts| parts.concat())
    }

    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![near_miss(), ".*".prop_map(String::from)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]
        #[test]
        fn no_text_leads_anywhere_else(
            start in "|/|https://(nox|front)\\.example",
            text in any_text(),
        ) {
            let text = format!("{start}{text}");
            assert_safe(&config(), &text);
        }

        #[test]
        fn what_is_named_is_an_origin_and_nothing_else(
            start in "|https?://(nox|front)?",
            text in any_text(),
        ) {
            let text = format!("{start}{text}");
            if let Some(origin) = unknown_front(&config(), &text) {
                let url = Url::parse(origin.as_str()).unwrap();
                let origin = origin.as_str();
                prop_assert!(url.path() == "/" && url.username().is_empty(), "{:?}", text);
                prop_assert!(!origin.contains('@'), "{:?}", text);
                let known = ["https://nox.example", "https://front.example"];
                prop_assert!(!known.contains(&origin), "{:?}", text);
                prop_assert_eq!(ReturnTarget::parse(&config(), &text), None);
            }
        }

        #[test]
        fn every_plain_path_leads_there(
            path in "/([a-z0-9_][a-z0-9_.-]*/){0,3}[a-z]*(\\?[a-z=&/:@]*)?(#[a-z]*)?",
        ) {
            let local = ReturnTarget::Local(path.clone());
            prop_assert_eq!(ReturnTarget::parse(&config(), &path), Some(local));
            let there = format!("https://front.example{path}");
            let external = ReturnTarget::External(there.clone());
            prop_assert_eq!(ReturnTarget::parse(&config(), &there), Some(external));
        }
    }
}
