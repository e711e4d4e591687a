//! Tests of the whole configuration.

use super::theme::Accent;
use super::timeout::Timeout;
use super::values::{CookieDomain, DefaultTag, Issuer};
use super::*;
use crate::time::Span;
use proptest::prelude::*;

const SHIPPED: &str = include_str!("../../nox.toml");

fn keys(table: &toml::Table) -> Vec<String> {
    let section = |(name, value): (&String, &toml::Value)| {
        let keys = value.as_table().unwrap().keys();
        keys.map(|key| format!("{name}.{key}")).collect::<Vec<_>>()
    };
    table.iter().flat_map(section).collect()
}

#[test]
fn shipped_file_has_every_key_with_its_default() {
    assert_eq!(Config::parse(SHIPPED).unwrap(), Config::default());
    let shipped = keys(&SHIPPED.parse().unwrap());
    let built_in = keys(&toml::Table::try_from(Config::default()).unwrap());
    assert_eq!(shipped, built_in);
    // Keys without a default are commented out.
    assert!(SHIPPED.contains("\n# domain = ") && SHIPPED.contains("\n# every = "));
}

#[test]
fn shipped_file_has_a_comment_above_every_key() {
    let mut above = "";
    for line in SHIPPED.lines() {
        assert!(
            !line.contains(" = ") || line.starts_with("# ") || above.starts_with("# "),
            "{line}"
        );
        above = line;
    }
}

#[test]
fn empty_text_and_zero_are_read_as_none() {
    let text = "
        [password]
        hashers = 0
        [instance]
        icon = ''
        contact = ''
        maintenance = ''
        logo = ''
        terms = ''
        privacy = ''
        rules = ''
        [mail]
        host = ''
        port = 0
        ca_file = ''
        user = ''
        password = ''
        password_file = ''
        from = ''";
    let config = Config::parse(text).unwrap();
    assert_eq!(config, Config::default());
    assert_eq!((&config.instance.terms, &config.mail.host), (&None, &None));
    assert_eq!(Config::parse(&config.to_toml().unwrap()).unwrap(), config);
}

#[test]
fn password_is_not_quoted_in_an_error_about_its_type() {
    let error = message("[mail]\npassword = 123456");
    assert!(error.contains("a text in quotes") && !error.contains("123456"), "{error}");
}

fn message(text: &str) -> String {
    let error = Config::parse(text).unwrap_err();
    invalid(Path::new("nox.toml"), text, &error).to_string()
}

