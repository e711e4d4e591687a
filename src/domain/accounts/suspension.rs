//! The suspension of an account by its operator.

use serde::Serialize;

use crate::storage::users::User;
use crate::time::Timestamp;

/// A suspension.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Suspension {
    /// When the suspension ends; `None` for one without an end.
    pub until: Option<Timestamp>,
    /// The reason that the operator gave.
    pub reason: Option<String>,
}

impl Suspension {
    /// The suspension of a user, if one is in force.
    pub(in crate::domain) fn of(user: &User, now: Timestamp) -> Option<Self> {
        user.is_suspended(now)
            .then(|| Self { until: user.suspended_until, reason: user.suspension_reason.clone() })
    }
}
