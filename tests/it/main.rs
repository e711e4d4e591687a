//! Black-box tests: the real binary, on a port and in a folder of its own.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod auth;
mod bad_input;
mod common;
mod config;
mod house;
mod pages;
mod serve;
mod sessions;
mod totp;
mod user;
