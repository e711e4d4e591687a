//! The curve as a picture, whose colours stand out from white and from black.

use std::fmt::{Error, Write};

use crate::curve::{RATES, name};
use crate::figures::Figures;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const GREY: &str = "#808790";
/// The lines with their colours, and how far below its end the name of each stands: they meet
/// there.
const LINES: [(&str, &str, f64); 2] = [("p50", "#3d85c6", 12.0), ("p99", "#d9731a", 0.0)];

/// A logarithmic scale: decades from one to another, between two places in the picture.
struct Axis {
    decades: (i32, i32),
    places: (f64, f64),
}

impl Axis {
    /// With room for all of these values.
    fn around(values: impl Iterator<Item = f64> + Clone, places: (f64, f64)) -> Self {
        let (least, greatest) =
            (values.clone().fold(f64::MAX, f64::min), values.fold(f64::MIN_POSITIVE, f64::max));
        #[expect(clippy::cast_possible_truncation, reason = "these are exponents")]
        let decades = (least.log10().floor() as i32, greatest.log10().ceil() as i32);
        Self { decades, places }
    }

    fn at(&self, value: f64) -> f64 {
        let (from, to) = (f64::from(self.decades.0), f64::from(self.decades.1));
        let (start, end) = self.places;
        start + (value.log10() - from) / (to - from) * (end - start)
    }

    /// The whole decades, as values.
    fn marks(&self) -> impl Iterator<Item = f64> {
        (self.decades.0..=self.decades.1).map(|decade| 10_f64.powi(decade))
    }
}

/// A line of the picture: loads and latencies.
fn points(figures: &Figures, part: &str) -> Vec<(f64, f64)> {
    let found = |rate| Some((f64::from(rate), figures.middle(&name(part, rate))?.median));
    RATES.into_iter().filter_map(found).collect()
}

/// # Errors
/// Never: it writes to memory.
pub fn draw(figures: &Figures) -> Result<String, Error> {
    let lines = LINES.map(|(part, colour, below)| (part, colour, below, points(figures, part)));
    let all = || lines.iter().flat_map(|(.., points)| points.iter());
    let x = Axis::around(all().map(|point| point.0), (64.0, WIDTH - 48.0));
    let y = Axis::around(all().map(|point| point.1), (HEIGHT - 56.0, 24.0));

    let mut svg = String::new();
    writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img""#
    )?;
    writeln!(svg, r#"  font-family="sans-serif" font-size="13" fill="{GREY}" stroke-width="2">"#)?;
    writeln!(svg, "<title>Latency of a session check against the load</title>")?;
    frame(&mut svg, &x, &y)?;
    for (part, colour, below, points) in &lines {
        let path: Vec<String> = points
            .iter()
            .map(|(load, ms)| format!("{:.1},{:.1}", x.at(*load), y.at(*ms)))
            .collect();
        writeln!(svg, r#"<polyline fill="none" stroke="{colour}" points="{}"/>"#, path.join(" "))?;
        for (load, ms) in points {
            let (cx, cy) = (x.at(*load), y.at(*ms));
            writeln!(svg, r#"<circle cx="{cx:.1}" cy="{cy:.1}" r="3" fill="{colour}"/>"#)?;
        }
        if let Some((load, ms)) = points.last() {
            let (left, top) = (x.at(*load) + 10.0, y.at(*ms) + below);
            writeln!(svg, r#"<text x="{left:.1}" y="{top:.1}" fill="{colour}">{part}</text>"#)?;
        }
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// The scales and what they say.
fn frame(svg: &mut String, x: &Axis, y: &Axis) -> Result<(), Error> {
    let ((left, right), (bottom, top)) = (x.places, y.places);
    let line = format!(r#"stroke="{GREY}" stroke-width="1" stroke-opacity="0.4""#);
    for mark in y.marks() {
        let at = y.at(mark);
        writeln!(svg, r#"<path d="M{left} {at:.1}H{right}" {line}/>"#)?;
        writeln!(
            svg,
            r#"<text x="{}" y="{:.1}" text-anchor="end">{mark}</text>"#,
            left - 8.0,
            at + 4.0
        )?;
    }
    for mark in x.marks() {
        let at = x.at(mark);
        writeln!(svg, r#"<path d="M{at:.1} {bottom}V{top}" {line}/>"#)?;
        writeln!(
            svg,
            r#"<text x="{at:.1}" y="{}" text-anchor="middle">{mark}</text>"#,
            bottom + 18.0
        )?;
    }
    let (middle, below) = (left.midpoint(right), HEIGHT - 14.0);
    writeln!(
        svg,
        r#"<text x="{middle}" y="{below}" text-anchor="middle">session checks offered a second</text>"#
    )?;
    let middle = bottom.midpoint(top);
    writeln!(
        svg,
        r#"<text transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">milliseconds</text>"#
    )
}
