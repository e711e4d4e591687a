//! The accent colour and the links of the pages, set in `[instance]`.

use serde::{Deserialize, Serialize};
use url::Url;

use super::label::Label;

/// The minimum contrast ratio of text (WCAG 2.2, 1.4.3).
const CONTRAST: f64 = 4.5;

/// A colour, `#rrggbb`, dark enough for white text on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Accent(String);

impl Accent {
    /// The colour in CSS notation.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The colour of text and links on a dark background: mixed with white, as `--link` in
    /// `static/nox.css`.
    pub(crate) fn on_dark(&self) -> String {
        let mixed = channels(&self.0)
            .unwrap_or_default()
            .map(|channel| (u32::from(channel) * 38 + 255 * 62 + 50) / 100);
        mixed.iter().fold("#".into(), |text, channel| format!("{text}{channel:02x}"))
    }
}

impl Default for Accent {
    fn default() -> Self {
        Self("#4b45c6".into())
    }
}

impl TryFrom<String> for Accent {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let rgb = channels(&text)
            .ok_or_else(|| format!("{text:?} is not a colour such as \"#4b45c6\""))?;
        let contrast = contrast_with_white(rgb);
        if contrast < CONTRAST {
            return Err(format!(
                "{text:?} is too light for white text: the contrast is {contrast:.1} to 1, \
                 and must be at least {CONTRAST} to 1"
            ));
        }
        Ok(Self(text.to_lowercase()))
    }
}

impl From<Accent> for String {
    fn from(accent: Accent) -> Self {
        accent.0
    }
}

/// The red, green and blue of `#rrggbb`.
fn channels(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| {
        digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })?;
    let channel = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([channel(0)?, channel(2)?, channel(4)?])
}

/// The contrast ratio of a colour and white, from 1 to 21 (WCAG 2.2, "contrast ratio" and "relative
/// luminance").
fn contrast_with_white(channels: [u8; 3]) -> f64 {
    let linear = channels.map(|channel| match f64::from(channel) / 255.0 {
        low if low <= 0.040_45 => low / 12.92,
        high => ((high + 0.055) / 1.055).powf(2.4),
    });
    let luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    1.05 / (luminance + 0.05)
}

/// A link in the footer of the pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FooterLink {
    /// The text of the link.
    pub(crate) label: Label,
    pub(crate) url: WebUrl,
}

/// An http, https or mailto URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct WebUrl(String);

impl WebUrl {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for WebUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_web =
            Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "mailto"));
        if is_web {
            Ok(Self(text))
        } else {
            Err(format!("{text:?} is not an http, https or mailto URL"))
        }
    }
}

impl From<WebUrl> for String {
    fn from(url: WebUrl) -> Self {
        url.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accent_is_refused_where_white_text_has_too_little_contrast() {
        let accent = |text: &str| Accent::try_from(text.to_owned());
        assert!(accent("#4B45C6").is_ok_and(|accent| accent.as_str() == "#4b45c6"));
        assert!(accent("#000000").is_ok());
        // The lightest grey that passes, and the next one.
        assert!(accent("#767676").is_ok() && accent("#777777").is_err());
        assert!(accent("#ffff00").unwrap_err().contains("1.1 to 1"));
        for text in ["", "4b45c6", "#4b45c", "#4b45c67", "#gggggg", "red", "#+b45c6"] {
            assert!(accent(text).is_err(), "{text}");
        }
    }

    #[test]
    fn accent_on_dark_is_a_lighter_colour_of_the_same_hue() {
        let on_dark = |text: &str| Accent::try_from(text.to_owned()).unwrap().on_dark();
        assert_eq!(on_dark("#000000"), "#9e9e9e");
        assert_eq!(on_dark("#4b45c6"), "#bbb8e9");
        assert_eq!(on_dark("#767676"), "#cbcbcb");
    }

    #[test]
    fn footer_link_is_refused_unless_it_is_http_https_or_mailto() {
        let url = |text: &str| WebUrl::try_from(text.to_owned()).is_ok();
        assert!(url("https://a.example/terms") && url("mailto:a@b.example"));
        assert!(!url("javascript:alert(1)") && !url("/terms") && !url(""));
    }
}
