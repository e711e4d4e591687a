//! Accounts. [`registration`] creates them, [`identifier`] and [`search`] find them, [`profile`]
//! shows them, [`edit`] changes them for their users and [`operator`] for operators, whom
//! [`inspection`] shows one, [`export`]
//! writes all that is kept about one, and [`deletion`] deletes them. What each field may hold is in
//! [`fields`], [`links`] and [`tags`], and which passwords may be chosen in [`new_password`].

pub mod changes;
pub mod deletion;
pub mod edit;
pub mod email_address;
pub(crate) mod export;
pub mod fields;
pub mod identifier;
pub(crate) mod inspection;
mod last_administrator;
pub mod links;
pub(crate) mod listing;
pub(crate) mod new_password;
pub mod operator;
pub(crate) mod password_check;
pub mod profile;
pub mod registration;
pub(crate) mod rights;
pub mod search;
mod state;
pub(crate) mod suspension;
pub mod tags;
#[cfg(test)]
mod tests;
pub(crate) mod unconfirmed;

pub(crate) use crate::storage::users::UserId;
pub(crate) use last_administrator::LastAdministrator;
