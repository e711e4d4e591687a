//! QR codes.

use qrcode::render::svg;
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

use crate::error::{Error, Result};

/// Renders a QR code as characters for a terminal without colours. Since most have a dark
/// background, the light modules are drawn.
pub(crate) fn terminal(text: &str) -> Result<String> {
    Ok(code(text)?.render().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}

/// Renders a QR code for a terminal that knows colours: black on white, whatever its own are,
/// by the two of the palette that no theme changes (ECMA-48, SGR).
pub(crate) fn black_on_white(text: &str) -> Result<String> {
    let picture: String = code(text)?.render::<Dense1x2>().build();
    let styled = picture.lines().map(|line| format!("\u{1b}[38;5;16;48;5;231m{line}\u{1b}[0m"));
    Ok(styled.collect::<Vec<_>>().join("\n"))
}

/// Renders a QR code as an SVG document, black on white.
pub(crate) fn svg(text: &str) -> Result<String> {
    Ok(code(text)?.render::<svg::Color<'_>>().min_dimensions(240, 240).build())
}

fn code(text: &str) -> Result<QrCode> {
    QrCode::with_error_correction_level(text, EcLevel::L)
        .map_err(|error| Error::internal("draw a QR code", error))
}
