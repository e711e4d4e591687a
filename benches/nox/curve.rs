//! Latency against load: session checks at one rate after the other, until the server cannot
//! follow.

use std::rc::Rc;

use anyhow::Result;

use crate::Measure;
use crate::figures::{Figures, quantile};
use crate::load::{Load, latencies};
use crate::stage::Stage;

/// Requests a second.
pub const RATES: [u32; 16] = [
    100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000,
    60_000, 80_000, 100_000,
];
const CONNECTIONS: u32 = 32;
/// Milliseconds up to which a load is carried with ease.
const EASE: f64 = 2.0;
/// Milliseconds from which it is not carried at all.
const COLLAPSE: f64 = 100.0;

pub struct Curve {
    stage: Rc<Stage>,
}

impl Curve {
    pub fn new(stage: &Rc<Stage>) -> Self {
        Self { stage: Rc::clone(stage) }
    }
}

/// What a point of the curve is called among the figures.
pub fn name(part: &str, rate: u32) -> String {
    format!("{part} at {rate}")
}

impl Measure for Curve {
    fn round(&mut self, figures: &mut Figures) -> Result<()> {
        let mut carried = 0;
        for rate in RATES {
            let load = Load { rate: rate.into(), connections: CONNECTIONS, seconds: 1 };
            let found = latencies(self.stage.server.address, &self.stage.check, load)?;
            let p99 = quantile(&found, 0.99);
            figures.note(name("p50", rate), quantile(&found, 0.5));
            figures.note(name("p99", rate), p99);
            if p99 < EASE {
                carried = rate;
            }
            if p99 > COLLAPSE {
                break;
            }
        }
        figures.note("load", carried.into());
        Ok(())
    }
}
