//! Logging in.

pub(crate) mod fields;
mod password;
mod second_factor;
