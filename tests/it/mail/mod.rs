//! Mail: how it is sent, notices, and its secrets.

mod attempts;
mod delivery;
mod notices;
mod secrets;
mod servers;
mod who_waits;
