//! The network that an address counts for.

use std::net::{IpAddr, Ipv6Addr};

/// What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 address (RFC 6177).
pub(crate) fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}
