//! The log on stderr: messages of Nox from the configured level on, and warnings of the libraries.

use std::io::{self, IsTerminal};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{Log, LogFormat, LogLevel};

/// Starts the log of a command: warnings, one line each, or only errors.
pub(super) fn start_for_command(quiet: bool) {
    let level = if quiet { LevelFilter::ERROR } else { LevelFilter::WARN };
    let log =
        fmt::layer().with_writer(io::stderr).with_target(false).with_ansi(false).without_time();
    tracing_subscriber::registry().with(log.with_filter(level)).init();
}

/// Starts the log of the server.
pub(super) fn start(config: &Log, quiet: bool) {
    let level = match config.level {
        _ if quiet => LevelFilter::ERROR,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let filter = Targets::new()
        .with_target("nox", level)
        // actix-http logs malformed client requests at ERROR. They are not errors of the server.
        .with_target("actix_http", LevelFilter::OFF)
        .with_default(level.min(LevelFilter::WARN));
    let colours = io::stderr().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let log = fmt::layer().with_writer(io::stderr).with_target(false);
    let log = match config.format {
        LogFormat::Json => log.json().boxed(),
        LogFormat::Text => log.with_ansi(false).boxed(),
        LogFormat::Auto => log.with_ansi(colours).boxed(),
    };
    tracing_subscriber::registry().with(log.with_filter(filter)).init();
}
