//! `nox key`.

use anyhow::Result;
use clap::Subcommand;

use super::output::Output;
use crate::domain::{App, keys};
use crate::time::Timestamp;

#[derive(Subcommand)]
pub enum Key {
    /// Replace the key file, and seal with the new one what the old one sealed; every session ends
    Rotate {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

impl Key {
    /// Runs the command.
    ///
    /// # Errors
    /// The server is running, or the key file or the database cannot be written.
    pub fn run(self, app: App, output: Output) -> Result<()> {
        let Self::Rotate { yes } = self;
        if !yes {
            let question = "Replace the key file? Every session ends, and everybody has to log in again. [y/N] ";
            output.confirm(question, "--yes")?;
        }
        keys::rotate(app, Timestamp::now())?;
        output.say("the key file is new, and every session has ended; a backup needs the new one");
        Ok(())
    }
}
