//! `nox serve`.

use std::sync::Arc;

use anyhow::Result;
use clap::Args;

use super::address_note::AddressNote;
use super::first_user::FirstUser;
use super::log;
use super::output::{Output, Stop};
use super::reload::reload;
use crate::config::{Config, Listen, Loaded};
use crate::descriptors;
use crate::domain::{App, Running, StartError, address, backup, doctor, mail, sweep};
use crate::http;
use crate::time::Timestamp;

#[derive(Args)]
pub(super) struct Serve {
    /// Where to listen: host:port, [v6]:port, or unix:PATH; port 0 means any free port [default:
    /// server.listen]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    #[command(flatten)]
    first_user: FirstUser,
}

impl Serve {
    /// Runs the server until a signal stops it.
    pub(super) fn run(self, load: impl Fn() -> Result<Loaded>, output: Output) -> Result<()> {
        let runtime = http::Runtime::new()?;
        let usage = |message| Stop::usage(format!("--listen: {message}"));
        let at = self.listen.map(Listen::try_from).transpose().map_err(usage)?;
        let load = || {
            let mut loaded = load()?;
            if let Some(at) = &at {
                loaded.config.server.listen = at.clone();
            }
            anyhow::Ok(loaded)
        };
        let Loaded { config, warnings } = load()?;
        let first_user = self.first_user;
        first_user.check()?;
        let log = log::start(&config.log, output.quiet);
        for warning in warnings {
            tracing::warn!("{warning}");
        }
        descriptors::raise_limit();
        let theme = http::Theme::new(&config).map_err(Stop::environment)?;
        mail::check(&config).map_err(StartError::from)?;
        // Before the database is created or upgraded, so that nothing changes if the address is in
        // use.
        let listener = listen(&config.server.listen)?;
        let bound = listener.to_string();
        let reached_at = listener.address();
        let metrics = config.metrics.listen.as_ref().map(listen_for_metrics).transpose()?;
        let metrics_bound = metrics.as_ref().map(ToString::to_string);
        let mut note = None;
        let running = Arc::new(Running::new(App::open(config)?));
        let app = running.app();
        log_creation(&app);
        first_user.create_silently(&app)?;
        doctor::warn_at_start(&app);
        tell_address(&app);
        sweep::start(&running, Timestamp::now())?;
        backup::start(&running)?;
        let start = http::Start { running: Arc::clone(&running), theme, listener, metrics };
        runtime.serve(
            start,
            || reload(&running, &log, load),
            || {
                log_start(&app.config, &bound, metrics_bound.as_deref());
                note = leave_note(&app.config, &reached_at);
                if let Err(error) = output.line(format_args!("listening on {bound}")) {
                    tracing::warn!(%error, "cannot write the address to stdout");
                }
                first_user.create(&app, output)
            },
        )?;
        drop(note);
        tracing::info!("stopped");
        Ok(())
    }
}

/// Says what a change of `server.address` costs.
fn tell_address(app: &App) {
    if let Err(error) = address::start(app, Timestamp::now()) {
        tracing::error!(%error, "cannot find out whether server.address has changed");
    }
}

/// Lets `nox health` find the server.
fn leave_note(config: &Config, at: &Listen) -> Option<AddressNote> {
    let written = AddressNote::write(config, at);
    let lost = |error| tracing::warn!(%error, "nox health will not find this server by itself");
    written.map_err(lost).ok()
}

/// Takes the socket that the service manager hands over, or else binds to an address.
fn listen(listen: &Listen) -> Result<http::Listener, Stop> {
    let handed_over = http::Listener::handed_over().map_err(|error| {
        Stop::environment(format!(
            "cannot use the socket of the service manager: {error}; check its socket unit"
        ))
    })?;
    handed_over.map_or_else(|| http::Listener::bind(listen), Ok).map_err(|error| {
        Stop::environment(format!(
            "cannot listen on {listen}: {error}; set --listen or server.listen"
        ))
    })
}

fn listen_for_metrics(at: &Listen) -> Result<http::Listener, Stop> {
    http::Listener::bind(at).map_err(|error| {
        Stop::environment(format!("cannot listen on {at}: {error}; set metrics.listen"))
    })
}

fn log_creation(app: &App) {
    if app.is_new {
        let database = app.config.storage.database.display().to_string();
        tracing::info!(database, "created the database");
    }
}

fn log_start(config: &Config, bound: &str, metrics: Option<&str>) {
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        listen = %bound,
        public_url = %config.server.public_url,
        database = config.storage.database.display().to_string(),
        "started"
    );
    if let Some(listen) = metrics {
        tracing::info!(%listen, "serves /metrics");
    }
}
