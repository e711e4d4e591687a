//! Black-box tests: the real binary, on a port and in a folder of its own.

#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod accounts;
mod clients;
mod connections;
mod discovery;
mod durability;
mod factors;
mod harness;
mod house;
mod import;
mod limits;
mod login;
mod mail;
mod operating;
mod pages;
mod passkeys;
mod pictures;
mod relays;
mod sessions;
