//! How far an import is, in one line of a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use crate::cli::output::Output;
use crate::domain::import::Progress;
use crate::time::Timestamp;

const SECOND: Duration = Duration::from_secs(1);
/// Goes to the beginning of the line and erases it (ECMA-48).
const ERASE: &str = "\r\u{1b}[K";

/// The line, where a person watches.
pub(super) struct Shown {
    is_watched: bool,
    /// The length of the dump, where it is a file.
    length: Option<u64>,
    last: Timestamp,
    /// When the first hash was wrapped.
    wrapping_since: Option<Timestamp>,
    is_dirty: bool,
}

impl Shown {
    pub(super) fn new(output: Output, length: Option<u64>) -> Self {
        let is_watched = !output.quiet && !output.json && io::stderr().is_terminal();
        let last = Timestamp::now();
        Self { is_watched, length, last, wrapping_since: None, is_dirty: false }
    }

    /// Shows how far it is, once a second.
    pub(super) fn show(&mut self, progress: Progress) {
        if !self.is_watched {
            return;
        }
        let now = Timestamp::now();
        if let Progress::Wrapped { .. } = progress {
            self.wrapping_since.get_or_insert(now);
        }
        if self.last.is_recent(SECOND, now) {
            return;
        }
        self.last = now;
        self.is_dirty = true;
        // A line that cannot be written is not a failure of the command.
        let _ = write!(io::stderr(), "{ERASE}{}", self.text(progress, now));
    }

    fn text(&self, progress: Progress, now: Timestamp) -> String {
        const MIB: u64 = 1 << 20;
        match progress {
            Progress::Read(bytes) => match self.length {
                Some(length) => format!("reading the dump: {} %", percent(bytes, length)),
                None => format!("reading the dump: {} MiB", bytes / MIB),
            },
            Progress::Looked(rows) => format!("checking rows: {rows}"),
            Progress::Wrapped { done, all } => {
                let taken = self.wrapping_since.map_or(Duration::ZERO, |since| now.since(since));
                let left = taken.as_millis() * u128::from(all - done) / u128::from(done.max(1));
                let left = Duration::from_millis(u64::try_from(left).unwrap_or(u64::MAX));
                let percent = percent(done, all);
                format!("wrapping hashes: {done} of {all} ({percent} %), {} left", minutes(left))
            }
            Progress::Written { done, all } => format!("writing accounts: {done} of {all}"),
        }
    }

    /// Removes the line.
    pub(super) fn clear(&self) {
        if self.is_dirty {
            let _ = write!(io::stderr(), "{ERASE}");
        }
    }
}

fn percent(done: u64, all: u64) -> u64 {
    (100 * done / all.max(1)).min(100)
}

fn minutes(left: Duration) -> String {
    match left.as_secs() {
        seconds @ 0..90 => format!("{seconds} s"),
        seconds => format!("{} min", seconds.div_ceil(60)),
    }
}
