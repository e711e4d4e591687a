//! The audit log: every [`Event`] of an account or of the instance, who caused it, from where, and
//! what it changed.

pub(in crate::domain) mod account;
mod differences;
mod operator;
mod recent;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::domain::App;
use crate::domain::accounts::identifier::by_name;
use crate::domain::event::Event;
use crate::domain::parts::{PART, in_parts};
use crate::domain::principal::By;
use crate::error::{Error, Result};
use crate::normalization::{fold, trim};
use crate::storage::audit::{self, Entry, Filter, Ids, Whose};
use crate::storage::users::{User, UserId};
use crate::storage::{Connection, schema_version};
use crate::time::Timestamp;
pub(in crate::domain) use differences::Differences;
pub(crate) use recent::list_newest;

/// How many lines an account has on a day before further changes of its profile are counted.
const LINES_A_DAY: u32 = 100;

/// The user whom an event concerns.
#[derive(Clone, Copy)]
pub(in crate::domain) struct Subject<'a> {
    pub id: UserId,
    pub username: &'a str,
}

impl<'a> From<&'a User> for Subject<'a> {
    fn from(user: &'a User) -> Self {
        Self { id: user.id, username: &user.username }
    }
}

/// Whom an event concerns, who caused it, and what it changed.
pub(in crate::domain) struct Record<'a> {
    pub event: Event,
    /// The user; `None` if the event concerns the instance.
    pub user: Option<Subject<'a>>,
    pub by: By<'a>,
    pub changes: Differences,
}

impl Record<'_> {
    /// Stores the event in the transaction in which it happens.
    pub(in crate::domain) fn store(self, connection: &Connection, now: Timestamp) -> Result<()> {
        if self.event.is_counted() || self.is_frequent(connection, now)? {
            audit::count(connection, &self.entry(now))
        } else {
            audit::insert(connection, &self.entry(now))
        }
    }

    /// Stores the event in a database of this version or an earlier one, as far as that has room
    /// for it: the first version has no audit log, and the next ones do not tell what changed.
    pub(in crate::domain) fn store_in_any_version(
        self,
        connection: &Connection,
        now: Timestamp,
    ) -> Result<()> {
        let entry = self.entry(now);
        match schema_version(connection)? {
            ..audit::SINCE_VERSION => Ok(()),
            audit::SINCE_VERSION..audit::ACTORS_SINCE_VERSION => {
                audit::insert_in_earlier(connection, &entry)
            }
            _ => audit::insert(connection, &entry),
        }
    }

    fn entry(self, now: Timestamp) -> Entry {
        let device = self.by.device();
        Entry {
            at: now,
            event: self.event.as_str().into(),
            user_id: self.user.map(|user| user.id),
            username: self.user.map(|user| user.username.into()),
            ip: device.map(|device| device.ip.to_string()),
            user_agent: device.and_then(|device| device.user_agent.clone()),
            actor: actor(self.by),
            changes: self.changes.into_text(),
            count: 1,
        }
    }

    /// Whether a user who repeats a change that has no rate limit has had the lines of a day. The
    /// others are counted, so that a program cannot fill the disk with lines.
    fn is_frequent(&self, connection: &Connection, now: Timestamp) -> Result<bool> {
        let (Some(user), By::User(_), false) = (self.user, self.by, self.event.is_limited()) else {
            return Ok(false);
        };
        audit::has_lines_of_day(connection, user.id, LINES_A_DAY, now)
    }
}

/// Who acted, as the log has it.
fn actor(by: By<'_>) -> String {
    match by {
        By::Operator => format!("operator:{}", operator::name()),
        By::Server => "server".into(),
        By::User(_) | By::FormerUser => "user".into(),
        By::Client(_) => "client".into(),
    }
}

/// A line of the log, as an operator sees it.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    /// When it happened.
    pub at: Timestamp,
    /// The name of the event, such as `password.changed`.
    pub event: String,
    /// The id of the user; `None` if the event concerns every account.
    pub id: Option<UserId>,
    /// The username at that time.
    pub username: Option<String>,
    /// Who acted: `user`, `client` (a program that was not logged in), `server`, or `operator:` and
    /// the name of the system user; `operator` alone in a line from before schema version 7.
    pub by: String,
    /// The client's address, the last one if the event is counted; `None` if no client acted.
    pub ip: Option<String>,
    /// The user agent of the client's program.
    pub user_agent: Option<String>,
    /// The old and the new value of each field that changed, unless they are secret.
    pub changes: Map<String, Value>,
    /// How often the event happened on that day; 1 for an event that has a line each time.
    pub count: u32,
}

/// Which lines are listed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Query<'a> {
    /// The name of an account, also of a deleted one, or an address that one had; `None` for those
    /// of all accounts.
    pub name: Option<&'a str>,
    /// Lines of this instant and later.
    pub since: Option<Timestamp>,
    /// Lines before this instant.
    pub until: Option<Timestamp>,
    /// A pattern for the event's name, with `*`, `?` and `[…]`.
    pub event: Option<&'a str>,
    /// How many lines at most: the newest ones.
    pub limit: Option<u32>,
}

