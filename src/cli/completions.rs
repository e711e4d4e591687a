//! `nox completions`.

use anyhow::Result;
use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::Cli;
use super::output::Output;

#[derive(Args)]
pub struct Completions {
    /// For which shell
    shell: Shell,
}

impl Completions {
    /// Runs the command.
    ///
    /// # Errors
    /// stdout cannot be written.
    pub fn run(self, output: Output) -> Result<()> {
        let mut script = Vec::new();
        generate(self.shell, &mut Cli::command(), "nox", &mut script);
        output.line(String::from_utf8(script)?.trim_end())
    }
}
