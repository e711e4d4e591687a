//! `nox man`.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Command};
use serde_json::json;

use super::output::Output;
use super::tree;
use crate::files;

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
        write_pages(&command, &self.dir).with_context(failed)?;
        let folder = self.dir.display().to_string();
        let sentence = format!("wrote the manual pages into {folder}");
        output.done(&json!({ "folder": folder }), sentence)
    }
}

/// Writes the page of a command and those of its subcommands. `clap_mangen::generate_to` does the
/// same, but gives as the source of a page the last word of its command, such as `set 0.1.0`.
fn write_pages(command: &Command, folder: &Path) -> io::Result<()> {
    for subcommand in command.get_subcommands() {
        write_pages(subcommand, folder)?;
    }
    let source = concat!("nox ", env!("CARGO_PKG_VERSION"));
    let page = clap_mangen::Man::new(command.clone()).source(source);
    let mut text = Vec::new();
    page.render(&mut text)?;
    files::replace_public(&folder.join(page.get_filename()), &text)
}
