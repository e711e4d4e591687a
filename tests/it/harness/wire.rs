//! A connection by hand, for requests that no library would send.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::{Server, watch};

/// One connection.
pub struct Wire {
    pub stream: TcpStream,
}

impl Wire {
    pub fn to(server: &Server) -> Self {
        Self { stream: TcpStream::connect(&server.address).unwrap() }
    }

    /// Connects and sends this.
    pub fn sending(server: &Server, text: &str) -> Self {
        let mut wire = Self::to(server);
        wire.send(text);
        wire
    }

    pub fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).unwrap();
    }

    /// A login without its answer.
    pub fn logging_in(server: &Server, name: &str, password: &str) -> Self {
        let body = format!(r#"{{"identifier":"{name}","password":"{password}"}}"#);
        let head = "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json";
        Self::sending(server, &format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
    }

    /// Reads an answer with a length, and returns its head, in lower case.
    pub fn answer(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        self.stream.read_exact(&mut vec![0; length.parse().unwrap()]).unwrap();
        head
    }

    /// The status of the answer.
    pub fn status(&mut self) -> u16 {
        self.answer().split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// Whether bytes have arrived, or the end of the connection.
    pub fn is_readable(&self) -> bool {
        self.stream.set_nonblocking(true).unwrap();
        let peeked = self.stream.peek(&mut [0]);
        self.stream.set_nonblocking(false).unwrap();
        !peeked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    /// Waits until the server hangs up, sending this every second meanwhile, and returns what came
    /// and after how long.
    pub fn until_closed(mut self, drip: &str) -> (String, Duration) {
        let (started, mut came) = (watch(), Vec::new());
        self.stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
        while started.elapsed() < Duration::from_mins(2) {
            let mut bytes = [0; 4096];
            match self.stream.read(&mut bytes) {
                Ok(0) => break,
                Ok(count) => came.extend_from_slice(&bytes[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if self.stream.write_all(drip.as_bytes()).is_err() {
                        break;
                    }
                }
                Err(_) => break,
            }
        }
        (String::from_utf8_lossy(&came).into(), started.elapsed())
    }
}
