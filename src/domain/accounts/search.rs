//! Searching and counting accounts.

use std::time::Duration;

use crate::domain::accounts::identifier::Identifier;
use crate::domain::accounts::profile::{PublicProfile, public_profile};
use crate::domain::{App, Paged};
use crate::error::{Error, Result};
use crate::normalization::{fold, trim};
use crate::storage::Pagination;
use crate::storage::users::{self, Search, User, UserId};
use crate::time::Timestamp;

/// A search for users.
pub(crate) struct Query {
    /// A text that the username or the display name contains.
    pub text: String,
    /// If set, only these users are searched.
    pub among: Option<Vec<Identifier>>,
    /// The part of the results to return.
    pub pagination: Pagination,
}

/// The result of a search.
pub(crate) struct Found<T> {
    /// The ids in [`Query::among`] that exist, whatever the users' names contain.
    pub ids: Vec<UserId>,
    /// The users that match.
    pub users: Paged<T>,
}

/// Finds users, ordered by id; those in [`Query::among`] keep the order given there.
pub(crate) fn search(app: &App, query: &Query, now: Timestamp) -> Result<Found<PublicProfile>> {
    let found = match &query.among {
        Some(identifiers) => search_among(app, identifiers, query)?,
        None => Found { ids: Vec::new(), users: search_all(app, query)? },
    };
    let users = found.users.map(|user| public_profile(app, &user, now));
    Ok(Found { ids: found.ids, users })
}

fn search_all(app: &App, query: &Query) -> Result<Paged<User>> {
    let search = Search { text: &query.text, by_email: false };
    app.db.read(|connection| {
        let total = users::count(connection, search)?;
        Ok(Paged { total, items: users::list(connection, search, query.pagination)? })
    })
}

fn search_among(app: &App, identifiers: &[Identifier], query: &Query) -> Result<Found<User>> {
    let text = fold(trim(&query.text));
    let matches = |name: &str| fold(name).contains(&text);
    let mut found: Vec<User> = Vec::new();
    app.db.read(|connection| {
        for identifier in identifiers {
            let user = identifier.find(connection)?;
            found.extend(user.filter(|user| found.iter().all(|other| other.id != user.id)));
        }
        Ok(())
    })?;
    let ids = found.iter().map(|user| user.id).collect();
    found.retain(|user| matches(&user.username) || matches(&user.display));
    let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let Pagination { limit, offset } = query.pagination;
    let items = found.into_iter().skip(offset as usize).take(limit as usize).collect();
    Ok(Found { ids, users: Paged { total, items } })
}

/// The public profile of the user that a client names.
///
/// # Errors
/// [`Error::UserNotFound`], or a fault.
pub(crate) fn select(app: &App, identifier: &Identifier, now: Timestamp) -> Result<PublicProfile> {
    let user = app.db.read(|connection| identifier.find(connection))?;
    user.map(|user| public_profile(app, &user, now)).ok_or(Error::UserNotFound)
}

/// The number of accounts, as the server's public information shows it.
pub(crate) struct Usage {
    /// All accounts.
    pub total: u32,
    /// Accounts that were used within the last 30 days.
    pub active_month: u32,
    /// Accounts that were used within the last 180 days.
    pub active_half_year: u32,
}

/// Counts the accounts.
pub(crate) fn usage(app: &App, now: Timestamp) -> Result<Usage> {
    const DAY: Duration = Duration::from_hours(24);
    app.db.read(|connection| {
        Ok(Usage {
            total: users::count(connection, Search { text: "", by_email: false })?,
            active_month: users::count_active(connection, now.before(30 * DAY))?,
            active_half_year: users::count_active(connection, now.before(180 * DAY))?,
        })
    })
}
