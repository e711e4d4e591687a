//! The log on stderr: messages of Nox from the configured level on, and warnings of the libraries.

use std::fmt;
use std::io;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::json;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::{self, Format, Json, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{fmt as lines, reload};

use super::list::json_line;
use super::output::Output;
use super::terminal::{has_style, printable};
use crate::config::{self, LogFormat, LogLevel};

/// Starts the log of a command: warnings, one line each, or only errors.
pub(super) fn start_for_command(output: Output) {
    let level = if output.quiet { LevelFilter::ERROR } else { LevelFilter::WARN };
    let format = if output.json { LineFormat::CommandJson } else { LineFormat::Command };
    let format = Arc::new(Mutex::new(format));
    let log = lines::layer().with_writer(io::stderr).with_ansi(false).event_format(Lines(format));
    tracing_subscriber::registry().with(log.with_filter(level)).init();
}

/// Starts the log of the server.
pub(super) fn start(config: &config::Log, quiet: bool) -> Log {
    let format = Arc::new(Mutex::new(LineFormat::of(config.format)));
    let lines = Lines(Arc::clone(&format));
    let log = lines::layer().with_writer(io::stderr).with_ansi(false).event_format(lines);
    let (filter, handle) = reload::Layer::new(filter(config.level, quiet));
    tracing_subscriber::registry().with(log.with_filter(filter)).init();
    Log { quiet, format, filter: handle }
}

/// The log of a running server.
pub(super) struct Log {
    quiet: bool,
    format: Arc<Mutex<LineFormat>>,
    filter: reload::Handle<Targets, Registry>,
}

impl Log {
    /// Lets later lines follow another configuration.
    pub(super) fn set(&self, config: &config::Log) {
        *self.format.lock() = LineFormat::of(config.format);
        if let Err(error) = self.filter.reload(filter(config.level, self.quiet)) {
            tracing::error!(%error, "the log keeps its level");
        }
    }
}

/// Which messages are logged.
fn filter(level: LogLevel, quiet: bool) -> Targets {
    let level = match level {
        _ if quiet => LevelFilter::ERROR,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    Targets::new()
        .with_target("nox", level)
        // actix-http logs malformed client requests at ERROR. They are not errors of the server.
        .with_target("actix_http", LevelFilter::OFF)
        .with_default(level.min(LevelFilter::WARN))
}

/// How a line is written.
#[derive(Clone, Copy)]
enum LineFormat {
    /// The level and the fields.
    Command,
    /// An object `warning` with the fields as its message, as all of stderr is with `--json`.
    CommandJson,
    /// The time, the level and the fields.
    Text,
    /// The same, with grave levels set off.
    Styled,
    Json,
}

impl LineFormat {
    fn of(format: LogFormat) -> Self {
        match format {
            LogFormat::Json => Self::Json,
            LogFormat::Auto if has_style(&io::stderr()) => Self::Styled,
            LogFormat::Auto | LogFormat::Text => Self::Text,
        }
    }
}

/// Writes the lines of the log.
struct Lines(Arc<Mutex<LineFormat>>);

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let format = *self.0.lock();
        if let LineFormat::Json = format {
            // JSON has its own escapes for control characters.
            let json: Format<Json> = format::format().json().with_target(false);
            return json.format_event(context, writer, event);
        }
        if let LineFormat::CommandJson = format {
            let mut fields = String::new();
            context.format_fields(Writer::new(&mut fields), event)?;
            let warning = json!({ "warning": { "message": fields } });
            return writeln!(writer, "{}", json_line(&warning).map_err(|_| fmt::Error)?);
        }
        if let LineFormat::Text | LineFormat::Styled = format {
            SystemTime.format_time(&mut writer)?;
            writer.write_char(' ')?;
        }
        let level = *event.metadata().level();
        match (format, style(level)) {
            (LineFormat::Styled, Some(style)) => write!(writer, "{style}{level:>5}{PLAIN} ")?,
            _ => write!(writer, "{level:>5} ")?,
        }
        let mut fields = String::new();
        context.format_fields(Writer::new(&mut fields), event)?;
        writeln!(writer, "{}", printable(&fields))
    }
}

/// Ends every style (ECMA-48, SGR).
const PLAIN: &str = "\u{1b}[0m";

/// What sets a level off: bold, and the colours of the terminal exchanged. No colour is readable on
/// every background, but these are.
fn style(level: Level) -> Option<&'static str> {
    match level {
        Level::ERROR => Some("\u{1b}[1;7m"),
        Level::WARN => Some("\u{1b}[1m"),
        _ => None,
    }
}
