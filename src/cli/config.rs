//! `nox config`.

use anyhow::Result;
use clap::Subcommand;

use super::output::{Output, Stop};
use crate::config;
use crate::domain::{StartError, mail};
use crate::http::Theme;

#[derive(Subcommand)]
pub enum Config {
    /// Read the configuration as the server would, and say whether it is right
    Check,
    /// Print the whole configuration as it holds, from the file, the environment and the defaults;
    /// passwords are left out
    Show,
}

impl Config {
    /// Runs the command.
    ///
    /// # Errors
    /// The configuration is wrong.
    pub fn run(self, config: &config::Config, output: Output) -> Result<()> {
        match self {
            Self::Check => {
                Theme::new(config).map_err(Stop::environment)?;
                mail::check(config).map_err(StartError::from)?;
                output.say("the configuration is right");
                Ok(())
            }
            Self::Show if output.json => output.json(config),
            Self::Show => output.line(config.to_toml()?.trim_end()),
        }
    }
}
