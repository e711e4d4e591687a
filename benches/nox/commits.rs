//! The limit of a change: one durable commit of SQLite.

use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::Measure;
use crate::figures::Figures;
use crate::fixture::Fixture;

/// The settings of the server's database.
const DATABASE: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (content TEXT) STRICT";
/// A row about as long as a session.
const ROW: &str = "INSERT INTO rows VALUES (printf('%200c', 'x'))";

pub struct Commits {
    fixture: Rc<Fixture>,
    database: Connection,
    _folder: TempDir,
}

impl Commits {
    pub fn new(fixture: &Rc<Fixture>) -> Result<Self> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let database = Connection::open(folder.path().join("rows.db"))?;
        database.execute_batch(DATABASE)?;
        Ok(Self { fixture: Rc::clone(fixture), database, _folder: folder })
    }
}

impl Measure for Commits {
    fn round(&mut self, figures: &mut Figures) -> Result<()> {
        let start = Instant::now();
        let mut count = 0_u32;
        while start.elapsed() < Duration::from_secs(self.fixture.seconds(2)) {
            self.database.prepare_cached(ROW)?.execute([])?;
            count += 1;
        }
        figures.record("commits", f64::from(count) / start.elapsed().as_secs_f64());
        Ok(())
    }
}
