//! Functions that the fuzzers in `fuzz/` call directly. Only their build has this module.

use std::net::IpAddr;

use super::{forwarded, pages};
use crate::config::Config;

/// Reads a `return_to`, and panics where it leads to another place than it may.
pub fn return_to(config: &Config, text: &str) {
    pages::return_to::assert_safe(config, text);
}

/// The client's address according to an `X-Forwarded-For` that `peer` sent.
pub fn forwarded(peer: IpAddr, header: &str, is_trusted: impl Fn(IpAddr) -> bool) -> IpAddr {
    let hops: Vec<&str> = header.split(',').map(str::trim).filter(|hop| !hop.is_empty()).collect();
    forwarded::walk_back(Some(peer), &hops, is_trusted).ip
}
