//! Sessions: checks, lists, tokens, and what ends a session.

mod busy_checks;
mod checks;
mod commands;
mod cookies;
mod credential_headers;
mod forged_tokens;
mod keys;
mod last_use;
mod list;
