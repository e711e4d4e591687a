//! `nox config`.

use anyhow::Result;
use clap::Subcommand;
use serde_json::json;

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
                let database = config.storage.database.display().to_string();
                let key_file = config.secrets.key_file.display().to_string();
                let sentence = format!("{}\nthe configuration is valid", config.files_in_use());
                let facts =
                    json!({ "file": config.file(), "database": database, "key_file": key_file });
                output.done(&facts, sentence)
            }
            Self::Show if output.json => output.json(config),
            Self::Show => output.document(config.to_toml()?.trim_end()),
        }
    }
}
