//! Logins, and their limit: only Argon2id, on all cores.

use std::process::Command;
use std::rc::Rc;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use argon2::{Algorithm, Argon2, Block, Params, Version};

use crate::Measure;
use crate::figures::Figures;
use crate::fixture::Fixture;
use crate::interleave;
use crate::load::at_once;
use crate::storm::{CLIENTS, Storm};

/// The default parameters of the server.
const MEMORY_KIB: u32 = 19_456;
const ITERATIONS: u32 = 2;
const LANES: u32 = 1;
const LENGTH: usize = 32;

/// Logins per second, and hashes per second in a child process.
pub struct Hashes {
    fixture: Rc<Fixture>,
}

impl Hashes {
    pub fn new(fixture: &Rc<Fixture>) -> Self {
        Self { fixture: Rc::clone(fixture) }
    }

    fn rate(&self, name: &str) -> Result<f64> {
        let role = match name {
            "argon2" => "hash",
            "argon2-fresh" => "hash-fresh",
            _ => {
                let storm = Storm::start(self.fixture.server.address, CLIENTS)?;
                let rate = storm.rate(interleave::SLICE_SECONDS)?;
                storm.stop()?;
                return Ok(rate);
            }
        };
        let output = Command::new(std::env::current_exe()?)
            .args([role, &interleave::SLICE_SECONDS.to_string()])
            .output()?;
        Ok(String::from_utf8(output.stdout)?.trim().parse()?)
    }
}

impl Measure for Hashes {
    fn round(&mut self, figures: &mut Figures) -> Result<()> {
        interleave::measure(figures, &["argon2", "argon2-fresh", "logins"], |name| self.rate(name))
    }
}

/// Runs the child process: prints the rate.
pub fn run(seconds: u64, fresh: bool) -> Result<()> {
    let threads = u32::try_from(available_parallelism()?.get())?;
    let rates = at_once(threads, |_| rate(seconds, fresh))?;
    println!("{}", rates.iter().sum::<f64>());
    Ok(())
}

/// Hashes per second of one thread, with one buffer for all hashes or a fresh one for each.
fn rate(seconds: u64, fresh: bool) -> Result<f64> {
    let params = Params::new(MEMORY_KIB, ITERATIONS, LANES, Some(LENGTH))
        .map_err(|error| anyhow!("{error}"))?;
    let mut blocks = if fresh { Vec::new() } else { vec![Block::new(); params.block_count()] };
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hash = || {
        let mut output = [0; LENGTH];
        let password = b"correct horse battery staple";
        let salt = b"sixteen bytes ..";
        let done = if fresh {
            argon2.hash_password_into(password, salt, &mut output)
        } else {
            argon2.hash_password_into_with_memory(password, salt, &mut output, &mut blocks)
        };
        done.map_err(|error| anyhow!("{error}"))
    };
    hash()?;
    let start = Instant::now();
    let mut count = 0_u32;
    while start.elapsed() < Duration::from_secs(seconds) {
        hash()?;
        count += 1;
    }
    Some(f64::from(count) / start.elapsed().as_secs_f64())
        .filter(|rate| *rate > 0.0)
        .context("no hash was computed in time")
}
