//! Mail that is sent.

mod delivery;
mod notices;
mod secrets;
