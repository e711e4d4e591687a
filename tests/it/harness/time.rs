//! Clocks, and what happens at the same time.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use nox::time::Timestamp;

/// A stopwatch that runs.
#[expect(clippy::disallowed_methods, reason = "tests measure")]
pub fn watch() -> Instant {
    Instant::now()
}

/// The time that so many percent of all stay below.
pub fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[times.len() * percent / 100]
}

/// Waits until something holds, and fails with these words where it does not within 20 seconds.
#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = watch();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(20), "not in time: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Does it in so many threads, of which none begins before all are there; each gets its number.
pub fn at_once<T: Send>(count: usize, act: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(count);
    let run = |number| {
        start.wait();
        act(number)
    };
    thread::scope(|scope| {
        let runs: Vec<_> = (0..count).map(|number| scope.spawn(move || run(number))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    })
}

/// Does it until all of it happens within one step of the clock.
pub fn within_a_step<T>(act: impl Fn() -> T) -> T {
    let step = || Timestamp::now().seconds() / 30;
    loop {
        let (before, done) = (step(), act());
        if step() == before {
            return done;
        }
    }
}
