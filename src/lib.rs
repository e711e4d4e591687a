//! **Nox**: a login server for NoxVR in one file.
//!
//! The house has four floors and a basement. A capability keeps its name on every floor
//! (`http/sessions.rs` → `domain/sessions` → `storage/sessions.rs`), and each floor uses only those
//! below it:
//!
//! | floor | what is there |
//! | --- | --- |
//! | 4 [`cli`] | the commands: one file per noun; prompts, tables, `--json` |
//! | 3 [`http`] | the API and the pages: routes, envelope, extractors; async ends here |
//! | 2 [`domain`] | the rules, in plain synchronous Rust; the time is an argument |
//! | 1 [`storage`] | SQLite: one file per table, no rule |
//! | basement | [`config`], [`error`], [`time`] and `words`, which every floor uses |
//! | | tools: [`crypto`], [`descriptors`], `files`, `normalization`, `qr` |
//!
//! A login, `POST /api/auth/login`, goes down and comes up again:
//!
//! 1. `http/auth.rs` reads the body into a `LoginAttempt` and asks `http/bridge.rs` for a permit to
//!    hash.
//! 2. `domain/auth/mod.rs` is the whole rule: find the user, count the attempt, check the password,
//!    check the second factor, open the session.
//! 3. [`storage`] reads and writes; no connection is held while a hash is computed.
//! 4. The code is consumed, the attempt refunded, and the session and its events are stored in one
//!    transaction (`domain/change.rs`).
//! 5. Back in `http/auth.rs`, the session becomes a cookie and an envelope.

pub mod cli;
pub mod config;
pub mod crypto;
pub mod descriptors;
pub mod domain;
pub mod error;
mod files;
pub mod http;
mod normalization;
mod qr;
mod storage;
pub mod time;
mod words;
