//! Logging in.

mod fields;
mod password;
mod second_factor;
