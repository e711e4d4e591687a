//! Floor 4: the commands, one file per noun.

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
    /// The configuration file [default: `NOX_CONFIG`, or else nox.toml, where there is one]
    #[arg(long, global = true, value_name = "FILE")]
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
    /// Manage second factors
    #[command(subcommand)]
    Totp(totp::Totp),
    /// Manage sessions
    #[command(subcommand)]
    Session(session::Session),
    /// Manage relays
    #[command(subcommand)]
    Relay(relay::Relay),
    /// See and lift what too many attempts have earned
    #[command(subcommand)]
    Bans(bans::Bans),
    /// Make, check and restore backups
    #[command(subcommand)]
    Backup(backup::Backup),
    /// See what has happened to accounts
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Try the mail server
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Manage the key file
    #[command(subcommand)]
    Key(key::Key),
    /// Check and show the configuration
    #[command(subcommand)]
    Config(config::Config),
    /// Look through the instance: files, database, clock, disk, backups; changes nothing
    Doctor,
    /// Ask the server that is configured whether it is ready: for monitors and containers
    Health,
    /// Print the OpenAPI document of the API
    Openapi,
    /// Print what a shell needs to complete commands and flags
    Completions(completions::Completions),
    /// Write the manual pages, one for each command, into a folder
    Man(man::Man),
}

impl Cli {
    /// Does what the command line says.
    ///
    /// # Errors
    /// Whatever stops it; [`output::fail`] turns it into a line and an exit status.
    pub fn run(self) -> Result<()> {
        // What it makes is nobody else's, whatever the caller's umask is; manual pages are
        // everybody's.
        if !matches!(self.command, Command::Man(_)) {
            umask(Mode::RWXG | Mode::RWXO);
        }
        let output = Output { json: self.global.json, quiet: self.global.quiet };
        let from_environment =
            || env::var_os("NOX_CONFIG").filter(|path| !path.is_empty()).map(Into::into);
        let file = self.global.config.or_else(from_environment);
        // Only by those who need it: a mistake in it shall not keep anybody from reading a manual.
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
    let ours = env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    ours.filter(|(name, _)| name.starts_with("NOX_"))
        .map(|(name, value)| match value.into_string() {
            Ok(value) => Ok((name, value)),
            Err(_) => Err(Stop::environment(format!("{name}: the value is no text in UTF-8"))),
        })
        .collect()
}
