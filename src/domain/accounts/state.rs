//! What follows from an account's row.

use crate::storage::users::User;
use crate::time::Timestamp;

impl User {
    /// Whether a login needs a second factor.
    #[must_use]
    pub(crate) const fn has_second_factor(&self) -> bool {
        self.has_totp || self.has_email_factor
    }

    /// Whether the same second factors are on as in an earlier copy of the row.
    pub(crate) const fn has_same_factors(&self, earlier: &Self) -> bool {
        self.has_totp == earlier.has_totp && self.has_email_factor == earlier.has_email_factor
    }

    /// Whether the operator has suspended the account, and the suspension has not ended.
    #[must_use]
    pub(crate) fn is_suspended(&self, now: Timestamp) -> bool {
        self.suspended_at.is_some() && self.suspended_until.is_none_or(|until| now < until)
    }
}
