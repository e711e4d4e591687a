//! `nox mail`.

use anyhow::Result;
use clap::Subcommand;
use serde_json::json;

use super::output::{Output, Stop};
use crate::config::Config;
use crate::domain::StartError;
use crate::domain::mail::{self, MailError, test};
use crate::time::Timestamp;

#[derive(Subcommand)]
pub(super) enum Mail {
    /// Send a test mail, and print the answer of the mail server
    Test {
        /// The address of the recipient
        address: String,
    },
}

impl Mail {
    pub(super) fn run(self, config: &Config, output: Output) -> Result<()> {
        let Self::Test { address } = self;
        mail::check(config).map_err(StartError::from)?;
        if let Some(contradiction) = config.mail.contradiction() {
            tracing::warn!("{contradiction}");
        }
        let answer = test(config, &address, Timestamp::now()).map_err(|error| match error {
            error @ MailError::Off => Stop::environment(error.to_string()).into(),
            error @ MailError::Address(_) => Stop::usage(error.to_string()).into(),
            error => anyhow::Error::from(error),
        })?;
        if output.json { output.json(&json!({ "answer": answer })) } else { output.line(answer) }
    }
}
