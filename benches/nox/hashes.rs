//! Logins, and their limit: Argon2id alone, on all cores.

use std::process::Command;
use std::rc::Rc;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use argon2::{Algorithm, Argon2, Block, Params, Version};

use crate::Measure;
use crate::figures::Figures;
use crate::load::at_once;
use crate::stage::Stage;
use crate::storm::{CLIENTS, Storm};
use crate::turns;

/// As the server has them by default.
const MEMORY_KIB: u32 = 19_456;
const ITERATIONS: u32 = 2;
const LANES: u32 = 1;
const LENGTH: usize = 32;

/// Logins a second, and hashes a second in a process of their own.
pub struct Hashes {
    stage: Rc<Stage>,
}

impl Hashes {
    pub fn new(stage: &Rc<Stage>) -> Self {
        Self { stage: Rc::clone(stage) }
    }

    fn rate(&self, name: &str) -> Result<f64> {
        let role = match name {
            "argon2" => "hash",
            "argon2-fresh" => "hash-fresh",
            _ => {
                let storm = Storm::start(self.stage.server.address, CLIENTS)?;
                let rate = storm.rate(turns::SECONDS)?;
                storm.stop()?;
                return Ok(rate);
            }
        };
        let output = Command::new(std::env::current_exe()?)
            .args([role, &turns::SECONDS.to_string()])
            .output()?;
        Ok(String::from_utf8(output.stdout)?.trim().parse()?)
    }
}

impl Measure for Hashes {
    fn round(&mut self, figures: &mut Figures) -> Result<()> {
        turns::take(figures, &["argon2", "argon2-fresh", "logins"], |name| self.rate(name))
    }
}

/// Is that process: prints the rate.
pub fn run(seconds: u64, fresh: bool) -> Result<()> {
    let threads = u32::try_from(available_parallelism()?.get())?;
    let rates = at_once(threads, |_| rate(seconds, fresh))?;
    println!("{}", rates.iter().sum::<f64>());
    Ok(())
}

/// Hashes a second of one thread, with one buffer for all or a fresh one for each.
fn rate(seconds: u64, fresh: bool) -> Result<f64> {
    let params = Params::new(MEMORY_KIB, ITERATIONS, LANES, Some(LENGTH))
        .map_err(|error| anyhow!("{error}"))?;
    let mut blocks = if fresh { Vec::new() } else { vec![Block::new(); params.block_count()] };
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hash = || {
        let mut output = [0; LENGTH];
        let (password, salt) = (b"correct horse battery staple", b"sixteen bytes ..");
        let done = if fresh {
            argon2.hash_password_into(password, salt, &mut output)
        } else {
            argon2.hash_password_into_with_memory(password, salt, &mut output, &mut blocks)
        };
        done.map_err(|error| anyhow!("{error}"))
    };
    hash()?;
    let (start, mut count) = (Instant::now(), 0_u32);
    while start.elapsed() < Duration::from_secs(seconds) {
        hash()?;
        count += 1;
    }
    Some(f64::from(count) / start.elapsed().as_secs_f64())
        .filter(|rate| *rate > 0.0)
        .context("no hash in time")
}
