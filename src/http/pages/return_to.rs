//! Where a login leads: back to where its reader came from.

use url::{Position, Url};

use crate::config::{Config, Origin};

/// A place that a login may lead to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A path of this server, with its query.
    Here(String),
    /// A page of a configured origin.
    Elsewhere(String),
}

/// Reads `return_to`: a path of this server, or a URL of a configured origin; `None` for everything else.
pub(super) fn parse(config: &Config, text: &str) -> Option<Target> {
    let base = Url::parse(config.server.public_url.as_str()).ok()?;
    if !text.starts_with(['/', 'h', 'H']) {
        return None;
    }
    let url = base.join(text).ok().filter(|url| url.username().is_empty() && url.password().is_none())?;
    // A path that begins with two slashes would be read as a host.
    if url.path().starts_with("//") {
        return None;
    }
    if url.origin() == base.origin() {
        return Some(Target::Here(url[Position::BeforePath..].to_owned()));
    }
    let origin = Origin::parse(&url.origin().ascii_serialization())?;
    config.server.allowed_origins.contains(&origin).then(|| Target::Elsewhere(url.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_server_and_configured_origins_are_led_to() {
        let mut config = Config::default();
        config.server.public_url = Origin::parse("https://nox.example").unwrap();
        config.server.allowed_origins = vec![Origin::parse("https://front.example").unwrap()];
        let here = |path: &str| Some(Target::Here(path.into()));
        for (text, target) in [
            ("/account?x=y#z", here("/account?x=y#z")),
            ("https://nox.example/a?b", here("/a?b")),
            ("https://front.example/a?b", Some(Target::Elsewhere("https://front.example/a?b".into()))),
            ("https://FRONT.example", Some(Target::Elsewhere("https://front.example/".into()))),
            ("/a/../b", here("/b")),
            ("/ä", here("/%C3%A4")),
            ("/\r\nx", here("/x")),
        ] {
            assert_eq!(parse(&config, text), target, "{text:?}");
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
            assert_eq!(parse(&config, text), None, "{text:?}");
        }
    }
}
