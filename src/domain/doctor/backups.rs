//! Whether there are backups, and whether they would be enough.

use std::time::Duration;

use super::{Finding, observed};
use crate::config::Config;
use crate::domain::backup;
use crate::error::causes;
use crate::storage::Connection;
use crate::storage::observations::Kind;
use crate::time::{Span, Timestamp};

const ABOUT: &str = "backups";

/// Examines the folder of the backups, and what the server has stored about the last one; without
/// a database, the folder alone.
pub(super) fn examine(config: &Config, connection: Option<&Connection>, now: Timestamp) -> Finding {
    let Some(every) = config.backup.every else {
        return Finding::warning(
            ABOUT,
            "the server makes no backups: set backup.every, or run nox backup create by a timer",
        );
    };
    let newest = backup::newest(&config.backup.folder, now);
    let known = newest.as_ref().ok().copied().flatten();
    let failed = connection.and_then(|connection| failed(connection, known, now));
    failed.unwrap_or_else(|| match newest {
        Ok(newest) => age(newest, every, now),
        Err(error) => {
            let folder = config.backup.folder.display();
            Finding::fault(ABOUT, format!("cannot read {folder}: {error}"))
        }
    })
}

/// What the server has stored, unless there is a backup since.
fn failed(connection: &Connection, newest: Option<Timestamp>, now: Timestamp) -> Option<Finding> {
    let seen = match observed(connection, Kind::BackupFailed, now) {
        Ok(seen) => seen.filter(|seen| newest.is_none_or(|newest| newest < seen.last_at))?,
        Err(error) => return Some(Finding::fault(ABOUT, causes(&error))),
    };
    let newest =
        newest.map_or_else(|| "there is none".into(), |at| format!("the newest is of {at}"));
    let text = format!(
        "the last backup failed, at {}: {}; {newest}; mend that, and the server tries again within \
         ten minutes",
        seen.last_at, seen.text
    );
    Some(Finding::fault(ABOUT, text))
}

fn age(newest: Option<Timestamp>, every: Span, now: Timestamp) -> Finding {
    match newest {
        Some(at) if at.after(Duration::from(every) * 2) >= now => {
            Finding::ok(ABOUT, format!("the newest backup is of {at}"))
        }
        Some(at) => Finding::warning(
            ABOUT,
            format!(
                "the newest backup is of {at}, which is more than twice backup.every ago: check \
                 that the server runs, and read its log"
            ),
        ),
        None => Finding::warning(
            ABOUT,
            "there is no backup yet: the server makes the first one when it starts; if it runs, \
             read its log",
        ),
    }
}
