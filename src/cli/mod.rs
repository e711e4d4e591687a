//! Floor 4, the command line: one file for each noun.

mod audit;
mod backup;
mod bans;
mod completions;
mod config;
mod doctor;
mod health;
mod key;
mod log;
mod mail;
mod man;
pub mod output;
mod password;
mod relay;
mod serve;
mod session;
mod totp;
mod user;

use std::env;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use rustix::fs::Mode;
use rustix::process::umask;

use crate::config::Config;
use crate::domain::App;
use crate::http::openapi;
use output::{Output, Stop};

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
    /// The configuration file [default: `NOX_CONFIG`, or else nox.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON: one object, or for lists one object per line
    #[arg(long, global = true)]
    json: bool,
    /// Print only errors on stderr
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
    /// Manage second factors
    #[command(subcommand)]
    Totp(totp::Totp),
    /// Manage sessions
    #[command(subcommand)]
    Session(session::Session),
    /// Manage relays
    #[command(subcommand)]
    Relay(relay::Relay),
    /// List and lift bans after too many attempts
    #[command(subcommand)]
    Bans(bans::Bans),
    /// Create, check and restore backups
    #[command(subcommand)]
    Backup(backup::Backup),
    /// Show the audit log of accounts
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Test the mail server
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Manage the key file
    #[command(subcommand)]
    Key(key::Key),
    /// Check or print the configuration
    #[command(subcommand)]
    Config(config::Config),
    /// Examine the instance, without a change: files, database, clock, disk and backups
    Doctor,
    /// Ask the running server whether it is ready, for monitors and containers
    Health,
    /// Print the OpenAPI document of the API
    Openapi,
    /// Print a script with which a shell completes commands and flags
    Completions(completions::Completions),
    /// Write a manual page for each command into a folder
    Man(man::Man),
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// The command failed; [`output::fail`] turns the error into a message and an exit status.
    pub fn run(self) -> Result<()> {
        // Files that a command creates are for their owner alone, except for manual pages.
        if !matches!(self.command, Command::Man(_)) {
            umask(Mode::RWXG | Mode::RWXO);
        }
        let output = Output { json: self.global.json, quiet: self.global.quiet };
        let from_environment =
            || env::var_os("NOX_CONFIG").filter(|path| !path.is_empty()).map(Into::into);
        let file = self.global.config.or_else(from_environment);
        // Read only by the commands that need it, so that an error in it does not stop the others.
        let config = || anyhow::Ok(Config::load(file.as_deref(), variables()?.into_iter())?);
        if !matches!(self.command, Command::Serve(_)) {
            log::start_for_command();
        }
        match self.command {
            Command::Serve(command) => command.run(config()?, output),
            Command::User(command) => command.run(&App::open(config()?)?, output),
            Command::Totp(command) => command.run(&App::open(config()?)?, output),
            Command::Session(command) => command.run(&App::open(config()?)?, output),
            Command::Backup(command) => command.run(config()?, output),
            Command::Bans(command) => command.run(&App::open(config()?)?, output),
            Command::Audit(command) => command.run(&App::open(config()?)?, output),
            Command::Mail(command) => command.run(&App::open(config()?)?, output),
            Command::Key(command) => command.run(App::open(config()?)?, output),
            Command::Config(command) => command.run(&config()?, output),
            Command::Health => health::run(&config()?, output),
            Command::Doctor => doctor::run(&config()?, output),
            Command::Completions(command) => command.run(output),
            Command::Man(command) => command.run(output),
            Command::Openapi => output.line(openapi::document()),
            Command::Relay(command) => command.run(&App::open(config()?)?, output),
        }
    }
}

/// The environment variables that may hold configuration.
fn variables() -> Result<Vec<(String, String)>, Stop> {
    let variables =
        env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    variables
        .filter(|(name, _)| name.starts_with("NOX_"))
        .map(|(name, value)| match value.into_string() {
            Ok(value) => Ok((name, value)),
            Err(_) => Err(Stop::environment(format!("{name}: the value is not valid UTF-8"))),
        })
        .collect()
}
