//! What the pages wear: the operator's picture and colour, and the style sheet and the
//! script.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::asset::Asset;
use crate::config::Config;
use crate::files;

/// The picture of Nox.
const ICON: &str = include_str!("../../../static/icon.svg");
const STYLE: &str = include_str!("../../../static/nox.css");
const SCRIPT: &str = include_str!("../../../static/nox.js");
const ACCOUNT_STYLE: &str = include_str!("../../../static/account.css");
const ACCOUNT_SCRIPT: &str = include_str!("../../../static/account.js");
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
/// It travels with every page.
const MAX_LOGO_BYTES: usize = 16 * 1024;

/// The theme of all pages, read once at the start.
pub struct Theme {
    /// A picture, as a `data:` URL.
    pub(super) logo: String,
    pub(super) style: Asset,
    pub(super) script: Asset,
    /// What the account page has beyond the others.
    pub(super) account_style: Asset,
    pub(super) account_script: Asset,
}

impl Theme {
    /// Reads the picture and dresses the style sheet in the operator's colour.
    ///
    /// # Errors
    /// The picture cannot be read, or is none that can be used; the text says what to change.
    pub fn new(config: &Config) -> Result<Self, String> {
        let accent = config.instance.accent.as_str();
        let style = format!(":root{{--brand:{accent}}}\n{STYLE}");
        Ok(Self {
            logo: logo(config.instance.logo.as_deref()).map_err(|message| {
                let key = "instance.logo";
                let place = config.place(key).map(|place| format!("{place}: "));
                format!("{}{key}: {message}", place.unwrap_or_default())
            })?,
            style: Asset::new("nox", "css", CSS, style.into())?,
            script: Asset::new("nox", "js", JAVASCRIPT, SCRIPT.into())?,
            account_style: Asset::new("account", "css", CSS, ACCOUNT_STYLE.into())?,
            account_script: Asset::new("account", "js", JAVASCRIPT, ACCOUNT_SCRIPT.into())?,
        })
    }

    /// The file of this name, if there is one.
    pub(super) fn asset(&self, name: &str) -> Option<&Asset> {
        let assets = [&self.style, &self.script, &self.account_style, &self.account_script];
        assets.into_iter().find(|asset| asset.name == name)
    }
}

fn logo(path: Option<&Path>) -> Result<String, String> {
    let Some(path) = path else { return Ok(data_url("image/svg+xml", ICON.as_bytes())) };
    let shown = path.display();
    let content = fs::read(path).map_err(|error| files::explain(path, error));
    let content = content.map_err(|error| format!("cannot read {shown}: {error}"))?;
    if content.len() > MAX_LOGO_BYTES {
        return Err(format!("{shown} is larger than {MAX_LOGO_BYTES} bytes"));
    }
    let media_type = match imagesize::image_type(&content) {
        Ok(imagesize::ImageType::Png) => "image/png",
        Ok(imagesize::ImageType::Jpeg) => "image/jpeg",
        Ok(imagesize::ImageType::Webp) => "image/webp",
        _ if is_svg(&content) => "image/svg+xml",
        _ => return Err(format!("{shown} is no SVG, PNG, JPEG or WebP picture")),
    };
    Ok(data_url(media_type, &content))
}

/// Whether a file begins as SVG does, be it with the byte order mark of an editor.
fn is_svg(content: &[u8]) -> bool {
    content
        .strip_prefix("\u{feff}".as_bytes())
        .unwrap_or(content)
        .trim_ascii_start()
        .starts_with(b"<")
}

/// A `data:` URL (RFC 2397).
fn data_url(media_type: &str, content: &[u8]) -> String {
    format!("data:{media_type};base64,{}", BASE64_STANDARD.encode(content))
}
