//! `nox config`.

use anyhow::Result;
use clap::Subcommand;

use super::output::{Output, Stop};
use crate::config;
use crate::domain::{StartError, mail};
use crate::http::Theme;

#[derive(Subcommand)]
pub(super) enum Config {
    /// Check the configuration as the server does at its start
    Check,
    /// Print the whole configuration: the file, the environment and the defaults combined, with
    /// passwords hidden
    Show,
}

impl Config {
    pub(super) fn run(self, config: &config::Config, output: Output) -> Result<()> {
        match self {
            Self::Check => {
                Theme::new(config).map_err(Stop::environment)?;
                mail::check(config).map_err(StartError::from)?;
                if let Some(contradiction) = config.mail.contradiction() {
                    tracing::warn!("{contradiction}");
                }
                output.say(format_args!(
                    "{}; the database is {}, the key file {}",
                    config.source(),
                    config.storage.database.display(),
                    config.secrets.key_file.display(),
                ));
                output.say("the configuration is valid");
                Ok(())
            }
            Self::Show if output.json => output.json(config),
            Self::Show => output.document(config.to_toml()?.trim_end()),
        }
    }
}
