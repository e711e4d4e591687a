//! The newest lines of one account, for its user.

use super::{Line, line};
use crate::domain::App;
use crate::error::Result;
use crate::storage::audit;
use crate::storage::users::UserId;

/// Lines of an account, the newest first.
pub(crate) struct Newest {
    pub lines: Vec<Line>,
    /// The id of the last of them, if older ones follow.
    pub older: Option<i64>,
}

/// Lists the newest lines of a user: those before the line with the id `before`, if one is given.
///
/// # Errors
/// A fault.
pub(crate) fn list_newest(
    app: &App,
    user: UserId,
    before: Option<i64>,
    most: u32,
) -> Result<Newest> {
    let before = before.unwrap_or(i64::MAX);
    let mut found = app.db.read(|tx| audit::list_newest_of(tx, user, before, most + 1))?;
    let has_more = found.len() > most as usize;
    found.truncate(most as usize);
    let older = found.last().filter(|_| has_more).map(|listed| listed.id);
    Ok(Newest { lines: found.into_iter().map(|listed| line(listed.entry)).collect(), older })
}
