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
/// How much of an answer is read, in bytes.
const MAX_ANSWER: u64 = 4096;

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
    match refusal(listen) {
        Ok(None) if output.json => output.ok(&json!({ "address": listen.to_string() })),
        Ok(None) => output.line("ok"),
        Ok(Some(reason)) => {
            Err(Stop::failed(format!("the server at {listen} is not ready: {reason}")).into())
        }
        Err(error) => Err(Stop::failed(format!("no server answers at {listen}: {error}")).into()),
    }
}

/// Sends `GET /readyz` to a server, which says why it is not ready, if it is not.
fn refusal(at: &Listen) -> io::Result<Option<String>> {
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

fn ask(mut stream: impl Read + Write) -> io::Result<Option<String>> {
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(MAX_ANSWER).read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    if answer.starts_with("HTTP/1.1 200 ") {
        return Ok(None);
    }
    let status = answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.lines().next());
    let status = status.ok_or_else(|| io::Error::other("what answers is no HTTP server"))?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let reason = body.lines().next().filter(|line| !line.starts_with('<'));
    Ok(Some(reason.map_or_else(|| format!("it answers {status}"), Into::into)))
}
