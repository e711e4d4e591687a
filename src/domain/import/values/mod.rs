//! The meaning of values: pure functions from a row of the old database to what is stored here. One
//! file for each kind of value.

mod account;
mod assets;
mod context;
mod loss;
mod printable;
mod refusal;

pub(crate) use account::{Account, AssetPicture};
pub(in crate::domain::import) use assets::{Assets, Unread};
pub(in crate::domain::import) use context::Context;
pub(crate) use loss::{Loss, LossKind};
pub(crate) use printable::printable;
pub(crate) use refusal::{Reason, Refusal};

/// Every refusal of a row, so that a report names them all at once.
pub(crate) type Refusals = Vec<Refusal>;
