//! Whether the accounts that must have a second factor have one.

use super::Finding;
use crate::config::{Config, Demanded};
use crate::error::{Result, causes};
use crate::storage::{Connection, schema_version, users};
use crate::time::Timestamp;

const ABOUT: &str = "second factor";
/// How many administrators are named.
const NAMED: usize = 10;
/// The first schema version that this looks at.
const SINCE_VERSION: u32 = 8;

/// Counts the accounts without the second factor that is demanded of them, and names those of
/// administrators.
pub(super) fn examine(config: &Config, connection: &Connection, now: Timestamp) -> Option<Finding> {
    let demanded = config.login.require_second_factor;
    if demanded == Demanded::Nobody || matches!(schema_version(connection), Ok(..SINCE_VERSION)) {
        return None;
    }
    Some(match missing(connection, demanded, now) {
        Ok(missing) if missing.count == 0 => {
            Finding::ok(ABOUT, "every account that must have a second factor has one")
        }
        Ok(missing) => Finding::warning(ABOUT, missing.describe(demanded)),
        Err(error) => Finding::fault(ABOUT, causes(&error)),
    })
}

/// The accounts without a second factor that must have one.
#[derive(Default)]
struct Missing {
    count: usize,
    administrators: Vec<String>,
}

fn missing(connection: &Connection, demanded: Demanded, now: Timestamp) -> Result<Missing> {
    let mut missing = Missing::default();
    users::for_each_without_factor(connection, now, |username, is_admin| {
        if is_admin {
            missing.administrators.push(username);
        }
        missing.count += usize::from(is_admin || demanded == Demanded::Everybody);
    })?;
    Ok(missing)
}

impl Missing {
    fn describe(&self, demanded: Demanded) -> String {
        let named = self.administrators.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>();
        let more = self.administrators.len() - named.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let administrators = if named.is_empty() {
            String::new()
        } else {
            format!(", among them the administrators {}{more}", named.join(", "))
        };
        let filter = if demanded == Demanded::Administrators { " --admin" } else { "" };
        format!(
            "{} account(s) have no second factor, which login.require_second_factor \
             demands{administrators}: a login leads through its set-up; nox user \
             list{filter} --without-2fa lists them",
            self.count
        )
    }
}
