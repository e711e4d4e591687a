//! Moving in from a running Nox node: its dump becomes the accounts of this instance.

mod dump;
pub(crate) mod values;
