//! Times in the arguments of commands: an instant, a date, or a length of time.

use super::output::Stop;
use crate::time::{Span, Timestamp};

/// Reads a time to come: an instant, the beginning of a day (UTC), or in how long it is.
pub(super) fn later(flag: &str, text: &str, now: Timestamp) -> Result<Timestamp, Stop> {
    let time = read(flag, text, "7d", |span| now.after(span.into()))?;
    if time <= now {
        return Err(Stop::usage(format!("{flag}: {text:?} is in the past")));
    }
    Ok(time)
}

/// Reads a time of the past: an instant, the beginning of a day (UTC), or how long ago it was.
pub(super) fn earlier(flag: &str, text: &str, now: Timestamp) -> Result<Timestamp, Stop> {
    read(flag, text, "24h", |span| now.before(span.into()))
}

fn read(
    flag: &str,
    text: &str,
    example: &str,
    away: impl FnOnce(Span) -> Timestamp,
) -> Result<Timestamp, Stop> {
    let length = text.parse::<Span>().map(away);
    let day = || format!("{text}T00:00:00Z").parse();
    let time = length.or_else(|_| day()).or_else(|_: String| text.parse());
    time.map_err(|message: String| {
        Stop::usage(format!("{flag}: {message}, a date, or a length of time such as {example}"))
    })
}
