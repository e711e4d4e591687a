//! The latency of session checks while expired sessions are deleted.

use std::rc::Rc;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::Measure;
use crate::figures::Figures;
use crate::fill::{self, Age};
use crate::fixture::{Fixture, ME, USERS};
use crate::http::get;
use crate::load::{Load, latencies};
use crate::server::Instance;
use crate::storm::Storm;

const EXPIRED: u32 = 1_000_000;

pub struct Sweep {
    fixture: Rc<Fixture>,
    instance: Instance,
}

impl Sweep {
    pub fn new(fixture: &Rc<Fixture>) -> Result<Self> {
        let instance = Instance::new()?;
        fill::users(&instance, USERS)?;
        fill::sessions(&instance, EXPIRED, Age::Expired)?;
        Ok(Self { fixture: Rc::clone(fixture), instance })
    }

    fn expired(&self) -> Result<f64> {
        let query = "SELECT count(*) FROM sessions WHERE expires_at < unixepoch() * 1000";
        Ok(self.instance.database()?.query_row(query, [], |row| row.get(0))?)
    }
}

impl Measure for Sweep {
    fn round(&mut self, figures: &mut Figures) -> Result<()> {
        // The server sweeps from its start on.
        let server = self.instance.serve()?;
        let check = get(ME, &server.connect()?.log_in(1)?);
        let before = self.expired()?;
        let start = Instant::now();
        let storm = Storm::start(server.address, 1)?;
        let load = Load { rate: 100.0, connections: 4, seconds: self.fixture.seconds(4) };
        let found = latencies(server.address, &check, load)?;
        storm.stop()?;
        let rate = (before - self.expired()?) / start.elapsed().as_secs_f64();
        figures.record("sweep", *found.last().context("no request was sent")?);
        figures.record("swept", rate);
        Ok(())
    }
}
