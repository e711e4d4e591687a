//! Floor 4: the commands, one file per noun.

pub mod output;
mod password;
mod serve;
mod totp;
mod user;

use std::env;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::config::Config;
use crate::domain::App;
use output::Output;

/// A login server for NoxVR, in one file.
#[derive(Parser)]
#[command(name = "nox", version, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Global {
    /// The configuration file [default: nox.toml, where there is one]
    #[arg(long, global = true, env = "NOX_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write JSON: one object, or one a line for lists
    #[arg(long, global = true)]
    json: bool,
    /// Say nothing on stderr but errors
    #[arg(long, global = true)]
    quiet: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    Serve(serve::Serve),
    /// Manage accounts
    #[command(subcommand)]
    User(user::User),
    /// Manage authenticator apps
    #[command(subcommand)]
    Totp(totp::Totp),
}

impl Cli {
    /// Does what the command line says.
    ///
    /// # Errors
    /// Whatever stops it; [`output::fail`] turns it into a line and an exit status.
    pub fn run(self) -> Result<()> {
        let output = Output { json: self.global.json, quiet: self.global.quiet };
        let variables =
            env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let config = Config::load(self.global.config.as_deref(), variables)?;
        match self.command {
            Command::Serve(command) => command.run(config, output),
            Command::User(command) => command.run(&App::open(config)?, output),
            Command::Totp(command) => command.run(&App::open(config)?, output),
        }
    }
}
