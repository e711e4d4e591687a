//! What monitors ask.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use actix_web::web::Data;

use super::bridge::Bridge;
use super::envelope::Failure;
use crate::config::Listen;
use crate::domain::App;

/// How long a server may take to say that it is ready.
const PATIENCE: Duration = Duration::from_secs(5);

/// `GET /healthz`: the process lives.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers.
pub(super) async fn readyz(bridge: Data<Bridge>) -> Result<&'static str, Failure> {
    bridge.read(App::check_ready)?;
    Ok("ok\n")
}

/// Asks a server `GET /readyz`.
///
/// # Errors
/// Nobody answers there within a few seconds.
pub fn is_ready(at: &Listen) -> io::Result<bool> {
    match at {
        Listen::Tcp(address) => {
            let address =
                address.to_socket_addrs()?.next().ok_or(io::ErrorKind::AddrNotAvailable)?;
            let stream = TcpStream::connect_timeout(&reachable(address), PATIENCE)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            ask(stream)
        }
        Listen::Unix(path) => {
            let stream = UnixStream::connect(path)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            ask(stream)
        }
    }
}

/// Who listens on every address is asked at that of this machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => ([127, 0, 0, 1], v4.port()).into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => {
            ([0, 0, 0, 0, 0, 0, 0, 1], v6.port()).into()
        }
        address => address,
    }
}

fn ask(mut stream: impl Read + Write) -> io::Result<bool> {
    const READY: &[u8] = b"HTTP/1.1 200 ";
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = [0; READY.len()];
    stream.read_exact(&mut answer)?;
    Ok(answer == READY)
}
