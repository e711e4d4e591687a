//! Accounts: how they are made, found, shown, changed and removed.

pub mod changes;
pub mod deletion;
pub mod edit;
pub mod email_address;
pub mod fields;
pub mod identifier;
pub mod links;
pub mod operator;
pub(crate) mod password_check;
pub mod profile;
pub mod registration;
pub mod search;
mod state;
pub mod tags;
#[cfg(test)]
mod tests;

pub(crate) use crate::storage::users::UserId;
