//! Latency against load: session checks at increasing rates, until the server is overloaded.

use std::rc::Rc;

use anyhow::Result;

use crate::Measure;
use crate::figures::{Figures, quantile};
use crate::fixture::Fixture;
use crate::load::{Load, latencies};

/// Requests per second.
pub const RATES: [u32; 16] = [
    100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000,
    60_000, 80_000, 100_000,
];
const CONNECTIONS: u32 = 32;
/// Below this p99 in milliseconds, a load is carried.
const CARRIED_MS: f64 = 2.0;
/// Above this p99 in milliseconds, the server is overloaded, and higher rates are not measured.
const OVERLOADED_MS: f64 = 100.0;

pub struct Curve {
    fixture: Rc<Fixture>,
}

impl Curve {
    pub fn new(fixture: &Rc<Fixture>) -> Self {
        Self { fixture: Rc::clone(fixture) }
    }
}

/// The name of the figure for a point of the curve.
pub fn name(part: &str, rate: u32) -> String {
    format!("{part} at {rate}")
}

impl Measure for Curve {
    fn round(&mut self, figures: &mut Figures) -> Result<()> {
        let mut carried = 0;
        for rate in RATES {
            let load = Load { rate: rate.into(), connections: CONNECTIONS, seconds: 1 };
            let found = latencies(self.fixture.server.address, &self.fixture.check, load)?;
            let p99 = quantile(&found, 0.99);
            figures.record(name("p50", rate), quantile(&found, 0.5));
            figures.record(name("p99", rate), p99);
            if p99 < CARRIED_MS {
                carried = rate;
            }
            if p99 > OVERLOADED_MS {
                break;
            }
        }
        figures.record("load", carried.into());
        Ok(())
    }
}
