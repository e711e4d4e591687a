//! The headers `X-Forwarded-For`, `-Host` and `-Proto`, by which a proxy passes on from where a
//! request came and where it was sent to.
//!
//! Any client can send these headers, so that they count only where the peer is in
//! `server.trusted_proxies`. A peer on the unix socket is trusted too: the mode of the socket
//! decides who may connect.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderValue};

use super::clock::Now;
use super::hop;
use super::log_limit::OnceAMinute;
use crate::config::{Network, Origin, Server};
use crate::time::Timestamp;

const FOR: &str = "x-forwarded-for";
const HOST: &str = "x-forwarded-host";
const PROTO: &str = "x-forwarded-proto";

/// The address of the client: the peer's or, where the peer is a trusted proxy, the right-most
/// address of `X-Forwarded-For` that is not one. A peer on the unix socket without such a header is
/// on this machine: 127.0.0.1.
pub(super) fn client_ip(request: &HttpRequest, trusted: &[Network]) -> IpAddr {
    let hops: Vec<&str> = entries(request, FOR).collect();
    let client = walk_back(peer(request), &hops, |ip| contain(trusted, ip));
    if let Some(entry) = client.unreadable {
        warn_of_unreadable_hop(client.ip, entry, Now::of(request).0);
    }
    client.ip
}

/// Whether a proxy, or the client itself, names an address of the client.
pub(super) fn names_client(request: &HttpRequest) -> bool {
    request.headers().contains_key(FOR)
}

/// The scheme that the browser used, according to a trusted proxy.
pub(super) fn scheme<'request>(
    request: &'request HttpRequest,
    server: &Server,
) -> Option<&'request str> {
    let is_trusted = peer(request).is_none_or(|ip| contain(&server.trusted_proxies, ip));
    entries(request, PROTO).last().filter(|_| is_trusted)
}

/// The origin that the browser sent the request to, according to a trusted proxy, or else according
/// to the request itself.
pub(super) fn target(request: &HttpRequest, server: &Server) -> Option<Origin> {
    let is_trusted = peer(request).is_none_or(|ip| contain(&server.trusted_proxies, ip));
    let forwarded = |name| entries(request, name).last().filter(|_| is_trusted);
    let (scheme, _) = server.public_url.as_str().split_once("://")?;
    let scheme = self::scheme(request, server).unwrap_or(scheme);
    let host = forwarded(HOST).or_else(|| request.headers().get(header::HOST)?.to_str().ok())?;
    Origin::parse(&format!("{scheme}://{host}"))
}

/// Logs that the headers of a peer were ignored, since it is not in `server.trusted_proxies`. Most
/// often it is a proxy that the operator has not listed there.
pub(super) fn warn_of_untrusted_peer(request: &HttpRequest, trusted: &[Network], now: Timestamp) {
    static WARNING: OnceAMinute = OnceAMinute::new();
    let Some(peer) = peer(request).filter(|ip| !contain(trusted, *ip)) else { return };
    let sent: Vec<_> = [FOR, HOST, PROTO]
        .into_iter()
        .filter(|name| request.headers().contains_key(*name))
        .collect();
    if !sent.is_empty() && WARNING.is_due(now) {
        let ignored = sent.join(", ");
        tracing::warn!(
            %peer,
            %ignored,
            "not believed: if this is your proxy, add its address to server.trusted_proxies"
        );
    }
}

/// Logs that an address from a trusted proxy could not be read, so that the client counts as the
/// proxy. All such clients share the proxy's rate limits.
fn warn_of_unreadable_hop(counted: IpAddr, entry: &str, now: Timestamp) {
    static WARNING: OnceAMinute = OnceAMinute::new();
    if WARNING.is_due(now) {
        tracing::warn!(
            counted_as = %counted,
            entry = hop::kind(entry),
            "an entry of X-Forwarded-For is no address, so that the client counts as its proxy: \
             let the proxy send the address of the client"
        );
    }
}

/// The address at the other end of the connection; `None` on a unix socket.
fn peer(request: &HttpRequest) -> Option<IpAddr> {
    request.peer_addr().map(|address| address.ip().to_canonical())
}

fn contain(trusted: &[Network], ip: IpAddr) -> bool {
    trusted.iter().any(|network| network.contains(ip))
}

