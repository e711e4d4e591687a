//! `nox man`.

mod configuration;

use std::path::{Path, PathBuf};
use std::{io, iter};

use anyhow::{Context, Result};
use clap::{Args, Command};
use clap_mangen::Man as Page;
use clap_mangen::roff::{Roff, bold, italic, line_break, roman};
use serde_json::json;

use super::examples;
use super::output::Output;
use super::tree;
use crate::files;

/// What stands at the foot of every page.
const SOURCE: &str = concat!("nox ", env!("CARGO_PKG_VERSION"));

const STATUSES: [(&str, &str); 8] = [
    ("0", "done"),
    ("1", "failed"),
    ("2", "a mistake in the arguments"),
    ("3", "what was named does not exist"),
    ("4", "it exists already"),
    ("5", "the configuration or the environment: a file, a right, an address"),
    ("6", "the database is busy, damaged, or of another version"),
    ("7", "a code, a password or a backup is not right"),
];

const FILES: [(&str, &str); 3] = [
    (
        "nox.toml, /etc/nox/nox.toml",
        "The configuration: the first of these that exists, unless --config or NOX_CONFIG names \
         another file. See nox.toml(5).",
    ),
    ("nox.db", "The database (storage.database), beside the configuration by default."),
    ("nox.key", "The key file (secrets.key_file). Without it, the database cannot be used."),
];

const ENVIRONMENT: [(&str, &str); 3] = [
    ("NOX_CONFIG", "The configuration file, unless --config names one."),
    (
        "NOX_SECTION__KEY, NOX_SECTION__KEY_FILE",
        "The value of a key of the configuration, or the name of a file that has it, such as \
         NOX_SERVER__LISTEN.",
    ),
    ("NO_COLOR", "If it is set, nothing is written in bold or in colours."),
];

#[derive(Args)]
pub(super) struct Man {
    /// The folder; it is created if it is missing
    dir: PathBuf,
}

impl Man {
    pub(super) fn run(self, output: Output) -> Result<()> {
        let failed = || format!("cannot write the manual pages into {}", self.dir.display());
        files::create_public_folder(&self.dir).with_context(failed)?;
        let mut command = tree::command().disable_help_subcommand(true);
        command.build();
        write_pages(&command, "nox", &self.dir).with_context(failed)?;
        let file = self.dir.join("nox.toml.5");
        configuration::page()
            .and_then(|page| files::replace_public(&file, &page))
            .with_context(failed)?;
        let folder = self.dir.display().to_string();
        let sentence = format!("wrote the manual pages into {folder}");
        output.done(&json!({ "folder": folder }), sentence)
    }
}

/// Writes the page of a command and those of the commands below it.
fn write_pages(command: &Command, path: &str, folder: &Path) -> io::Result<()> {
    for below in command.get_subcommands() {
        write_pages(below, &format!("{path} {}", below.get_name()), folder)?;
    }
    let page = Page::new(command.clone()).source(SOURCE);
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut text)?;
    }
    sections(command, path).to_writer(&mut text)?;
    files::replace_public(&folder.join(page.get_filename()), &text)
}

/// What follows in every page.
fn sections(command: &Command, path: &str) -> Roff {
    let mut roff = Roff::new();
    list(&mut roff, "EXIT STATUS", &STATUSES);
    list(&mut roff, "FILES", &FILES);
    list(&mut roff, "ENVIRONMENT", &ENVIRONMENT);
    let lines = examples::of(path);
    if !lines.is_empty() {
        roff.control("SH", ["EXAMPLES"]);
        for line in lines {
            roff.text([roman(*line), line_break()]);
        }
    }
    let above = path.rsplit_once(' ').map(|(above, _)| above.replace(' ', "-"));
    let below = command.get_subcommands();
    let below = below.map(|below| format!("{path} {}", below.get_name()).replace(' ', "-"));
    let pages = above.into_iter().chain(below).map(|page| (page, "(1)"));
    roff.control("SH", ["SEE ALSO"]);
    let mut text = Vec::new();
    for (page, section) in pages.chain(iter::once(("nox.toml".into(), "(5)"))) {
        if !text.is_empty() {
            text.push(roman(", "));
        }
        text.extend([bold(page), roman(section)]);
    }
    roff.text(text);
    roff
}

fn list(roff: &mut Roff, title: &str, entries: &[(&str, &str)]) {
    roff.control("SH", [title]);
    for (name, meaning) in entries {
        roff.control("TP", []).text([italic(*name)]).text([roman(*meaning)]);
    }
}
