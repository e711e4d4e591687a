//! Searches and counts.

use std::time::Duration;

use crate::domain::App;
use crate::domain::accounts::identifier::Identifier;
use crate::domain::accounts::profile::{PublicProfile, public_profile};
use crate::error::{Error, Result};
use crate::storage::users::{self, Search, User, UserId};
use crate::storage::{Connection, Pagination};
use crate::time::Timestamp;

/// What a client looks for.
pub(crate) struct Query {
    /// What the username or the display name contains.
    pub text: String,
    /// Only these users, where there is a list.
    pub among: Option<Vec<Identifier>>,
    /// Which part of what is found.
    pub pagination: Pagination,
}

/// What is found.
pub(crate) struct Found {
    /// How many there are in all.
    pub total: u32,
    /// Those of a list who exist, whatever their names contain.
    pub ids: Vec<UserId>,
    /// The part that was asked for.
    pub users: Vec<PublicProfile>,
}

/// Finds users: all by id, those of a list in its order.
pub(crate) fn search(app: &App, query: &Query, now: Timestamp) -> Result<Found> {
    let Query { text, among, pagination } = query;
    let (total, ids, found) = if let Some(identifiers) = among {
        pick(app, identifiers, text, *pagination)?
    } else {
        let search = Search { text, by_email: false };
        let of = |connection: &Connection| {
            Ok((
                users::count(connection, search)?,
                Vec::new(),
                users::list(connection, search, *pagination)?,
            ))
        };
        app.db.read(of)?
    };
    Ok(Found {
        total,
        ids,
        users: found.iter().map(|user| public_profile(app, user, now)).collect(),
    })
}

fn pick(
    app: &App,
    identifiers: &[Identifier],
    text: &str,
    pagination: Pagination,
) -> Result<(u32, Vec<UserId>, Vec<User>)> {
    let text = text.to_ascii_lowercase();
    let holds = |name: &str| name.to_ascii_lowercase().contains(&text);
    let mut found: Vec<User> = Vec::new();
    app.db.read(|connection| {
        for identifier in identifiers {
            let user = identifier.find(connection)?;
            found.extend(user.filter(|user| found.iter().all(|other| other.id != user.id)));
        }
        Ok(())
    })?;
    let ids = found.iter().map(|user| user.id).collect();
    found.retain(|user| holds(&user.username) || holds(&user.display));
    let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let part = found
        .into_iter()
        .skip(pagination.offset as usize)
        .take(pagination.limit as usize)
        .collect();
    Ok((total, ids, part))
}

/// The user whom a client names.
///
/// # Errors
/// [`Error::UserNotFound`], or the database fails.
pub(crate) fn select(app: &App, identifier: &Identifier, now: Timestamp) -> Result<PublicProfile> {
    let user = app.db.read(|connection| identifier.find(connection))?;
    user.map(|user| public_profile(app, &user, now)).ok_or(Error::UserNotFound)
}

/// How many accounts there are, and how many of them were used of late.
pub(crate) struct Usage {
    /// All.
    pub total: u32,
    /// Within the last 30 days.
    pub active_month: u32,
    /// Within the last 180 days.
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
