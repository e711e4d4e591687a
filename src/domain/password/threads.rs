//! The threads that compute hashes: never more at once, and in nobody's way.

use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvError, Sender, unbounded};

use crate::domain::password::fault;
use crate::domain::password::memory::Memory;
use crate::error::Result;

/// Hashes give way to everything else that the machine does, so that checking a session stays quick
/// meanwhile.
const NICENESS: i32 = 10;
/// How long a thread keeps its memory for the next hash.
const KEPT: Duration = Duration::from_secs(5);

/// What one of them does with its memory.
pub(crate) type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// Threads that start with the first job.
pub(crate) struct Threads {
    /// How many.
    pub count: usize,
    jobs: OnceLock<Sender<Job>>,
}

impl Threads {
    pub(crate) const fn new(count: usize) -> Self {
        Self { count, jobs: OnceLock::new() }
    }

    /// Hands them a job; the first that is free does it.
    pub(crate) fn send(&self, job: Job) -> Result<()> {
        let jobs = self.jobs.get_or_init(|| {
            let (jobs, queue) = unbounded();
            for _ in 0..self.count {
                let queue = queue.clone();
                if let Err(error) =
                    thread::Builder::new().name("hasher".into()).spawn(move || work(&queue))
                {
                    tracing::warn!(%error, "a hashing thread could not be started");
                }
            }
            jobs
        });
        jobs.send(job).map_err(|_| fault("no hashing thread could be started"))
    }
}

/// One of them: one job after the other, until the sender is gone.
fn work(queue: &Receiver<Job>) {
    if let Err(error) =
        rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICENESS)
    {
        tracing::warn!(%error, "hashing threads keep the normal priority");
    }
    let mut memory = Memory::default();
    while let Ok(job) = next(queue, &mut memory) {
        job(&mut memory);
    }
}

/// Waits for a job. The one that comes at once writes over what the last one left; where none does,
/// the memory is wiped, and after a while given back.
fn next(queue: &Receiver<Job>, memory: &mut Memory) -> Result<Job, RecvError> {
    if let Ok(job) = queue.try_recv() {
        return Ok(job);
    }
    memory.wipe();
    if let Ok(job) = queue.recv_timeout(KEPT) {
        return Ok(job);
    }
    *memory = Memory::default();
    queue.recv()
}

#[cfg(test)]
mod tests {
    use argon2::Params;

    use super::*;

    #[test]
    fn memory_is_clean_as_soon_as_there_is_nothing_to_do() {
        let (jobs, queue) = unbounded::<Job>();
        let mut memory = Memory::default();
        memory
            .compute(&"secret".to_owned().into(), b"somesalt", Params::new(64, 1, 1, None).unwrap())
            .unwrap();
        let later = thread::spawn(move || {
            thread::sleep(Duration::from_millis(100));
            jobs.send(Box::new(|memory| assert!(memory.is_clean()))).unwrap();
        });
        next(&queue, &mut memory).unwrap()(&mut memory);
        later.join().unwrap();
        assert!(next(&queue, &mut memory).is_err(), "nobody can send any more");
    }
}
