//! Mail: how it is sent, notices, and its secrets.

mod delivery;
mod notices;
mod secrets;
