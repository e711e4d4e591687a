//! A minimal client: one connection, which waits for each response.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

const READ_TIMEOUT: Duration = Duration::from_mins(1);
pub const PASSWORD: &str = "correct horse battery staple";

/// The bytes of a request.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let lines: String =
        headers.iter().map(|(name, value)| [name, ": ", value, "\r\n"].concat()).collect();
    let length = body.len();
    let head =
        format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n");
    [head.as_str(), &lines, "\r\n", body].concat().into()
}

pub fn get(path: &str, token: &str) -> Vec<u8> {
    request("GET", path, &[("Authorization", &format!("Bearer {token}"))], "")
}

/// The name of a user in the databases of `fill`.
pub fn username(number: u32) -> String {
    format!("user{number:07}")
}

/// A login of a user, as a proxy forwards it for a client with this address.
pub fn login(user: u32, ip: &str) -> Vec<u8> {
    let body = json!({ "identifier": username(user), "password": PASSWORD }).to_string();
    let headers = [
        ("Content-Type", "application/json"),
        ("X-Forwarded-For", ip),
        ("User-Agent", "NoxVR/2026.4 (Windows)"),
    ];
    request("POST", "/api/auth/login", &headers, &body)
}

pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    pub fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(READ_TIMEOUT))?;
        Ok(Self { stream, received: Vec::with_capacity(16_384) })
    }

    /// Sends a request; returns the whole response and the position of its body. Another status
    /// than 200 is an error.
    pub fn send(&mut self, request: &[u8]) -> Result<(&[u8], usize)> {
        self.stream.write_all(request)?;
        self.received.clear();
        let mut body = 0;
        let mut end = usize::MAX;
        while self.received.len() < end {
            self.receive()?;
            if body == 0
                && let Some(head) = self.received.windows(4).position(|bytes| bytes == b"\r\n\r\n")
            {
                body = head + 4;
                end = body
                    + length(&self.received[..body])
                        .context("the response has no Content-Length")?;
            }
        }
        ensure!(
            self.received.starts_with(b"HTTP/1.1 200 "),
            "{}",
            String::from_utf8_lossy(&self.received)
        );
        Ok((&self.received, body))
    }

    fn receive(&mut self) -> io::Result<()> {
        let mut chunk = [0; 8192];
        match self.stream.read(&mut chunk)? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            count => {
                self.received.extend_from_slice(&chunk[..count]);
                Ok(())
            }
        }
    }

    /// Logs a user in; returns the token.
    pub fn log_in(&mut self, user: u32) -> Result<String> {
        let (answer, body) = self.send(&login(user, "192.0.2.1"))?;
        let envelope: Value = serde_json::from_slice(&answer[body..])?;
        Ok(envelope["data"]["token"].as_str().context("no token")?.into())
    }
}

/// The value of `Content-Length`.
fn length(head: &[u8]) -> Option<usize> {
    let mut lines = std::str::from_utf8(head).ok()?.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?.1.trim().parse().ok()
}
