//! Sessions: what opens one, what shows it, and what ends it.

mod busy_checks;
mod checks;
mod commands;
mod credential_headers;
mod forged_tokens;
mod keys;
mod last_use;
mod list;
