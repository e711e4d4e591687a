//! The picture in the head of the pages: the operator's, or that of Nox.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::files;

/// The picture of Nox.
const ICON: &str = include_str!("../../../static/icon.svg");
/// It travels with every page.
const MAX_BYTES: usize = 16 * 1024;

/// A picture, read once.
pub(super) struct Logo {
    pub media_type: &'static str,
    pub content: Vec<u8>,
    /// The picture as a `data:` URL (RFC 2397).
    pub url: String,
}

impl Logo {
    /// Reads the operator's picture, if there is one.
    pub(super) fn read(path: Option<&Path>) -> Result<Self, String> {
        let Some(path) = path else { return Ok(Self::new("image/svg+xml", ICON.into())) };
        let shown = path.display();
        let content = fs::read(path).map_err(|error| files::explain(path, error));
        let content = content.map_err(|error| format!("cannot read {shown}: {error}"))?;
        if content.len() > MAX_BYTES {
            return Err(format!("{shown} is larger than {MAX_BYTES} bytes"));
        }
        let media_type = match imagesize::image_type(&content) {
            Ok(imagesize::ImageType::Png) => "image/png",
            Ok(imagesize::ImageType::Jpeg) => "image/jpeg",
            Ok(imagesize::ImageType::Webp) => "image/webp",
            _ if is_svg(&content) => "image/svg+xml",
            _ => return Err(format!("{shown} is no SVG, PNG, JPEG or WebP picture")),
        };
        Ok(Self::new(media_type, content))
    }

    fn new(media_type: &'static str, content: Vec<u8>) -> Self {
        let url = format!("data:{media_type};base64,{}", BASE64_STANDARD.encode(&content));
        Self { media_type, content, url }
    }
}

/// Whether a file begins as SVG does, be it with the byte order mark of an editor.
fn is_svg(content: &[u8]) -> bool {
    content
        .strip_prefix("\u{feff}".as_bytes())
        .unwrap_or(content)
        .trim_ascii_start()
        .starts_with(b"<")
}
