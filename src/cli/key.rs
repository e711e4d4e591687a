//! `nox key`.

use anyhow::Result;
use clap::Subcommand;

use super::output::Output;
use crate::domain::{App, keys};
use crate::time::Timestamp;

#[derive(Subcommand)]
pub(super) enum Key {
    /// Replace the key file, encrypt everything with the new key, and end every session; stop the
    /// server first
    Rotate {
        /// Do not ask for confirmation
        #[arg(long)]
        yes: bool,
    },
}

impl Key {
    pub(super) fn run(self, app: &App, output: Output) -> Result<()> {
        let Self::Rotate { yes } = self;
        if !yes {
            let question =
                "Replace the key file? Every session ends, and all users must log in again. [y/N] ";
            output.confirm(question, "--yes")?;
        }
        keys::rotate(app, Timestamp::now())?;
        let sentence = "replaced the key file; every session has ended. Back up the new key file";
        output.done(&(), sentence)
    }
}
