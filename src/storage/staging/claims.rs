//! What only one row of a dump can have: the first one keeps it.

use rusqlite::params;

use super::Staging;
use crate::error::Result;

/// What only one row can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    Credential,
    RelayName,
    RelayToken,
}

/// The number of no row: what is claimed by it is in the instance already.
pub(crate) const STORED: i64 = 0;

impl Staging {
    /// Whether this row is the first that claims this value. A row can ask again.
    pub(crate) fn claim(&self, what: Claim, value: &[u8; 32], row: i64) -> Result<bool> {
        let statement = "INSERT INTO claims (kind, value, number) VALUES (?1, ?2, ?3)
            ON CONFLICT DO NOTHING";
        self.0.prepare_cached(statement)?.execute(params![what as u8, value, row])?;
        let query = "SELECT number = ?3 FROM claims WHERE kind = ?1 AND value = ?2";
        let mut statement = self.0.prepare_cached(query)?;
        Ok(statement.query_row(params![what as u8, value, row], |row| row.get(0))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_belongs_to_the_first_row_that_claims_it() {
        let staging = Staging::new().unwrap();
        let claim = |what, value, row| staging.claim(what, &[value; 32], row).unwrap();
        assert!(claim(Claim::RelayName, 1, 5) && claim(Claim::RelayName, 1, 5));
        assert!(!claim(Claim::RelayName, 1, 6));
        assert!(claim(Claim::RelayName, 2, 6) && claim(Claim::RelayToken, 1, 6));
        assert!(claim(Claim::Credential, 1, STORED) && !claim(Claim::Credential, 1, 7));
    }
}
