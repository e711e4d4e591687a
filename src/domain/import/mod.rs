//! Moving in from a running Nox node: its dump becomes the accounts of this instance.
//!
//! [`import()`] reads the whole dump first and keeps its rows aside (`staged`), refuses it if a
//! line or a row is not as it must be (`dump`, `examine`), checks a password that is known and
//! wraps weak hashes (`hashes`), and then writes everything within one transaction (`store`).

mod dump;
mod error;
mod examine;
mod hashes;
mod instance;
mod options;
mod report;
mod run;
mod staged;
mod store;
mod values;

use std::io::{self, Read};

use crate::config::Config;
use crate::domain::password::Hasher;
use crate::time::Timestamp;
use dump::read;
use instance::{Instance, Scratch};
use run::Run;
use staged::Staged;
use values::Assets;

pub(crate) use crate::storage::staging::Note;
pub(crate) use dump::Shape;
pub(crate) use error::ImportError;
pub(crate) use options::{Check, Choice, Old, Options};
pub(crate) use report::{Counts, Outcome, Report};
pub(crate) use run::Progress;
pub(crate) use values::LossKind;

/// Imports a dump. If one of its rows is refused, nothing is changed, and the outcome tells of all
/// of them.
///
/// # Errors
/// The dump, the options or the instance are refused, or a fault; then nothing is changed.
pub(crate) fn import(
    config: &Config,
    dump: impl Read,
    options: &Options,
    now: Timestamp,
    progress: &mut dyn FnMut(Progress),
) -> Result<Outcome, ImportError> {
    let known = instance::examine(config, options)?;
    let mut instance = if options.dry_run { None } else { instance::open(config, options)? };
    let assets = open_assets(config, options)?;
    let staged = Staged::new()?;
    known.claim(&staged)?;
    let source = Watched { source: dump, bytes: 0, progress };
    let contents = read::<ImportError>(source, |table, row| Ok(staged.add(table, &row)?));
    let contents = contents.map_err(ImportError::of_temporary)?;
    let run = Run { config, options, staged, contents, assets, now };
    let counts = examine::examine(&run, progress);
    let mut counts = counts.map_err(ImportError::of_temporary)?;
    if counts.refused > 0 {
        let next_id = u64::from(known.last_id.max(run.last_id(&counts))) + 1;
        return Ok(outcome(run, counts, next_id));
    }
    let hasher = Hasher::new(&config.password);
    if let Some(check) = &options.check {
        hashes::check(&run, &hasher, check)?;
    }
    if instance.is_none() && !options.dry_run {
        instance = Some(instance::create(config, options)?);
    }
    let wrapped = hashes::wrap(&run, &hasher, counts.weak, progress);
    wrapped.map_err(|error| ImportError::from(error).of_temporary())?;
    let next_id = if let Some(Instance { mut database, key }) = instance {
        let key = key.expose();
        database.change(|connection| store::store(&run, connection, key, &mut counts, progress))?
    } else {
        let Scratch { database, key } = Scratch::new()?;
        let next_id = store::store(&run, &database, &key, &mut counts, progress);
        next_id.map_err(ImportError::of_temporary)?.max(u64::from(known.last_id) + 1)
    };
    Ok(outcome(run, counts, next_id))
}

fn outcome(run: Run<'_>, counts: Counts, next_id: u64) -> Outcome {
    let Run { staged, contents, .. } = run;
    let dump::Contents { shape, about, others, last_id: _ } = contents;
    Outcome { report: Report { shape, about, counts, others, next_id }, staged }
}

fn open_assets(config: &Config, options: &Options) -> Result<Option<Assets>, ImportError> {
    let Some(folder) = &options.assets else { return Ok(None) };
    let limit = config.limits.picture_bytes.get() as usize;
    let opened = Assets::open(folder, limit);
    opened.map(Some).map_err(|source| ImportError::Assets { path: folder.clone(), source })
}

/// A source that reports how much of it was read.
struct Watched<'a, R> {
    source: R,
    bytes: u64,
    progress: &'a mut dyn FnMut(Progress),
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.bytes += read as u64;
        (self.progress)(Progress::Read(self.bytes));
        Ok(read)
    }
}

#[cfg(test)]
mod tests;