/// Shows lines, the oldest first, as they are read. Lines that are written meanwhile are not shown:
/// [`list_later`] shows them, after the position that this returns.
///
/// # Errors
/// [`Error::UserNotFound`] if there is no such account and no line of one, a fault, or what `show`
/// returns.
pub(crate) fn list<E: From<Error>>(
    app: &App,
    query: Query<'_>,
    show: impl FnMut(Line) -> Result<(), E>,
) -> Result<Position, E> {
    let name = query.name.map(|name| fold(trim(name)));
    let found = app.db.read(|connection| {
        let whose = whose(app, connection, name.as_deref())?;
        let filter = query.filter(whose);
        let Some(last) = audit::find_newest_but(connection, &filter, 0)? else { return Ok(None) };
        let skipped = query.limit.map(|limit| limit.saturating_sub(1));
        let first = skipped.map(|skipped| audit::find_newest_but(connection, &filter, skipped));
        let first = first.transpose()?.flatten().unwrap_or(i64::MIN);
        Ok(Some((whose, Ids { first, last })))
    })?;
    let Some((whose, ids)) = found else { return Ok(Position(0)) };
    show_all(app, &query.filter(whose), ids, show)
}

/// Where a list ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position(i64);

/// Shows the lines that were written, or counted again, since a list ended.
///
/// # Errors
/// As [`list`].
pub(crate) fn list_later<E: From<Error>>(
    app: &App,
    query: Query<'_>,
    position: Position,
    show: impl FnMut(Line) -> Result<(), E>,
) -> Result<Position, E> {
    let name = query.name.map(|name| fold(trim(name)));
    let found = app.db.read(|connection| {
        // Most looks find nothing new, and this is all that they read.
        let newest = audit::find_newest_but(connection, &Filter::all(), 0)?;
        if newest.is_none_or(|newest| newest <= position.0) {
            return Ok(None);
        }
        let whose = whose(app, connection, name.as_deref())?;
        let last = audit::find_newest_but(connection, &query.filter(whose), 0)?;
        Ok(last.filter(|last| *last > position.0).map(|last| (whose, last)))
    })?;
    let Some((whose, last)) = found else { return Ok(position) };
    show_all(app, &query.filter(whose), Ids { first: position.0 + 1, last }, show)
}

/// Shows every line of a user, the oldest first.
///
/// # Errors
/// A fault, or what `show` returns.
pub(in crate::domain) fn list_of<E: From<Error>>(
    app: &App,
    user: UserId,
    show: impl FnMut(Line) -> Result<(), E>,
) -> Result<(), E> {
    let filter = Filter { whose: Whose::User(user), ..Filter::all() };
    show_all(app, &filter, Ids { first: i64::MIN, last: i64::MAX }, show).map(|_| ())
}

fn show_all<E: From<Error>>(
    app: &App,
    filter: &Filter<'_>,
    ids: Ids,
    mut show: impl FnMut(Line) -> Result<(), E>,
) -> Result<Position, E> {
    in_parts(
        |after: Option<i64>| {
            let ids = Ids { first: after.map_or(ids.first, |id| id + 1), ..ids };
            app.db.read(|connection| audit::list(connection, filter, ids, PART))
        },
        |listed| listed.id,
        |listed| show(line(listed.entry)),
    )?;
    Ok(Position(ids.last))
}

impl<'a> Query<'a> {
    const fn filter(&self, whose: Whose<'a>) -> Filter<'a> {
        Filter { whose, since: self.since, until: self.until, event: self.event }
    }
}

/// The account with a name, or one that had it as its username, id or address, be it deleted.
fn whose<'a>(app: &App, connection: &Connection, name: Option<&'a str>) -> Result<Whose<'a>> {
    let Some(name) = name else { return Ok(Whose::Everyone) };
    let whose = match by_name(app, connection, name) {
        Ok(user) => return Ok(Whose::User(user.id)),
        Err(Error::UserNotFound) => {
            name.parse().map_or(Whose::Named(name), |id| Whose::User(UserId(id)))
        }
        Err(error) => return Err(error),
    };
    let filter = Filter { whose, ..Filter::all() };
    if audit::find_newest_but(connection, &filter, 0)?.is_some() {
        return Ok(whose);
    }
    let had_address = audit::find_user_by_address(connection, name)?;
    had_address.map(Whose::User).ok_or(Error::UserNotFound)
}

fn line(entry: Entry) -> Line {
    let Entry { at, event, user_id: id, username, ip, user_agent, actor: by, changes, count } =
        entry;
    // A text that is no JSON is of no version of this program.
    let changes = changes.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    Line { at, event, id, username, by, ip, user_agent, changes, count }
}

/// Whether an event exists whose name has this form.
pub(crate) fn has_event_of(app: &App, form: &str) -> Result<bool> {
    let matches = |name| app.db.read(|connection| audit::has_form(connection, name, form));
    event_names().try_fold(false, |found, name| Ok(found || matches(name)?))
}

/// The names of all events.
pub(crate) fn event_names() -> impl Iterator<Item = &'static str> {
    Event::ALL.iter().map(|event| event.as_str())
}
