//! Whether each email address names one account.

use super::Finding;
use crate::error::{Result, causes};
use crate::storage::{Connection, schema_version, users};

/// Accounts from before addresses were compared without their spelling. An address that names one
/// account is no finding.
pub(super) fn examine(connection: &Connection) -> Vec<Finding> {
    let warning = |shared: String| Finding::warning("addresses", shared);
    match shared(connection) {
        Ok(shared) => shared.into_iter().map(warning).collect(),
        Err(error) => vec![Finding::fault("addresses", causes(&error))],
    }
}

fn shared(connection: &Connection) -> Result<Vec<String>> {
    // Before the upgrade, which reports them, the database does not know.
    if schema_version(connection)? < users::FOLDED_SINCE_VERSION {
        return Ok(Vec::new());
    }
    Ok(users::list_shared(connection)?.iter().map(ToString::to_string).collect())
}
