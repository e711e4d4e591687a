//! Black-box tests: the real binary, on a port and in a folder of its own.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod account;
mod account_credentials;
mod audit;
mod auth;
mod backup;
mod bad_input;
mod bans;
mod clients;
mod common;
mod config;
mod cors;
mod describe;
mod discovery;
mod downgrade;
mod email;
mod email_factor;
mod email_factor_send;
mod factor_limits;
mod factors;
mod forwarded;
mod full_disk;
mod house;
mod key;
mod lost_disk;
mod mail;
mod mail_secrets;
mod notices;
mod page_forms;
mod pages;
mod pictures;
mod recovery;
mod register;
mod relays;
mod secrets;
mod serve;
mod session_list;
mod sessions;
mod start;
mod token_tricks;
mod totp;
mod unix_socket;
mod user;
mod user_set;
mod users;
