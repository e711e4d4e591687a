//! The network of an address. Rate limits and recognized devices go by network, since one
//! subscriber of IPv6 has 2^64 addresses or more.

use std::net::{IpAddr, Ipv6Addr};

/// The network of one subscriber: the IPv4 address itself, or the first 64 bits of the IPv6 address
/// (RFC 6177).
pub(crate) fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}
