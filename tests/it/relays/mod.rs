//! Relays, which ask whether a token is good.

mod checkbearer;
mod commands;
