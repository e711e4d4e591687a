//! Relays, which check the tokens of users.

mod checkbearer;
mod commands;
