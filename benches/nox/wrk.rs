//! The load generator for rates: `wrk`, with the same settings for every server.

use std::process::Command;
use std::thread::available_parallelism;

use anyhow::{Context, Result, ensure};

const CONNECTIONS: &str = "32";
const POST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/post.lua");
const TURNS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/turns.lua");

/// What is asked again and again.
pub struct Target {
    pub url: String,
    pub by: By,
}

/// Who asks.
#[derive(Clone)]
pub enum By {
    One(String),
    /// Each in turn.
    Many(Vec<String>),
    /// One who sends a body of JSON.
    Post(String, String),
}

impl Target {
    /// How many answers a second there are, over some seconds.
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
            By::One(who) => command.args(["--header", &header(who)]).arg(&self.url),
            By::Many(all) => command.args(["--script", TURNS, &self.url, "--"]).args(all),
            By::Post(who, body) => {
                command.args(["--header", &header(who), "--script", POST, &self.url, "--", body])
            }
        };
        let output = command.output().context("wrk cannot be started")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let is_clean =
            output.status.success() && !text.contains("Non-2xx") && !text.contains("Socket errors");
        ensure!(is_clean, "{text}{}", String::from_utf8_lossy(&output.stderr));
        let rate = text
            .lines()
            .find_map(|line| line.strip_prefix("Requests/sec:"))
            .context("wrk gives no rate")?;
        Ok(rate.trim().parse()?)
    }
}

fn header(authorization: &str) -> String {
    format!("Authorization: {authorization}")
}
