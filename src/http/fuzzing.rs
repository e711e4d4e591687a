//! What the fuzzers in `fuzz/` cannot reach by requests alone; no other build has it.

use std::net::IpAddr;

use super::{forwarded, pages};
use crate::config::Config;

/// Reads a `return_to`, and panics where it leads anywhere else than it may.
pub fn return_to(config: &Config, text: &str) {
    pages::return_to::assert_safe(config, text);
}

/// The address that is believed of an `X-Forwarded-For` which a trusted proxy sent.
pub fn forwarded(peer: IpAddr, header: &str, is_trusted: impl Fn(IpAddr) -> bool) -> IpAddr {
    let hops: Vec<&str> = header.split(',').map(str::trim).collect();
    forwarded::walk_back(Some(peer), &hops, is_trusted)
}
