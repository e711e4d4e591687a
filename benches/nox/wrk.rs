//! The load generator for rates: `wrk`, with the same settings for every server.

use std::process::Command;
use std::thread::available_parallelism;

use anyhow::{Context, Result, ensure};

const CONNECTIONS: &str = "32";
const POST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/post.lua");
const ROTATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/rotate.lua");

/// The request that is repeated.
pub struct Target {
    pub url: String,
    pub by: By,
}

/// The authorization of the requests, and the body, if there is one.
#[derive(Clone)]
pub enum By {
    One(String),
    /// One after the other.
    Many(Vec<String>),
    /// With a JSON body.
    Post(String, String),
}

impl Target {
    /// Responses per second.
    pub fn rate(&self, seconds: u64) -> Result<f64> {
        let threads = available_parallelism()?.to_string();
        let mut command = Command::new("wrk");
        command.args([
            "--threads",
            &threads,
            "--connections",
            CONNECTIONS,
            "--duration",
            &format!("{seconds}s"),
        ]);
        match &self.by {
            By::One(authorization) => {
                command.args(["--header", &header(authorization)]).arg(&self.url)
            }
            By::Many(all) => command.args(["--script", ROTATE, &self.url, "--"]).args(all),
            By::Post(authorization, body) => command.args([
                "--header",
                &header(authorization),
                "--script",
                POST,
                &self.url,
                "--",
                body,
            ]),
        };
        let output = command.output().context("cannot start wrk")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let is_clean =
            output.status.success() && !text.contains("Non-2xx") && !text.contains("Socket errors");
        ensure!(is_clean, "{text}{}", String::from_utf8_lossy(&output.stderr));
        let rate = text
            .lines()
            .find_map(|line| line.strip_prefix("Requests/sec:"))
            .context("wrk printed no rate")?;
        Ok(rate.trim().parse()?)
    }
}

fn header(authorization: &str) -> String {
    format!("Authorization: {authorization}")
}