#[test]
fn error_names_the_line_and_what_is_expected() {
    for (text, parts) in [
        ("[server]\n\nlisen = 1", ["line 3", "unknown field `lisen`", "`listen`"]),
        ("[sever]", ["line 1", "unknown field `sever`", "`server`"]),
        ("[server]\nlisten = \"here\"", ["line 2", "\"here\"", "host:port"]),
        ("[server]\npublic_url = \"ftp://x\"", ["line 2", "\"ftp://x\"", "https://"]),
        ("[session]\nlifetime = \"soon\"", ["line 2", "\"soon\"", "\"30d\""]),
        ("[limits]\nhead_timeout = \"2h\"", ["line 2", "\"2h\"", "between \"1s\" and \"1h\""]),
        ("[backup]\nevery = \"15s\"", ["line 2", "\"15s\"", "shorter than \"1m\""]),
        ("[mail]\ntimeout = \"0s\"", ["line 2", "\"0s\"", "\"45s\""]),
        ("[totp]\nskew = 3", ["line 2", "3", "between 0 and 2"]),
        ("[log]\nlevel = \"loud\"", ["line 2", "`loud`", "`info`"]),
        (
            "[users]\ndefault_tags = [\"sys:admin\"]",
            ["line 2", "\"sys:admin\"", "without a prefix"],
        ),
        (
            "[server]\ntrusted_proxies = [\"10.0.0.0/99\"]",
            ["line 2", "\"10.0.0.0/99\"", "\"10.0.0.0/8\""],
        ),
        ("server = 5", ["line 1", "integer `5`", "a section, [server]"]),
        ("[session]\nlifetime = 30", ["line 2", "integer `30`", "a text in quotes"]),
        ("[log]\nlevel = 3", ["line 2", "a text in quotes", "nox.toml"]),
        ("[storage]\ndatabase = ''", ["line 2", "empty", "path"]),
        ("[server\n", ["line 1", "]", "nox.toml"]),
    ] {
        let error = message(text);
        assert!(parts.iter().all(|part| error.contains(part)), "{text}: {error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

/// Texts that are nearly valid values, and any other texts.
fn value() -> impl Strategy<Value = String> {
    #[rustfmt::skip]
    const PARTS: &[&str] = &[
        "https://", "http://", "mailto:", "nox.example", "host", "é", ":", "443", "99999", "/",
        "\\", "@", "10.0.0.0", "/8", "[::1]", "::1", "#", "4b45c6", "30", "d", "+", "-", ".", "_",
        "\"", "'", "[", "]", "{", "}", "=", ",", "true", " ", "\n", "\r", "\u{1b}", "\0", "%",
        "info", "open", "en", "label", "url",
    ];
    let near =
        prop::collection::vec(prop::sample::select(PARTS), 0..6).prop_map(|parts| parts.concat());
    prop_oneof![4 => near, 1 => ".*"]
}

/// Every key with its section.
fn every_key() -> Vec<(String, String)> {
    let known = keys(&toml::Table::try_from(Config::default()).unwrap()).into_iter();
    let all = known.chain(["cookie.domain".into(), "backup.every".into()]);
    all.map(|key| key.split_once('.').map(|(section, key)| (section.into(), key.into())).unwrap())
        .collect()
}

/// Whether a message is one line without control characters.
fn is_printable(message: &str) -> bool {
    !message.is_empty() && !message.contains(char::is_control)
}

/// Whether the written form of a value is read as the same value. True where the text is not valid.
fn is_stable<T: TryFrom<String> + Clone + PartialEq>(text: &str) -> bool
where
    String: From<T>,
{
    T::try_from(text.to_owned())
        .ok()
        .is_none_or(|one| T::try_from(one.clone().into()).is_ok_and(|two| two == one))
}

/// The line that an error message names.
fn line_in(message: &str) -> Option<usize> {
    message.strip_prefix("nox.toml, line ")?.split_once(": ")?.0.parse().ok()
}

proptest! {
    #[test]
    fn any_file_is_read_or_refused_in_one_line(
        at: prop::sample::Index,
        length in 0..40_usize,
        replacement in value(),
        (section, key) in prop::sample::select(every_key()),
    ) {
        let mut near: Vec<char> = SHIPPED.chars().collect();
        let start = at.index(near.len());
        near.splice(start..near.len().min(start + length), replacement.chars());
        let texts = [
            near.into_iter().collect(),
            format!("[{section}]\n{key} = {replacement}"),
            format!("[{section}]\n{replacement}"),
            replacement,
        ];
        for text in texts {
            if let Err(error) = Config::parse(&text) {
                let message = invalid(Path::new("nox.toml"), &text, &error).to_string();
                prop_assert!(is_printable(&message), "{:?}: {:?}", text, message);
                let lines = 1..=text.matches('\n').count() + 1;
                let line = line_in(&message);
                prop_assert!(line.is_some_and(|line| lines.contains(&line)), "{}", message);
            }
        }
    }

    #[test]
    fn any_variable_is_read_or_refused_in_one_line(
        (section, key) in prop::sample::select(every_key()),
        end in "(_FILE)?",
        text in value(),
    ) {
        let variable = format!("NOX_{}__{}{end}", section.to_uppercase(), key.to_uppercase());
        let mut draft = Draft::default();
        let set = draft.set(&variable, &text, &Needs::Everything);
        match set.and_then(|()| draft.finish(&Needs::Everything)) {
            Ok(Loaded { mut config, .. }) => {
                // The password is written as `(hidden)`.
                config.mail.password = None;
                prop_assert_eq!(Config::parse(&toml::to_string(&config).unwrap()), Ok(config));
            }
            Err(error) => {
                let message = error.to_string();
                let names_it = message.starts_with(&format!("{variable}: "));
                prop_assert!(is_printable(&message) && names_it, "{:?}", message);
            }
        }
    }

    #[test]
    fn every_value_is_read_as_it_was_written(text in value()) {
        prop_assert!(is_stable::<ServerAddress>(&text));
        prop_assert!(is_stable::<Origin>(&text));
        prop_assert!(is_stable::<Listen>(&text));
        prop_assert!(is_stable::<Issuer>(&text));
        prop_assert!(is_stable::<CookieDomain>(&text));
        prop_assert!(is_stable::<DefaultTag>(&text));
        prop_assert!(is_stable::<Network>(&text));
        prop_assert!(is_stable::<Accent>(&text));
        prop_assert!(is_stable::<WebUrl>(&text));
        prop_assert!(is_stable::<Span>(&text));
        prop_assert!(is_stable::<Timeout>(&text));
        if let Ok(domain) = CookieDomain::try_from(text) {
            prop_assert!(!domain.to_string().contains([':', '/', '@', ' ']), "{}", domain);
        }
    }
}

#[test]
fn value_with_an_invisible_character_is_refused_and_one_with_joiners_is_taken() {
    let load = |title: &str| {
        let variables = [("NOX_INSTANCE__TITLE".into(), title.into())];
        Config::load(Some(Path::new("nox.toml")), variables.into_iter())
    };
    for title in ["a\u{202e}b", "a\u{2067}b", "a\u{ad}b", "a\u{2028}b", "a\u{200b}b", "a\u{7}b"] {
        let error = load(title).unwrap_err().to_string();
        assert!(error.contains("invisible"), "{title:?}: {error}");
    }
    for title in ["👨\u{200d}👩\u{200d}👧", "می\u{200c}خواهم", "שלום\u{200f}!", "❤\u{fe0f}"]
    {
        assert_eq!(load(title).unwrap().instance.title, title);
    }
}
