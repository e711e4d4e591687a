//! Many clients that log in without a pause, and session checks at the same time.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};

use crate::Measure;
use crate::figures::{Figures, quantile};
use crate::fixture::{Fixture, USERS};
use crate::http::{Connection, login};
use crate::load::{Load, latencies};

pub const CLIENTS: u32 = 64;
const LOGIN_TIMEOUT: Duration = Duration::from_secs(30);

/// Clients that log in until [`Storm::stop`].
pub struct Storm {
    done: Arc<AtomicU32>,
    is_over: Arc<AtomicBool>,
    clients: Vec<JoinHandle<Result<()>>>,
}

impl Storm {
    /// Starts `count` clients, each with its own address, that log in as one user after the other.
    /// Returns when `count` logins are done.
    pub fn start(address: SocketAddr, count: u32) -> Result<Self> {
        Self::of(count, move |number| {
            let mut connection = Connection::open(address)?;
            let ip = format!("10.0.{}.{}", number / 256, number % 256);
            let mut round = 0;
            Ok(move || {
                let user = 1 + (number + round * count) % USERS;
                round += 1;
                connection.send(&login(user, &ip)).map(drop)
            })
        })
    }

    /// Starts `count` clients that log in, each by what `client` makes for its number. Returns when
    /// `count` logins are done.
    pub fn of<LogIn: FnMut() -> Result<()>>(
        count: u32,
        client: impl Fn(u32) -> Result<LogIn> + Clone + Send + 'static,
    ) -> Result<Self> {
        let done = Arc::new(AtomicU32::new(0));
        let is_over = Arc::new(AtomicBool::new(false));
        let start = |number: u32| {
            let (client, done, is_over) = (client.clone(), Arc::clone(&done), Arc::clone(&is_over));
            thread::spawn(move || {
                let mut log_in = client(number)?;
                while !is_over.load(Ordering::Relaxed) {
                    log_in()?;
                    done.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            })
        };
        let clients = (0..count).map(start).collect();
        let storm = Self { done, is_over, clients };
        storm.wait_for(count)?;
        Ok(storm)
    }

    /// Waits for `more` further logins; returns the number of all logins and the time.
    fn wait_for(&self, more: u32) -> Result<(f64, Instant)> {
        let start = Instant::now();
        let before = self.done.load(Ordering::Relaxed);
        while self.done.load(Ordering::Relaxed) < before + more {
            ensure!(start.elapsed() < LOGIN_TIMEOUT, "no login succeeds");
            thread::sleep(Duration::from_micros(200));
        }
        Ok((self.done.load(Ordering::Relaxed).into(), Instant::now()))
    }

    /// Logins per second, measured from the end of one login to the end of another.
    pub fn rate(&self, seconds: u64) -> Result<f64> {
        let (before, start) = self.wait_for(1)?;
        thread::sleep(Duration::from_secs(seconds));
        let (after, end) = self.wait_for(1)?;
        Ok((after - before) / (end - start).as_secs_f64())
    }

    /// Waits until all clients have finished. A login that failed is an error.
    pub fn stop(self) -> Result<()> {
        self.is_over.store(true, Ordering::Relaxed);
        self.clients
            .into_iter()
            .try_for_each(|client| client.join().map_err(|_| anyhow!("a client panicked"))?)
    }
}

/// Session checks during a storm of logins.
pub struct Checks {
    fixture: Rc<Fixture>,
}

impl Checks {
    pub fn new(fixture: &Rc<Fixture>) -> Self {
        Self { fixture: Rc::clone(fixture) }
    }
}

impl Measure for Checks {
    fn round(&mut self, figures: &mut Figures) -> Result<()> {
        let fixture = &self.fixture;
        let storm = Storm::start(fixture.server.address, CLIENTS)?;
        if figures.wants("storm-p99") {
            let load = Load { rate: 100.0, connections: 4, seconds: fixture.seconds(5) };
            figures.record(
                "storm-p99",
                quantile(&latencies(fixture.server.address, &fixture.check, load)?, 0.99),
            );
        }
        if figures.wants("storm-me") {
            figures.record("storm-me", fixture.me.rate(fixture.seconds(2))?);
        }
        storm.stop()
    }
}
