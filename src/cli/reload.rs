//! What `nox serve` does at SIGHUP: it reads the configuration again.

use std::sync::Arc;

use anyhow::Result;

use super::failure::{self, Stop};
use super::log::Log;
use crate::config::{Config, Loaded, Reloaded};
use crate::domain::{App, Running, backup};
use crate::http::Theme;
use crate::time::Timestamp;

/// Reads the configuration again by `load`, and everything that the start reads from files. If any
/// of it has an error, nothing changes at all, and the log says why.
pub(super) fn reload(
    running: &Arc<Running>,
    log: &Log,
    load: impl Fn() -> Result<Loaded>,
) -> Option<(Arc<App>, Theme)> {
    match read(running, load) {
        Ok(New { app, theme, reloaded, warnings }) => {
            running.replace(Arc::clone(&app));
            log.set(&app.config.log);
            for warning in warnings {
                tracing::warn!("{warning}");
            }
            tell(&reloaded);
            if let Err(error) = running.record(&reloaded, Timestamp::now()) {
                tracing::warn!(%error, "this is missing in the audit log");
            }
            if let Err(error) = backup::start(running) {
                tracing::error!(%error, "no backups are made: their thread cannot be started");
            }
            Some((app, theme))
        }
        Err(error) => {
            let error = failure::words(&error);
            tracing::error!(error, "the configuration was not reloaded, and nothing has changed");
            None
        }
    }
}

/// All that a new configuration changes, before any of it applies.
struct New {
    app: Arc<App>,
    theme: Theme,
    reloaded: Reloaded,
    warnings: Vec<String>,
}

fn read(running: &Running, load: impl Fn() -> Result<Loaded>) -> Result<New> {
    let Loaded { config, warnings } = load()?;
    check_file(&running.app().config, &config)?;
    let theme = Theme::new(&config).map_err(Stop::environment)?;
    let (app, reloaded) = running.app().reload(config)?;
    Ok(New { app: Arc::new(app), theme, reloaded, warnings })
}

/// Refuses a configuration that is not from the file that the server has read before. That file is
/// missing while an editor or a deployment replaces it, and every key would have its default then,
/// or the value of another file.
fn check_file(before: &Config, new: &Config) -> Result<(), Stop> {
    let Some(file) = before.file().filter(|file| new.file() != Some(file)) else { return Ok(()) };
    let found = new.file().map_or_else(
        || "no configuration file is there now".into(),
        |other| format!("{} would be read in its place", other.display()),
    );
    Err(Stop::environment(format!("the server has read {}, but {found}", file.display())))
}

fn tell(reloaded: &Reloaded) {
    match reloaded.applied.as_slice() {
        [] => tracing::info!("reloaded the configuration: nothing has changed"),
        changed => tracing::info!(changed = changed.join(", "), "reloaded the configuration"),
    }
    if !reloaded.at_start.is_empty() {
        tracing::warn!(
            keys = reloaded.at_start.join(", "),
            "the new values of these keys apply when the server is started again"
        );
    }
}
