//! The memory of the server: when idle, at its peak, and when idle again.

use std::rc::Rc;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;

use crate::Measure;
use crate::figures::Figures;
use crate::fill;
use crate::fixture::{Fixture, ME, USERS};
use crate::http::{get, login};
use crate::load::at_once;
use crate::server::{Instance, Server};

const LOGINS: u32 = 300;
const IDLE: Duration = Duration::from_secs(10);

pub struct Memory {
    instance: Instance,
    check: Vec<u8>,
}

impl Memory {
    pub fn new(_: &Rc<Fixture>) -> Result<Self> {
        let instance = Instance::new()?;
        fill::users(&instance, USERS)?;
        let token = instance.serve()?.connect()?.log_in(1)?;
        Ok(Self { instance, check: get(ME, &token) })
    }
}

impl Measure for Memory {
    fn round(&mut self, figures: &mut Figures) -> Result<()> {
        let server = self.instance.serve()?;
        let mut connection = server.connect()?;
        (0..10).try_for_each(|_| connection.send(&self.check).map(drop))?;
        figures.record("idle", server.memory("RssAnon")?);
        figures.record("idle-file", server.memory("RssFile")?);
        let wants_idle = figures.wants("idle-after") || figures.wants("idle-after-file");
        if figures.wants("storm-memory") || wants_idle {
            log_in_concurrently(&server)?;
            figures.record("storm-memory", server.memory("VmHWM")?);
        }
        if wants_idle {
            sleep(IDLE);
            figures.record("idle-after", server.memory("RssAnon")?);
            figures.record("idle-after-file", server.memory("RssFile")?);
        }
        Ok(())
    }
}

/// Logs many users in at the same time, each on its own connection.
fn log_in_concurrently(server: &Server) -> Result<()> {
    let log_in = |number| {
        let ip = format!("10.0.{}.{}", number / 256, number % 256);
        server.connect()?.send(&login(1 + number, &ip)).map(drop)
    };
    at_once(LOGINS, log_in).map(drop)
}
