//! The system clock, as a running server sees it, and what was stored while it was ahead.
//!
//! A clock may be wrong for a while, by hours or by years, and be right again. Then no user may be
//! locked out by what was stored meanwhile, and no data may be lost: [`watch`] notices that the
//! clock has gone back, and gives every stored instant that is later than it can be its meaning
//! ([`instants`]). After a leap ahead, nothing is deleted for its age until the clock has gone on
//! for a while ([`seen`]).

mod instants;
mod seen;

use std::time::Duration;

use crate::config::Config;
use crate::domain::App;
use crate::domain::present::Present;
use crate::error::Result;
use crate::storage::clock::{self as rows, SeenClock};
use crate::storage::{Connection, audit, schema_version, sessions};
use crate::time::Timestamp;
use instants::{INSTANTS, Rules};
use seen::{Move, look, moved};

/// How often it is stored that the clock was seen.
const STORE_INTERVAL: Duration = Duration::from_mins(10);

/// What is stored that is ahead of the clock.
#[derive(Debug, Default)]
pub(crate) struct Ahead {
    /// The latest time that the server has seen, if that is ahead.
    seen_at: Option<Timestamp>,
    /// What has to be settled: how many rows of which kind, and what it means for them.
    rows: Vec<String>,
    /// Entries of the audit log, which stay as they were written.
    entries: u32,
    /// Whether the last one of all entries is among these.
    has_last_entry: bool,
}

impl Ahead {
    /// Whether the clock has gone back since something was stored last.
    pub(crate) fn is_back(&self) -> bool {
        self.seen_at.is_some() || !self.rows.is_empty() || self.has_last_entry
    }

    /// How many lines of the audit log are ahead, which nothing but time changes.
    pub(crate) const fn lines(&self) -> u32 {
        self.entries
    }

    /// What was found, for an operator.
    pub(crate) fn describe(&self, now: Timestamp) -> String {
        let mut found = self.rows.clone();
        if let Some(seen_at) = self.seen_at {
            found.insert(0, format!("the server was running at {seen_at}"));
        }
        if self.entries > 0 {
            found
                .push(format!("{} line(s) of the audit log, which stay as they are", self.entries));
        }
        format!(
            "the clock says {now}, and the database holds later times: the clock has gone back. \
             Found ahead of it: {}. If the clock is right now, nothing needs to be done: this is \
             how the server counts them. If it is not, set the clock, or codes of authenticator \
             apps will be refused",
            found.join("; ")
        )
    }
}

/// Finds what is stored ahead of the clock, in a database of any schema version.
pub(crate) fn find_ahead(
    connection: &Connection,
    config: &Config,
    now: Timestamp,
) -> Result<Ahead> {
    let version = schema_version(connection)?;
    let rules = Rules { present: Present::new(config, now), config };
    let tolerated = rules.present.past().tolerated;
    let mut ahead = Ahead::default();
    if version >= rows::SINCE_VERSION {
        let seen = rows::find(connection)?.map(|clock| clock.seen_at);
        ahead.seen_at = seen.filter(|seen_at| *seen_at > tolerated);
    }
    for kind in INSTANTS.iter().filter(|kind| kind.since <= version) {
        let count = (kind.count)(connection, &rules)?;
        if count > 0 {
            ahead.rows.push(format!("{count} {}, {}", kind.rows, kind.meaning));
        }
    }
    if version >= audit::SINCE_VERSION {
        ahead.entries = audit::count_later(connection, tolerated)?;
        ahead.has_last_entry = audit::find_last_at(connection)? > Some(tolerated);
    }
    Ok(ahead)
}

/// Until when nothing is deleted for its age, if the clock has gone far ahead.
pub(crate) fn distrusted_until(
    connection: &Connection,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    if schema_version(connection)? < rows::SINCE_VERSION {
        return Ok(None);
    }
    let trusted_at = rows::find(connection)?.map(|clock| clock.trusted_at);
    Ok(trusted_at.filter(|trusted_at| *trusted_at > now))
}

/// Looks at the clock, and settles what is stored ahead of it if it has gone back since the last
/// look. Returns whether the clock is trusted: whether what is too old by it may be deleted.
pub(crate) fn watch(app: &App, now: Timestamp) -> Result<bool> {
    let last = app.db.read(rows::find)?;
    let present = Present::new(&app.config, now);
    let seen = look(last, &present);
    let is_stored = |last: SeenClock| last.seen_at.is_recent(STORE_INTERVAL, now);
    match (moved(last, &present), last) {
        (Move::Steady, Some(last)) if is_stored(last) => return Ok(seen.trusted_at <= now),
        (Move::Steady, _) | (_, None) => {}
        (Move::Back, Some(_)) => settle(app, now)?,
        (Move::Leap, Some(last)) => tracing::info!(
            last_seen = %last.seen_at,
            trusted_from = %seen.trusted_at,
            "the server was stopped, or the clock has gone ahead: nothing is deleted for its age \
             until it is trusted"
        ),
    }
    app.db.write(|connection| rows::put(connection, seen))?;
    Ok(seen.trusted_at <= now)
}

/// Logs what is stored ahead of the clock, and gives it its meaning. This reads every row of the
/// large tables, so that no start waits for it unless the clock has gone back.
pub(crate) fn settle(app: &App, now: Timestamp) -> Result<()> {
    let ahead = app.db.read(|connection| find_ahead(connection, &app.config, now))?;
    if ahead.is_back() {
        tracing::warn!("{}", ahead.describe(now));
    }
    let present = Present::new(&app.config, now);
    // The ends of sessions are late where `session.lifetime` was longer, too.
    let end = present.end_of(app.config.session.lifetime.into());
    app.db.write(|connection| sessions::shorten(connection, end))?;
    if ahead.rows.is_empty() {
        return Ok(());
    }
    let rules = Rules { present, config: &app.config };
    app.db
        .write(|connection| INSTANTS.iter().try_for_each(|kind| (kind.settle)(connection, &rules)))
}

#[cfg(test)]
mod tests;
