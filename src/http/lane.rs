//! A bound on work of one kind: so much at once, and so much that waits.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::metrics::Gauge;
use crate::error::{Error, Result};

/// The error of a queue that is full.
pub(super) const BUSY: Error = Error::ServerNotReady { source: None };

/// The permits of work of one kind.
pub(super) struct Lane {
    /// A permit for each piece of work that runs or waits.
    queue: Arc<Semaphore>,
    /// A permit for each piece of work that runs.
    running: Arc<Semaphore>,
    /// How much waits.
    waiting: Gauge,
}

/// Lets one piece of work run, until it is dropped.
pub(super) struct LanePermit {
    _queued: OwnedSemaphorePermit,
    _running: OwnedSemaphorePermit,
}

impl Lane {
    pub(super) fn new(running: usize, waiting: usize) -> Self {
        Self {
            queue: Arc::new(Semaphore::new(running + waiting)),
            running: Arc::new(Semaphore::new(running)),
            waiting: Gauge::default(),
        }
    }

    /// The same lane, which counts what waits in this gauge.
    pub(super) fn counted_in(self, waiting: &Gauge) -> Self {
        Self { waiting: waiting.clone(), ..self }
    }

    /// The same lane with room for another number of pieces of work that wait. Those that wait by
    /// now are not counted in it.
    pub(super) fn with_queue(&self, running: usize, waiting: usize) -> Self {
        let queue = Arc::new(Semaphore::new(running + waiting));
        Self { queue, running: Arc::clone(&self.running), waiting: self.waiting.clone() }
    }

    /// Waits until work may start. A caller that gives up meanwhile leaves the queue.
    ///
    /// # Errors
    /// [`Error::ServerNotReady`] where the queue is full.
    pub(super) async fn enter(&self) -> Result<LanePermit> {
        let queued = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| BUSY)?;
        let _waiting = self.waiting.count();
        Ok(LanePermit { _queued: queued, _running: permit(&self.running).await? })
    }
}

/// Waits for a permit.
pub(super) async fn permit(semaphore: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit> {
    let permit = Arc::clone(semaphore).acquire_owned().await;
    permit.map_err(|error| Error::internal("wait for a permit", error))
}
