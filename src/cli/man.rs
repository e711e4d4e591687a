//! `nox man`.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, CommandFactory};
use clap_mangen::generate_to;

use super::Cli;
use super::output::Output;

#[derive(Args)]
pub struct Man {
    /// The folder; it is made where it is missing
    dir: PathBuf,
}

impl Man {
    /// Runs the command.
    ///
    /// # Errors
    /// The pages cannot be written.
    pub fn run(self, output: Output) -> Result<()> {
        let failed = || format!("cannot write the manual pages into {}", self.dir.display());
        fs::create_dir_all(&self.dir).with_context(failed)?;
        generate_to(Cli::command(), &self.dir).with_context(failed)?;
        output.say(format_args!("wrote the manual pages into {}", self.dir.display()));
        Ok(())
    }
}
