//! The theme of the pages: the accent colour and the links of `[instance]`.

use serde::{Deserialize, Serialize};
use url::Url;

/// The least contrast of text (WCAG 2.2, 1.4.3).
const CONTRAST: f64 = 4.5;

/// A colour, `#rrggbb`, upon which white text can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Accent(String);

impl Accent {
    /// The colour as CSS writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
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
        let channels = channels(&text)
            .ok_or_else(|| format!("{text:?} is not a colour such as \"#4b45c6\""))?;
        let contrast = contrast_with_white(channels);
        if contrast < CONTRAST {
            return Err(format!(
                "{text:?} is too light for white text: its contrast is {contrast:.1} to 1, and has to be at least 4.5"
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

fn channels(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| {
        digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })?;
    let channel = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([channel(0)?, channel(2)?, channel(4)?])
}

/// WCAG 2.2, "contrast ratio" and "relative luminance".
fn contrast_with_white(channels: [u8; 3]) -> f64 {
    let linear = channels.map(|channel| match f64::from(channel) / 255.0 {
        low if low <= 0.040_45 => low / 12.92,
        high => ((high + 0.055) / 1.055).powf(2.4),
    });
    let luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    1.05 / (luminance + 0.05)
}

/// A link at the foot of the pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FooterLink {
    /// What it says.
    pub label: String,
    /// Where it leads.
    pub url: WebUrl,
}

/// An http, https or mailto URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebUrl(String);

impl WebUrl {
    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
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
    fn white_text_can_be_read_upon_every_accent() {
        let accent = |text: &str| Accent::try_from(text.to_owned());
        assert!(accent("#4B45C6").is_ok_and(|accent| accent.as_str() == "#4b45c6"));
        assert!(accent("#000000").is_ok());
        // The lightest grey that passes, and the next.
        assert!(accent("#767676").is_ok() && accent("#777777").is_err());
        assert!(accent("#ffff00").unwrap_err().contains("1.1 to 1"));
        for text in ["", "4b45c6", "#4b45c", "#4b45c67", "#gggggg", "red", "#+b45c6"] {
            assert!(accent(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_foot_leads_to_the_web_and_nowhere_else() {
        let url = |text: &str| WebUrl::try_from(text.to_owned()).is_ok();
        assert!(url("https://a.example/terms") && url("mailto:a@b.example"));
        assert!(!url("javascript:alert(1)") && !url("/terms") && !url(""));
    }
}
