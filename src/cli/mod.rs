//! Floor 4, the command line: one file for each noun.

mod address_note;
mod audit;
mod backup;
mod completions;
mod config;
mod doctor;
mod examples;
mod failure;
mod first_user;
mod health;
mod import;
mod invite;
mod key;
mod list;
mod log;
mod mail;
mod man;
mod moment;
mod offered;
mod output;
mod passkey;
mod password;
mod relay;
mod reload;
mod serve;
mod session;
mod stats;
mod stdout;
mod terminal;
mod throttle;
mod totp;
mod tree;
mod usage;
mod user;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, FromArgMatches, Parser, Subcommand};
use rustix::fs::Mode;
use rustix::process::umask;

use crate::config::{Config, Loaded, Needs, clean};
use crate::domain::App;
use crate::http::openapi;
use output::{Output, Stop};

/// What a command uses that records an event: older ones are deleted then.
const TO_RECORD: &str = "limits.audit_age";

/// A login server for NoxVR, in one file.
#[derive(Parser)]
#[command(name = "nox", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// The configuration file [default: `NOX_CONFIG`, or else the first of nox.toml and
    /// /etc/nox/nox.toml that exists]
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
    /// List and remove passkeys
    #[command(subcommand)]
    Passkey(passkey::Passkey),
    /// Manage sessions
    #[command(subcommand)]
    Session(session::Session),
    /// Invite people to register
    #[command(subcommand)]
    Invite(invite::Invite),
    /// Manage relays
    #[command(subcommand)]
    Relay(relay::Relay),
    /// List and end lockouts: accounts and addresses with too many failed attempts
    #[command(subcommand, visible_alias = "bans")]
    Throttle(throttle::Throttle),
    /// Create, check and restore backups
    #[command(subcommand)]
    Backup(backup::Backup),
    /// Move in from a NoxVR server in Node.js: import the accounts of its database
    Import(import::Import),
    /// Show the audit log of accounts
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Print figures of the instance: accounts, sessions, logins and the size of the database
    Stats,
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
    Doctor(doctor::Doctor),
    /// Ask the running server whether it is ready, for monitors and containers
    Health(health::Health),
    /// Print the OpenAPI document of the API
    Openapi,
    /// Print a script with which a shell completes commands and flags
    Completions(completions::Completions),
    /// Write a manual page for each command into a folder
    Man(man::Man),
}

/// Runs the command that the arguments of the process name, and returns its exit status.
#[must_use]
pub fn run() -> ExitCode {
    match Cli::read() {
        Ok(cli) => {
            let json = cli.global.json;
            cli.run().map_or_else(|error| failure::fail(&error, json), |()| ExitCode::SUCCESS)
        }
        Err(error) => usage::answer(error),
    }
}

impl Cli {
    /// Reads the arguments of the process.
    fn read() -> Result<Self, clap::Error> {
        let mut command = tree::command();
        let arguments = command.try_get_matches_from_mut(env::args_os())?;
        Self::from_arg_matches(&arguments).map_err(|error| error.format(&mut command))
    }

    fn run(self) -> Result<()> {
        // Files that a command creates are for their owner alone, except for manual pages.
        if !matches!(self.command, Command::Man(_)) {
            umask(Mode::RWXG | Mode::RWXO);
        }
        let output = Output { json: self.global.json, quiet: self.global.quiet };
        let needs = self.command.needs();
        let file = self.global.config;
        // Read only by the commands that need it, so that an error in it does not stop the others.
        let load = || load(file.clone(), &needs);
        if !matches!(self.command, Command::Serve(_)) {
            log::start_for_command(output);
        }
        self.command.run(load, output)
    }
}

impl Command {
    /// The keys of the configuration that the command uses.
    fn needs(&self) -> Needs {
        const FILES: [&str; 2] = ["storage", "secrets"];
        let more: &[&str] = match self {
            Self::Serve(_) | Self::Config(_) | Self::Doctor(_) | Self::Mail(_) => {
                return Needs::Everything;
            }
            Self::Health(_) => return Needs::Only(vec!["server.listen"]),
            Self::User(command) => command.needs(),
            Self::Totp(command) => command.needs(),
            Self::Passkey(command) => command.needs(),
            Self::Session(command) => command.needs(),
            Self::Invite(_) => &["server", "users", "instance", "mail"],
            Self::Import(_) => {
                &["server", "users", "password", "mail", "passkeys", "totp", "limits"]
            }
            Self::Key(_) => &[TO_RECORD],
            _ => &[],
        };
        Needs::Only([&FILES, more].concat())
    }

    fn run(self, load: impl Fn() -> Result<Loaded>, output: Output) -> Result<()> {
        let config = || {
            let loaded = load()?;
            for warning in loaded.warnings {
                tracing::warn!("{warning}");
            }
            anyhow::Ok(loaded.config)
        };
        let open = || anyhow::Ok(App::open_existing(config()?)?);
        match self {
            Self::Serve(command) => command.run(load, output),
            Self::User(command) if command.may_create_the_instance() => {
                command.run(&App::open(config()?)?, output)
            }
            Self::User(command) => command.run(&open()?, output),
            Self::Totp(command) => command.run(&open()?, output),
            Self::Passkey(command) => command.run(&open()?, output),
            Self::Session(command) => command.run(&open()?, output),
            Self::Invite(command) => command.run(&open()?, output),
            Self::Backup(command) => command.run(config()?, output),
            Self::Throttle(command) => command.run(&open()?, output),
            Self::Import(command) => command.run(&config()?, output),
            Self::Audit(command) => command.run(&open()?, output),
            Self::Stats => stats::run(&open()?, output),
            Self::Mail(command) => command.run(&config()?, output),
            Self::Key(command) => command.run(config()?, output),
            Self::Config(command) => command.run(&config()?, output),
            Self::Health(command) => command.run(config, output),
            Self::Doctor(doctor) => doctor.run(load()?, output),
            Self::Completions(command) => command.run(output),
            Self::Man(command) => command.run(output),
            Self::Openapi => output.document(openapi::document()),
            Self::Relay(command) => command.run(&open()?, output),
        }
    }
}

fn load(file: Option<PathBuf>, needs: &Needs) -> Result<Loaded> {
    let file = file.map_or_else(from_environment, |file| Ok(Some(file)))?;
    Ok(Config::load_for(file.as_deref(), variables()?.into_iter(), needs)?)
}

/// The configuration file that the environment names.
fn from_environment() -> Result<Option<PathBuf>> {
    let Some(path) = env::var_os("NOX_CONFIG") else { return Ok(None) };
    let path = match path.into_string() {
        Ok(text) => {
            let wrong = |message| Stop::environment(format!("NOX_CONFIG: {message}"));
            clean(&text).map_err(wrong)?.into()
        }
        Err(path) => path,
    };
    Ok(Some(path).filter(|path| !path.is_empty()).map(Into::into))
}

/// The environment variables that can be read as text. Those of the configuration must be.
fn variables() -> Result<Vec<(String, String)>, Stop> {
    let variables =
        env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    variables
        .map(|(name, value)| match value.into_string() {
            Err(_) if name.starts_with("NOX_") => {
                Err(Stop::environment(format!("{name}: the value is not valid UTF-8")))
            }
            value => Ok((name, value.unwrap_or_default())),
        })
        .collect()
}
