//! The plot of the latency curve, in colours that are readable on white and on black.

use std::fmt::{Error, Write};

use crate::curve::{RATES, name};
use crate::figures::Figures;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const GREY: &str = "#808790";
/// The lines with their colours, and the offset of the label below the end of each line: the lines
/// meet there, and the labels must not.
const LINES: [(&str, &str, f64); 2] = [("p50", "#3d85c6", 12.0), ("p99", "#d9731a", 0.0)];

/// A logarithmic scale, from the first decade to the last, between two positions in the plot.
struct Axis {
    decades: (i32, i32),
    positions: (f64, f64),
}

impl Axis {
    /// A scale that contains all of these values.
    fn around(values: impl Iterator<Item = f64> + Clone, positions: (f64, f64)) -> Self {
        let least = values.clone().fold(f64::MAX, f64::min);
        let greatest = values.fold(f64::MIN_POSITIVE, f64::max);
        #[expect(clippy::cast_possible_truncation, reason = "they are exponents")]
        let decades = (least.log10().floor() as i32, greatest.log10().ceil() as i32);
        Self { decades, positions }
    }

    fn at(&self, value: f64) -> f64 {
        let from = f64::from(self.decades.0);
        let to = f64::from(self.decades.1);
        let (start, end) = self.positions;
        start + (value.log10() - from) / (to - from) * (end - start)
    }

    /// The values of the marks, one for each decade.
    fn marks(&self) -> impl Iterator<Item = f64> {
        (self.decades.0..=self.decades.1).map(|decade| 10_f64.powi(decade))
    }
}

/// The points of a line: loads and latencies.
fn points(figures: &Figures, part: &str) -> Vec<(f64, f64)> {
    let found = |rate| Some((f64::from(rate), figures.summary(&name(part, rate))?.median));
    RATES.into_iter().filter_map(found).collect()
}

/// Draws the plot as SVG.
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
            let cx = x.at(*load);
            let cy = y.at(*ms);
            writeln!(svg, r#"<circle cx="{cx:.1}" cy="{cy:.1}" r="3" fill="{colour}"/>"#)?;
        }
        if let Some((load, ms)) = points.last() {
            let left = x.at(*load) + 10.0;
            let top = y.at(*ms) + below;
            writeln!(svg, r#"<text x="{left:.1}" y="{top:.1}" fill="{colour}">{part}</text>"#)?;
        }
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// Draws the scales with their marks and labels.
fn frame(svg: &mut String, x: &Axis, y: &Axis) -> Result<(), Error> {
    let (left, right) = x.positions;
    let (bottom, top) = y.positions;
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
    let middle = left.midpoint(right);
    let below = HEIGHT - 14.0;
    writeln!(svg, r#"<text x="{middle}" y="{below}" text-anchor="middle">"#)?;
    writeln!(svg, "session checks offered a second</text>")?;
    let middle = bottom.midpoint(top);
    writeln!(svg, r#"<text transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">"#)?;
    writeln!(svg, "milliseconds</text>")
}
