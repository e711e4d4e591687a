//! Requests at a constant rate, which does not depend on the responses. The latency of each is
//! measured from the time at which it should have been sent.

use std::net::SocketAddr;
use std::num::NonZero;
use std::thread::{self, scope};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use rustix::thread::set_current_timer_slack;

use crate::figures::sorted;
use crate::http::Connection;

/// The requests that are sent.
#[derive(Clone, Copy)]
pub struct Load {
    /// Requests per second, over all connections.
    pub rate: f64,
    pub connections: u32,
    pub seconds: u64,
}

/// The latencies in milliseconds, sorted. For a request that waits for the one before it on its
/// connection, the wait is part of its latency. Requests that were not sent before the end are left
/// out.
pub fn latencies(address: SocketAddr, request: &[u8], load: Load) -> Result<Vec<f64>> {
    let start = Instant::now() + Duration::from_millis(10);
    let found = at_once(load.connections, |number| client(address, request, load, start, number))?;
    Ok(sorted(found.concat()))
}

/// Calls `work` on `count` threads at the same time.
pub fn at_once<T: Send>(count: u32, work: impl Fn(u32) -> Result<T> + Sync) -> Result<Vec<T>> {
    scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..count).map(|number| scope.spawn(move || work(number))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| anyhow!("a thread panicked"))?)
            .collect()
    })
}

/// Sends the requests of one connection: with `n` connections, every `n`th request.
fn client(
    address: SocketAddr,
    request: &[u8],
    load: Load,
    start: Instant,
    number: u32,
) -> Result<Vec<f64>> {
    // The default slack would delay each wakeup by up to 50 µs.
    set_current_timer_slack(NonZero::new(1))?;
    let mut connection = Connection::open(address)?;
    let end = start + Duration::from_secs(load.seconds);
    let mut found = Vec::new();
    for request_number in (number..).step_by(load.connections as usize) {
        let due = start + Duration::from_secs_f64(f64::from(request_number) / load.rate);
        if due >= end || Instant::now() >= end {
            break;
        }
        thread::sleep(due.saturating_duration_since(Instant::now()));
        connection.send(request)?;
        found.push(due.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(found)
}
