//! A client and an authenticator that others wrote (passkey-rs of 1Password), against the real
//! binary: what the server asks for and what it reads agrees with more than its own tests.

mod device;
mod server;

pub use device::Device;
pub use server::{Answer, Server};
