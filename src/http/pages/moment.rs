//! An instant as a page shows it.

use super::visitor::Visitor;
use crate::time::Timestamp;

/// What the element `time` needs.
pub(super) struct Moment {
    /// For programs, such as the script that knows the reader's time zone.
    pub iso: String,
    /// The date and time.
    pub full: String,
    /// The same as people tell it: how long ago, where that is not long.
    pub text: String,
}

impl Moment {
    pub(super) fn new(visitor: &Visitor, at: Timestamp) -> Self {
        Self {
            iso: at.to_string(),
            full: visitor.language.date(at),
            text: visitor.language.when(at, visitor.now),
        }
    }
}
