//! QR codes.

use qrcode::render::svg;
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

use crate::error::{Error, Result};

/// Renders a QR code as characters for a terminal. Since most terminals have a dark background, the
/// light modules are drawn.
pub(crate) fn terminal(text: &str) -> Result<String> {
    Ok(code(text)?.render().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}

/// Renders a QR code as an SVG document, black on white.
pub(crate) fn svg(text: &str) -> Result<String> {
    Ok(code(text)?.render::<svg::Color<'_>>().min_dimensions(240, 240).build())
}

fn code(text: &str) -> Result<QrCode> {
    QrCode::with_error_correction_level(text, EcLevel::L)
        .map_err(|error| Error::internal("draw a QR code", error))
}
