//! File descriptors: how many this process may have open, and how they are shared out.
//!
//! Every connection of a client takes one, and a server that runs out of them can no longer open
//! its database or send mail. So the server sets aside what it needs itself, and clients get the
//! rest.

use std::thread::available_parallelism;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// For the log, the key, the listener, mails and backups, with some to spare.
const RESERVED: usize = 32;
/// What a worker needs for itself.
const PER_WORKER: usize = 4;
/// Connections to the database that suffice on a small machine.
const READERS: usize = 32;
/// What one of them has open: the database and its WAL.
const PER_READER: usize = 2;

/// Raises the soft limit of open files to the hard limit. The soft limit exists for programs that
/// use `select(2)`, which fails for descriptors above 1023; Nox does not use it.
pub(crate) fn raise_limit() {
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

/// The cores that this process may use. A server has one worker for each.
pub(crate) fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// Connections to the database that may read at once, besides one for each worker. No reader should
/// wait for another, but all readers together may take a quarter of the descriptors at most.
pub(crate) fn readers() -> usize {
    readers_within(limit(), cores())
}

/// Connections that clients may have at once.
pub(crate) fn connections() -> usize {
    connections_within(limit(), cores())
}

fn limit() -> usize {
    getrlimit(Resource::Nofile)
        .current
        .and_then(|limit| limit.try_into().ok())
        .unwrap_or(usize::MAX)
}

fn readers_within(limit: usize, workers: usize) -> usize {
    (READERS + workers).min((limit / 4 / PER_READER).saturating_sub(workers)).max(1)
}

/// The descriptors that the server itself does not need; at least one for each worker.
fn connections_within(limit: usize, workers: usize) -> usize {
    // One more connection writes, and all share the index of the WAL.
    let database = (readers_within(limit, workers) + workers + 1) * PER_READER + 1;
    limit.saturating_sub(database + workers * PER_WORKER + RESERVED).max(workers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_keeps_what_it_needs_and_clients_get_the_rest() {
        for (limit, workers, readers, connections) in [
            (128, 2, 14, 53),
            (1024, 2, 34, 909),
            (1024, 64, 64, 477),
            (524_288, 8, 40, 524_125),
            (16, 4, 1, 4),
        ] {
            assert_eq!(readers_within(limit, workers), readers, "{limit} {workers}");
            assert_eq!(connections_within(limit, workers), connections, "{limit} {workers}");
        }
    }
}
