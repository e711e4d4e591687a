//! Many clients that log in without pause, and what happens to others meanwhile.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};

use crate::Measure;
use crate::figures::{Figures, quantile};
use crate::http::{Connection, login};
use crate::load::{Load, latencies};
use crate::stage::{Stage, USERS};

pub const CLIENTS: u32 = 64;
/// How long to wait for a login that does not end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Logins that go on until it is stopped.
pub struct Storm {
    done: Arc<AtomicU32>,
    over: Arc<AtomicBool>,
    clients: Vec<JoinHandle<Result<()>>>,
}

impl Storm {
    /// So many clients, each with an address of its own, that log in as one user after the other;
    /// comes back when all of them are at work.
    pub fn start(address: SocketAddr, count: u32) -> Result<Self> {
        let (done, over) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
        let client = |number: u32| {
            let (done, over) = (Arc::clone(&done), Arc::clone(&over));
            thread::spawn(move || {
                let mut connection = Connection::open(address)?;
                let ip = format!("10.0.{}.{}", number / 256, number % 256);
                for turn in 0.. {
                    connection.send(&login(1 + (number + turn * count) % USERS, &ip))?;
                    done.fetch_add(1, Ordering::Relaxed);
                    if over.load(Ordering::Relaxed) {
                        break;
                    }
                }
                Ok(())
            })
        };
        let clients = (0..count).map(client).collect();
        let storm = Self { done, over, clients };
        storm.wait_for(count)?;
        Ok(storm)
    }

    /// Waits until so many more are done, and tells how many are, and when.
    fn wait_for(&self, more: u32) -> Result<(f64, Instant)> {
        let (before, start) = (self.done.load(Ordering::Relaxed), Instant::now());
        while self.done.load(Ordering::Relaxed) < before + more {
            ensure!(start.elapsed() < PATIENCE, "nobody can log in");
            thread::sleep(Duration::from_micros(200));
        }
        Ok((self.done.load(Ordering::Relaxed).into(), Instant::now()))
    }

    /// Logins a second, from the end of one to the end of another.
    pub fn rate(&self, seconds: u64) -> Result<f64> {
        let (before, start) = self.wait_for(1)?;
        thread::sleep(Duration::from_secs(seconds));
        let (after, end) = self.wait_for(1)?;
        Ok((after - before) / (end - start).as_secs_f64())
    }

    /// Lets everybody finish; each login must have succeeded.
    pub fn stop(self) -> Result<()> {
        self.over.store(true, Ordering::Relaxed);
        self.clients
            .into_iter()
            .try_for_each(|client| client.join().map_err(|_| anyhow!("a client ended"))?)
    }
}

/// Session checks during a storm of logins.
pub struct Checks {
    stage: Rc<Stage>,
}

impl Checks {
    pub fn new(stage: &Rc<Stage>) -> Self {
        Self { stage: Rc::clone(stage) }
    }
}

impl Measure for Checks {
    fn round(&mut self, figures: &mut Figures) -> Result<()> {
        let stage = &self.stage;
        let storm = Storm::start(stage.server.address, CLIENTS)?;
        if figures.wants("storm-p99") {
            let load = Load { rate: 100.0, connections: 4, seconds: stage.seconds(5) };
            figures.note(
                "storm-p99",
                quantile(&latencies(stage.server.address, &stage.check, load)?, 0.99),
            );
        }
        if figures.wants("storm-me") {
            figures.note("storm-me", stage.me.rate(stage.seconds(2))?);
        }
        storm.stop()
    }
}
