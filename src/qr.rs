//! QR codes, which carry a secret from one screen to another device's camera.

use qrcode::render::svg;
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

use crate::error::{Error, Result};

/// A picture for the dark background of most terminals: what is light in the code is drawn.
///
/// # Errors
/// The text is too long.
pub fn terminal(text: &str) -> Result<String> {
    Ok(code(text)?.render().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}

/// A picture as an SVG document, black on white.
///
/// # Errors
/// The text is too long.
pub fn svg(text: &str) -> Result<String> {
    Ok(code(text)?.render::<svg::Color<'_>>().min_dimensions(240, 240).build())
}

fn code(text: &str) -> Result<QrCode> {
    QrCode::with_error_correction_level(text, EcLevel::L)
        .map_err(|error| Error::internal("draw a QR code", error))
}
