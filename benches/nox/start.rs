//! How long a start takes where there is a lot already.

use std::rc::Rc;
use std::time::Instant;

use anyhow::Result;

use crate::Measure;
use crate::figures::Figures;
use crate::fill::{self, Age};
use crate::http::get;
use crate::server::Instance;
use crate::stage::{ME, Stage};

const ROWS: u32 = 100_000;
const STARTS: usize = 3;

/// Starts, and how large the database became before.
pub struct Starts {
    instance: Instance,
    check: Vec<u8>,
    /// Bytes per user and per session.
    sizes: [f64; 2],
}

impl Starts {
    pub fn new(_: &Rc<Stage>) -> Result<Self> {
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
            figures.note("start", start.elapsed().as_secs_f64() * 1000.0);
        }
        figures.note("bytes-user", self.sizes[0]);
        figures.note("bytes-session", self.sizes[1]);
        Ok(())
    }
}
