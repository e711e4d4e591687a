//! `nox serve`.

use std::io::{self, IsTerminal};
use std::net::TcpListener;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use zeroize::Zeroizing;

use super::output::{Output, Stop};
use super::user::named;
use crate::config::{Config, Listen, Log, LogFormat, LogLevel};
use crate::domain::App;
use crate::domain::users::{self, Registration};
use crate::http;
use crate::secret::generate_password;
use crate::time::Timestamp;

#[derive(Args)]
pub struct Serve {
    /// Where to listen: host:port, or [v6]:port; port 0 takes any [default: server.listen]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// While there is no user, make this administrator and print a password
    #[arg(long, value_name = "NAME")]
    first_user: Option<String>,
}

impl Serve {
    /// Runs the server until it is told to stop.
    ///
    /// # Errors
    /// The instance or the address cannot be opened.
    pub fn run(self, mut config: Config, output: Output) -> Result<()> {
        if let Some(listen) = self.listen {
            config.server.listen =
                Listen::try_from(listen).map_err(|message| Stop::usage(format!("--listen: {message}")))?;
        }
        start_log(&config.log);
        let app = Arc::new(App::open(config)?);
        let address = app.config.server.listen.as_str();
        let listener = TcpListener::bind(address).with_context(|| format!("cannot listen on {address}"))?;
        let bound = listener.local_addr()?;
        // Only now, when nothing can stop the start any more: the password is shown once.
        let first_user = self.first_user.map(|name| make_first_user(&app, &name)).transpose()?.flatten();
        http::serve(app, listener, || {
            let shown = output.line(format_args!("listening on http://{bound}")).and_then(|()| match &first_user {
                Some((name, password)) => {
                    output.line(format_args!("first user: {name}, password: {}", password.as_str()))
                }
                None => Ok(()),
            });
            shown.map_err(io::Error::other)
        })?;
        tracing::info!("stopped");
        Ok(())
    }
}

/// The name and the password of the administrator, where this made one.
fn make_first_user(app: &App, name: &str) -> Result<Option<(String, Zeroizing<String>)>> {
    if !users::is_empty(app)? {
        return Ok(None);
    }
    let password = generate_password()?;
    let registration = Registration {
        username: name.into(),
        display: None,
        email: None,
        password: password.to_string().into(),
        is_admin: true,
    };
    let user = users::register(app, registration, Timestamp::now()).map_err(|error| named(error, name))?;
    Ok(Some((user.username, password)))
}

/// Sends the log to stderr: ours from the configured level on, warnings of the libraries.
fn start_log(config: &Log) {
    let level = match config.level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let filter = Targets::new().with_target("nox", level).with_default(level.min(LevelFilter::WARN));
    let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let log = fmt::layer().with_writer(io::stderr).with_target(false);
    let log = match config.format {
        LogFormat::Json => log.json().boxed(),
        LogFormat::Text => log.with_ansi(false).boxed(),
        LogFormat::Auto => log.with_ansi(colours).boxed(),
    };
    tracing_subscriber::registry().with(log.with_filter(filter)).init();
}
