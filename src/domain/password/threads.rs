//! A fixed pool of threads that compute hashes, with low priority: one hash fills a core and a lot
//! of memory, so their number bounds both.

use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvError, Sender, unbounded};

use crate::domain::password::fault;
use crate::domain::password::memory::Memory;
use crate::error::Result;

/// The niceness of the hashing threads (see `setpriority(2)`). It keeps session checks fast while
/// hashes are computed.
const NICENESS: i32 = 10;
/// How long an idle thread keeps its memory for the next hash.
const MEMORY_TIMEOUT: Duration = Duration::from_secs(5);

/// The work of a thread, done in the thread's memory.
pub(crate) type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// The pool. Its threads start with the first job.
pub(crate) struct Threads {
    /// The number of threads.
    pub count: usize,
    jobs: OnceLock<Sender<Job>>,
}

impl Threads {
    pub(crate) const fn new(count: usize) -> Self {
        Self { count, jobs: OnceLock::new() }
    }

    /// Queues a job, which the next free thread takes.
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

/// The body of a thread: does one job after the other until the sender is dropped.
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

/// Waits for a job. If one is queued already, it overwrites what the last one left in the memory.
/// Otherwise the memory is wiped now, and freed after a while.
fn next(queue: &Receiver<Job>, memory: &mut Memory) -> Result<Job, RecvError> {
    if let Ok(job) = queue.try_recv() {
        return Ok(job);
    }
    memory.wipe();
    if let Ok(job) = queue.recv_timeout(MEMORY_TIMEOUT) {
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
    fn memory_is_wiped_when_no_job_is_queued() {
        let (jobs, queue) = unbounded::<Job>();
        let mut memory = Memory::default();
        memory.compute(b"secret", b"somesalt", Params::new(64, 1, 1, None).unwrap()).unwrap();
        let later = thread::spawn(move || {
            thread::sleep(Duration::from_millis(100));
            jobs.send(Box::new(|memory| assert!(memory.is_clean()))).unwrap();
        });
        next(&queue, &mut memory).unwrap()(&mut memory);
        later.join().unwrap();
        assert!(next(&queue, &mut memory).is_err(), "the sender was dropped");
    }
}
