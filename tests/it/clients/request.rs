//! A request as a program makes it.

use std::fmt::Write;

use nox::time::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::harness::{Answer, Client};

const BOUNDARY: &str = "----WebKitFormBoundary7MA4YWxkTrZu0gW";

#[derive(Clone)]
pub struct Request {
    pub method: &'static str,
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Request {
    pub fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    pub fn get(path: impl Into<String>) -> Self {
        Self::new("GET", path)
    }

    /// Without a body, as long as none is put in.
    pub fn post(path: impl Into<String>) -> Self {
        Self::new("POST", path)
    }

    pub fn delete(path: impl Into<String>) -> Self {
        Self::new("DELETE", path)
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn below(mut self, base: &str) -> Self {
        self.path.insert_str(0, base);
        self
    }

    pub fn json(self, body: &Value) -> Self {
        self.typed("application/json", body.to_string())
    }

    /// What a browser makes of it where a page sets the type a second time.
    pub fn json_said_twice(self, body: &Value) -> Self {
        self.typed("application/json, application/json", body.to_string())
    }

    /// A body of this type.
    pub fn typed(mut self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.with("content-type", kind)
    }

    /// A form with a picture in the part `file`, after a part that is ignored.
    pub fn form(self, file: &[u8]) -> Self {
        let other = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\npicture\r\n"
        );
        let disposition = "Content-Disposition: form-data; name=\"file\"; filename=\"blob\"";
        let head =
            format!("{other}--{BOUNDARY}\r\n{disposition}\r\nContent-Type: image/jpeg\r\n\r\n");
        let body = [head.as_bytes(), file, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat();
        self.typed(&format!("multipart/form-data; boundary={BOUNDARY}"), body)
    }

    pub fn send(&self, client: &Client) -> Answer {
        let headers: Vec<_> =
            self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        client.send(self.method, &self.path, &headers, &self.body)
    }
}

/// The SHA-256 of something in hex.
pub fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// The milliseconds of now, for what must lie ahead.
pub fn now() -> i64 {
    Timestamp::now().millis()
}
