//! The report: the table, JSON, and the part of the document that the benchmark writes.

use std::fs;
use std::thread::available_parallelism;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::figures::{Figures, Summary};
use crate::goals::{Goal, Met, ROWS, Unit, Verdict};
use crate::plot;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance.md");
const PICTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance.svg");
/// The lines around the part of the document that the benchmark writes.
const MARKS: (&str, &str) = ("<!-- measured -->\n", "<!-- /measured -->");

/// The table in Markdown, with aligned columns.
pub fn table(verdicts: &[Verdict]) -> String {
    let head = ["what", "measured", "beside", "ratio", "goal", "met"].map(str::to_owned);
    let rows: Vec<[String; 6]> = [head].into_iter().chain(verdicts.iter().map(cells)).collect();
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let widths: [usize; 6] = std::array::from_fn(width);
    let line = |row: &[String; 6]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("| {cell:width$} "));
        cells.collect::<String>() + "|"
    };
    let rule = widths.map(|width| "-".repeat(width));
    let lines = [line(&rows[0]), line(&rule)].into_iter().chain(rows[1..].iter().map(line));
    lines.collect::<Vec<_>>().join("\n")
}

fn cells(verdict: &Verdict) -> [String; 6] {
    let unit = verdict.row.unit;
    let shown =
        |middle: Option<Summary>| middle.map(|middle| with_unit(middle, unit)).unwrap_or_default();
    let ratio = verdict.ratio.map(|ratio| format!("{:.2} ± {:.2}", ratio.median, ratio.spread));
    let goal = |limit| {
        if verdict.row.per.is_some() {
            format!("{limit:.2}")
        } else {
            format!("{limit}{}", sign(unit))
        }
    };
    let goal = match verdict.row.goal {
        Goal::AtLeast(limit) => format!("≥ {}", goal(limit)),
        Goal::AtMost(limit) => format!("≤ {}", goal(limit)),
        Goal::Stated => String::new(),
    };
    let what = verdict.row.what.into();
    [
        what,
        shown(Some(verdict.measured)),
        shown(verdict.limit),
        ratio.unwrap_or_default(),
        goal,
        met(verdict.met).into(),
    ]
}

const fn met(met: Met) -> &'static str {
    match met {
        Met::Yes => "yes",
        Met::Nearly => "within the spread",
        Met::No => "no",
        Met::NoGoal => "",
    }
}

const fn sign(unit: Unit) -> &'static str {
    match unit {
        Unit::PerSecond => "/s",
        Unit::Milliseconds => " ms",
        Unit::Mebibytes => " MiB",
        Unit::Bytes => " B",
    }
}

/// As many digits as mean something.
fn with_unit(Summary { median, spread }: Summary, unit: Unit) -> String {
    let digits = match median {
        ..1.0 => 3,
        ..10.0 => 2,
        ..1000.0 => 1,
        _ => 0,
    };
    format!("{median:.digits$} ± {spread:.digits$}{}", sign(unit))
}

/// The rows of the table and all measured values, as one object.
pub fn json(verdicts: &[Verdict], figures: &Figures) -> Result<Value> {
    let summary = |summary: Summary| json!({ "median": summary.median, "spread": summary.spread });
    let rows = verdicts.iter().map(|verdict| {
        let (at_least, at_most) = match verdict.row.goal {
            Goal::AtLeast(goal) => (Some(goal), None),
            Goal::AtMost(goal) => (None, Some(goal)),
            Goal::Stated => (None, None),
        };
        json!({
            "name": verdict.row.name,
            "what": verdict.row.what,
            "unit": sign(verdict.row.unit).trim(),
            "measured": summary(verdict.measured),
            "beside": verdict.limit.map(summary),
            "ratio": verdict.ratio.map(summary),
            "at_least": at_least,
            "at_most": at_most,
            "met": met(verdict.met),
        })
    });
    let rows: Vec<_> = rows.collect();
    Ok(json!({ "machine": machine()?, "rows": rows, "figures": figures.values }))
}

/// Writes the plot if the curve was measured, and the table into the document if all rows were.
pub fn write(verdicts: &[Verdict], figures: &Figures) -> Result<()> {
    if figures.wants("load") {
        fs::write(PICTURE, plot::draw(figures)?)?;
    }
    if verdicts.len() == ROWS.len() {
        let text = fs::read_to_string(DOCUMENT)?;
        let (before, rest) =
            text.split_once(MARKS.0).context("the document has no mark before the table")?;
        let (_, after) =
            rest.split_once(MARKS.1).context("the document has no mark after the table")?;
        let measured = format!("{}\n\n{}\n", table(verdicts), machine()?);
        fs::write(DOCUMENT, [before, MARKS.0, &measured, MARKS.1, after].concat())?;
    }
    Ok(())
}

/// A sentence about the machine and the version.
fn machine() -> Result<String> {
    let processors = fs::read_to_string("/proc/cpuinfo")?;
    let model =
        processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("a processor without a name", |(_, name)| name);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let cores = available_parallelism()?;
    let version = env!("CARGO_PKG_VERSION");
    Ok(format!("Nox {version} on {cores} cores of {model}, Linux {}.", kernel.trim()))
}
