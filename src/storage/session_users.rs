//! The query of each session check, over the tables `users` and `sessions`.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::Columns;
use super::sessions::SessionRef;
use super::users::{User, take_user};
use crate::error::Result;
use crate::time::Timestamp;

/// The user of a session, with the columns of the session that a check needs.
#[derive(Clone, Debug)]
pub(crate) struct SessionUser {
    pub user: Arc<User>,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Finds a session with its user, whether it has expired or not.
pub(super) fn find(connection: &Connection, named: SessionRef) -> Result<Option<SessionUser>> {
    let query = "SELECT user_details.*, last_seen_at, expires_at
        FROM user_details JOIN sessions ON user_id = user_details.id
        WHERE user_details.id = ?1 AND sessions.id = ?2";
    let all = |row: &Row<'_>| {
        let mut columns = Columns::of(row);
        let user = Arc::new(take_user(&mut columns)?);
        Ok(SessionUser { user, last_seen_at: columns.take()?, expires_at: columns.take()? })
    };
    Ok(connection
        .prepare_cached(query)?
        .query_row(params![named.user, named.session], all)
        .optional()?)
}