/// The entries of a header that is a list, and that may be there several times. Empty ones do not
/// count (RFC 9110, 5.6.1.2).
fn entries<'request>(
    request: &'request HttpRequest,
    name: &str,
) -> impl Iterator<Item = &'request str> {
    let lines = request.headers().get_all(name).map(HeaderValue::as_bytes);
    lines
        .flat_map(|line| line.split(|byte| *byte == b','))
        .map(|entry| str::from_utf8(entry).map_or(hop::NO_TEXT, str::trim))
        .filter(|entry| !entry.is_empty())
}

/// What [`walk_back`] found.
pub(super) struct Client<'hops> {
    /// The address that counts as the client's.
    pub ip: IpAddr,
    /// The entry before it, where that should have been the client's and cannot be read.
    pub unreadable: Option<&'hops str>,
}

/// The right-most address that is not trusted. Where all are, or one cannot be read, it is the last
/// address before that.
pub(super) fn walk_back<'hops>(
    peer: Option<IpAddr>,
    hops: &[&'hops str],
    is_trusted: impl Fn(IpAddr) -> bool,
) -> Client<'hops> {
    let mut ip = peer;
    let mut unreadable = None;
    for hop in hops.iter().rev() {
        if !ip.is_none_or(&is_trusted) {
            break;
        }
        let Some(before) = hop::parse(hop) else {
            unreadable = Some(*hop);
            break;
        };
        ip = Some(before);
    }
    Client { ip: ip.unwrap_or(Ipv4Addr::LOCALHOST.into()), unreadable }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::iter;
    use std::net::SocketAddr;

    use actix_web::test::TestRequest;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn forwarded_for_counts_from_the_right_as_long_as_peers_are_trusted() {
        let trusted = |ip: IpAddr| ip.is_loopback() || ip == IpAddr::from([10, 0, 0, 1]);
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        for (peer, hops, expected) in [
            ("192.0.2.9", &["1.1.1.1"][..], "192.0.2.9"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["192.0.2.1"], "192.0.2.1"),
            ("127.0.0.1", &["6.6.6.6", "192.0.2.1"], "192.0.2.1"),
            ("127.0.0.1", &["6.6.6.6", "192.0.2.1", "10.0.0.1"], "192.0.2.1"),
            ("127.0.0.1", &["192.0.2.1:4711"], "192.0.2.1"),
            ("127.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
            ("127.0.0.1", &["[2001:db8::1]"], "2001:db8::1"),
            ("127.0.0.1", &["::ffff:192.0.2.1"], "192.0.2.1"),
            ("127.0.0.1", &["6.6.6.6", "unknown"], "127.0.0.1"),
            ("127.0.0.1", &["6.6.6.6", "for=192.0.2.1", "10.0.0.1"], "10.0.0.1"),
        ] {
            let client = walk_back(Some(ip(peer)), hops, trusted);
            assert_eq!(client.ip, ip(expected), "{peer} {hops:?}");
        }
        for (hops, expected) in [
            (&[][..], "127.0.0.1"),
            (&["unix:"], "127.0.0.1"),
            (&["6.6.6.6", "192.0.2.1"], "192.0.2.1"),
            (&["6.6.6.6", "192.0.2.1", "10.0.0.1"], "192.0.2.1"),
        ] {
            assert_eq!(walk_back(None, hops, trusted).ip, ip(expected), "{hops:?}");
        }
    }

    #[test]
    fn forwarded_for_on_several_lines_is_one_list() {
        let mut request = TestRequest::default().peer_addr(([127, 0, 0, 1], 1).into());
        for hops in ["6.6.6.6", " ,192.0.2.1 ,, 127.0.0.2, "] {
            request = request.append_header((FOR, hops));
        }
        let ip = client_ip(&request.to_http_request(), &Server::default().trusted_proxies);
        assert_eq!(ip, IpAddr::from([192, 0, 2, 1]));
        let unreadable = TestRequest::default()
            .append_header((FOR, "6.6.6.6"))
            .append_header((FOR, b"\xff".as_slice()));
        assert_eq!(client_ip(&unreadable.to_http_request(), &[]), IpAddr::from([127, 0, 0, 1]));
    }

    #[test]
    fn trusted_proxy_sets_the_host_and_scheme_of_the_target() {
        let server = Server {
            public_url: Origin::parse("https://nox.example").unwrap(),
            ..Server::default()
        };
        let target = |peer: [u8; 4], headers: &[(&'static str, &'static str)]| {
            let request = TestRequest::default()
                .peer_addr((peer, 1).into())
                .insert_header(("host", "inner:53032"));
            let request =
                headers.iter().fold(request, |request, header| request.append_header(*header));
            target(&request.to_http_request(), &server)
                .map_or_else(String::new, |origin| origin.to_string())
        };
        for (peer, headers, expected) in [
            ([127, 0, 0, 1], &[][..], "https://inner:53032"),
            ([127, 0, 0, 1], &[(HOST, "b.example")], "https://b.example"),
            (
                [127, 0, 0, 1],
                &[(HOST, "evil.example, b.example"), (PROTO, "https, http")],
                "http://b.example",
            ),
            (
                [127, 0, 0, 1],
                &[(HOST, "evil.example"), (HOST, "b.example:8443")],
                "https://b.example:8443",
            ),
            ([127, 0, 0, 1], &[(PROTO, "HTTP")], "http://inner:53032"),
            ([127, 0, 0, 1], &[(PROTO, "https://evil.example#")], ""),
            ([127, 0, 0, 1], &[(HOST, "evil.example/"), (PROTO, "gopher")], ""),
            ([192, 0, 2, 1], &[(HOST, "b.example"), (PROTO, "http")], "https://inner:53032"),
        ] {
            assert_eq!(target(peer, headers), expected, "{peer:?} {headers:?}");
        }
    }

    /// What stands between two commas, and the address that it means.
    fn hop() -> impl Strategy<Value = (String, Option<IpAddr>)> {
        let ip =
            prop_oneof![Just([127, 0, 0, 1].into()), Just([10, 0, 0, 1].into()), any::<IpAddr>()];
        let port = "|:|:[1-9][0-9]{0,3}|:_[a-z0-9.]{0,5}";
        let address = (ip, "|%[a-z0-9.]{1,9}", port, 0..4, any::<bool>()).prop_map(
            |(ip, zone, port, form, is_quoted)| {
                let text = match (form, ip) {
                    (0, IpAddr::V4(_)) => format!("{ip}{port}"),
                    (0, IpAddr::V6(_)) => format!("{ip}{zone}"),
                    (1, IpAddr::V4(v4)) => format!("{}{zone}", v4.to_ipv6_mapped()),
                    (_, IpAddr::V4(_)) => format!("[{ip}]{port}"),
                    (_, IpAddr::V6(_)) => format!("[{ip}{zone}]{port}"),
                };
                let text = if is_quoted { format!("\"{text}\"") } else { text };
                (text, Some(ip.to_canonical()))
            },
        );
        let none =
            "unknown|_[a-z]*|for=::1|10[.]0[.]0|10[.]0[.]0[.]1:x|\\[::1|256[.]0[.]0[.]1|[^,\\pC]*x"
                .prop_map(|text| (text, None));
        prop_oneof![3 => address, 1 => none]
    }

    proptest! {
        #[test]
        fn client_is_the_right_most_address_that_is_not_trusted(
            peer: IpAddr,
            is_peer_trusted: bool,
            hops in vec(hop(), 0..6),
            empty in "[ ,]*",
        ) {
            let network = |ip: &str| Network::try_from(ip.to_owned()).unwrap();
            let trusted = ["127.0.0.1", "10.0.0.1"].map(network);
            let peer = if is_peer_trusted { [10, 0, 0, 1].into() } else { peer };
            let texts: Vec<&str> = hops.iter().map(|(text, _)| text.as_str()).collect();
            let list = format!("{empty}{}{empty}", texts.join(&format!(" ,{empty}")));
            let request = TestRequest::default()
                .peer_addr(SocketAddr::new(peer, 1))
                .insert_header((FOR, HeaderValue::from_bytes(list.as_bytes()).unwrap()))
                .to_http_request();
            let hops_from_the_right = hops.iter().rev().map_while(|(_, address)| *address);
            let known: Vec<IpAddr> =
                iter::once(peer.to_canonical()).chain(hops_from_the_right).collect();
            let client = known.iter().find(|ip| !contain(&trusted, **ip)).or(known.last());
            prop_assert_eq!(Some(&client_ip(&request, &trusted)), client, "{}", list);
            // What cannot be read never becomes the proxy's own address without a word.
            let walked: Vec<&str> = entries(&request, FOR).collect();
            let walk = walk_back(Some(peer.to_canonical()), &walked, |ip| contain(&trusted, ip));
            let is_cut =
                known.len() <= hops.len() && known.iter().all(|ip| contain(&trusted, *ip));
            prop_assert_eq!(walk.unreadable.is_some(), is_cut, "{}", list);
        }
    }
}
