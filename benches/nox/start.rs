//! How long the server takes to start with a large database.

use std::rc::Rc;
use std::time::Instant;

use anyhow::Result;

use crate::Measure;
use crate::figures::Figures;
use crate::fill::{self, Age};
use crate::fixture::{Fixture, ME};
use crate::http::get;
use crate::server::Instance;

const ROWS: u32 = 100_000;
const STARTS: usize = 3;

/// Starts of the server, and the size of its database.
pub struct Starts {
    instance: Instance,
    check: Vec<u8>,
    /// Bytes per user and per session.
    sizes: [f64; 2],
}

impl Starts {
    pub fn new(_: &Rc<Fixture>) -> Result<Self> {
        let instance = Instance::new()?;
        let empty = fill::size(&instance)?;
        fill::users(&instance, ROWS)?;
        let with_users = fill::size(&instance)?;
        fill::sessions(&instance, ROWS, Age::Active)?;
        let sizes = [with_users - empty, fill::size(&instance)? - with_users]
            .map(|bytes| bytes / f64::from(ROWS));
        let token = instance.serve()?.connect()?.log_in(ROWS / 2)?;
        Ok(Self { instance, check: get(ME, &token), sizes })
    }
}

impl Measure for Starts {
    fn round(&mut self, figures: &mut Figures) -> Result<()> {
        for _ in 0..STARTS {
            let start = Instant::now();
            let server = self.instance.serve()?;
            server.connect()?.send(&self.check)?;
            figures.record("start", start.elapsed().as_secs_f64() * 1000.0);
        }
        figures.record("bytes-user", self.sizes[0]);
        figures.record("bytes-session", self.sizes[1]);
        Ok(())
    }
}
