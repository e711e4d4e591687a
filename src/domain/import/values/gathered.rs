//! What was found of a row while its values were read.

use super::loss::{Loss, LossKind};
use super::refusal::Reason;

/// What was found of a row while its values were read. Reading goes on after a refusal, so that a
/// report names all of them at once.
#[derive(Default)]
pub(super) struct Gathered {
    pub refusals: Vec<Reason>,
    pub losses: Vec<Loss>,
}

impl Gathered {
    /// The value, or its default where the row is refused.
    pub fn take<T: Default>(&mut self, read: Result<T, Reason>) -> T {
        read.unwrap_or_else(|reason| {
            self.refusals.push(reason);
            T::default()
        })
    }

    pub fn lose(&mut self, kind: LossKind, what: impl Into<String>) {
        self.losses.push(Loss::new(kind, what));
    }
}
