//! Users who would lose something with the key file.

use rusqlite::Connection;

use super::{User, user};
use crate::error::Result;

/// Calls `each` with every user who has an authenticator app or recovery codes that are not used,
/// by id.
pub(crate) fn for_each_with_sealed(
    connection: &Connection,
    mut each: impl FnMut(User) -> Result<()>,
) -> Result<()> {
    let query = "SELECT * FROM user_details WHERE id IN
        (SELECT user_id FROM totp_factors
         UNION SELECT user_id FROM recovery_codes WHERE used_at IS NULL) ORDER BY id";
    let mut statement = connection.prepare(query)?;
    statement.query_map([], user)?.try_for_each(|found| each(found?))
}
