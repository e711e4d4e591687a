//! The client's address in `X-Forwarded-For`.

#![no_main]

use std::net::IpAddr;

use libfuzzer_sys::fuzz_target;
use nox::http::fuzzing::forwarded;

fuzz_target!(|header: &str| {
    let peer = IpAddr::from([127, 0, 0, 1]);
    let client = forwarded(peer, header, |ip| ip.is_loopback());
    let by_last = header.rsplit(',').next().and_then(|hop| hop.trim().parse::<IpAddr>().ok());
    assert!(
        by_last.is_none_or(|ip| ip.to_canonical().is_loopback() || ip.to_canonical() == client)
    );
    // The header of an untrusted peer is ignored.
    let stranger = IpAddr::from([192, 0, 2, 1]);
    assert_eq!(forwarded(stranger, header, |ip| ip.is_loopback()), stranger);
});
