//! The meaning of values: pure functions from a row of the old database to what is stored here. One
//! file for each kind of value.

mod account;
mod assets;
mod ban;
mod columns;
mod context;
mod display;
mod email;
mod gathered;
mod links;
mod loss;
mod passkey;
mod password;
mod pictures;
mod printable;
mod profile;
mod rank;
mod refusal;
mod relay;
mod row;
mod tags;
mod totp;
mod username;

pub(in crate::domain::import) use account::Account;
pub(in crate::domain::import) use assets::Assets;
pub(in crate::domain::import) use context::Context;
pub(in crate::domain::import) use email::{Sharer, keeper};
pub(crate) use loss::{Loss, LossKind};
pub(in crate::domain::import) use passkey::passkey;
pub(crate) use printable::printable;
pub(crate) use refusal::{Reason, Refusal};
pub(in crate::domain::import) use relay::{ImportedRelay, relay};
pub(in crate::domain::import) use row::account;
