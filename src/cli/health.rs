//! `nox health`.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::address_note;
use super::output::{Output, Stop};
use crate::config::{Config, Listen};
use crate::files;

/// How long connecting to the server may take, and each read of its answer.
const TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Args)]
pub(super) struct Health {
    /// Where the server listens [default: where the running server of this configuration does, or
    /// else server.listen]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

impl Health {
    pub(super) fn run(self, config: impl Fn() -> Result<Config>, output: Output) -> Result<()> {
        let usage = |message| Stop::usage(format!("--listen: {message}"));
        match self.listen {
            Some(listen) => ask_at(&Listen::try_from(listen).map_err(usage)?, output),
            None => ask_at(&address(&config()?), output),
        }
    }
}

/// Where the server of a configuration listens.
fn address(config: &Config) -> Listen {
    let noted = address_note::find(config).unwrap_or_else(|error| {
        tracing::warn!(%error, "cannot find out where the server listens: asks server.listen");
        None
    });
    noted.unwrap_or_else(|| config.server.listen.clone())
}

/// Asks a server whether it is ready.
fn ask_at(listen: &Listen, output: Output) -> Result<()> {
    match is_ready(listen) {
        Ok(true) if output.json => output.ok(&json!({ "address": listen.to_string() })),
        Ok(true) => output.line("ok"),
        Ok(false) => {
            Err(Stop::failed(format!("the server at {listen} is not ready: read its log")).into())
        }
        Err(error) => Err(Stop::failed(format!("no server answers at {listen}: {error}")).into()),
    }
}

/// Sends `GET /readyz` to a server; false where it answers with another status than 200.
fn is_ready(at: &Listen) -> io::Result<bool> {
    match at {
        Listen::Tcp(address) => {
            let address =
                address.to_socket_addrs()?.next().ok_or(io::ErrorKind::AddrNotAvailable)?;
            let stream = TcpStream::connect_timeout(&reachable(address), TIMEOUT)?;
            stream.set_read_timeout(Some(TIMEOUT))?;
            ask(stream)
        }
        Listen::Unix(path) => {
            let stream = UnixStream::connect(path).map_err(|error| files::explain(path, error))?;
            stream.set_read_timeout(Some(TIMEOUT))?;
            ask(stream)
        }
    }
}

/// The address to connect to: the loopback address where the server listens on all addresses.
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
