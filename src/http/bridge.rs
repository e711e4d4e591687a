//! The one place where synchronous work meets the async workers.
//!
//! A worker serves many connections on one thread, and must never wait for a disk or compute a
//! hash. So what a handler wants from the domain goes through here, by the kind of the work:
//!
//! - Short reads ([`Bridge::read`]) run on the worker itself: handing them to another thread would
//!   cost more than they do. Reads that follow closely upon each other share a snapshot of the
//!   database.
//! - Changes and longer reads ([`Bridge::run`]) run on the blocking pool, a few at once.
//! - Work that computes hashes ([`Bridge::hash`]) waits in a bounded queue first, since a hash
//!   takes tens of milliseconds and much memory.
//! - Searches ([`Bridge::search`]) wait in a queue of their own, so that no flood of them delays a
//!   logout.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::rt::spawn;
use actix_web::web::{Data, block};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use super::lane::{BUSY, Lane, LanePermit, permit};
use crate::config::Config;
use crate::domain::App;
use crate::domain::accounts::UserId;
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// Work that computes hashes and may run beyond the number of hashers, so that these have work
/// while others write to the database.
const EXTRA_HASHES: usize = 2;
/// Changes and longer reads at once: few enough to leave the session checks on the workers a
/// connection each.
const MAX_CHANGES: usize = 16;
/// Searches at once, and those that may wait. No session is needed to search, and each search reads
/// the whole table.
const MAX_SEARCHES: usize = 2;
const SEARCH_QUEUE: usize = 64;
/// Large uploads that may be in memory at once, and those that may wait.
const MAX_UPLOADS: usize = 6;
const UPLOAD_QUEUE: usize = 64;
/// Uploads of one user at once: few enough to leave room for other users, even where they are slow.
const MAX_UPLOADS_PER_USER: usize = 2;
/// An upload up to this size, in bytes, takes too little memory to need one of those permits.
const SMALL_UPLOAD: usize = 256 * 1024;
/// Exports of an account that may be on their way to their users, and those that may wait.
const MAX_EXPORTS: usize = 4;
const EXPORT_QUEUE: usize = 64;
/// How long an upload or an export waits for a permit.
const TRANSFER_QUEUE_TIMEOUT: Duration = Duration::from_mins(1);
/// A worker releases its snapshot after this, so that the WAL can be checkpointed even where no
/// further read comes.
const SNAPSHOT_TTL: Duration = Duration::from_millis(50);

/// Lets handlers use the domain. A request sees one configuration from its start to its end: that
/// of its bridge.
pub(crate) struct Bridge {
    app: Arc<App>,
    hashes: Lane,
    shared: Arc<Shared>,
}

/// What the bridges of all configurations of a server share.
struct Shared {
    started: Timestamp,
    searches: Lane,
    uploads: Lane,
    exports: Lane,
    /// A semaphore for each user who is uploading or exporting.
    uploaders: Mutex<HashMap<UserId, Weak<Semaphore>>>,
    changes: Arc<Semaphore>,
}

/// The permits of an upload or an export: one of its user's and, unless it is small, one of its
/// kind.
pub(super) struct TransferPermit {
    _user: OwnedSemaphorePermit,
    _lane: Option<LanePermit>,
}

impl Bridge {
    pub(super) fn new(app: Arc<App>) -> Self {
        let shared = Arc::new(Shared {
            started: Timestamp::now(),
            searches: Lane::new(MAX_SEARCHES, SEARCH_QUEUE),
            uploads: Lane::new(MAX_UPLOADS, UPLOAD_QUEUE),
            exports: Lane::new(MAX_EXPORTS, EXPORT_QUEUE),
            uploaders: Mutex::default(),
            changes: Arc::new(Semaphore::new(MAX_CHANGES)),
        });
        let hashes = Lane::new(app.hashers() + EXTRA_HASHES, login_queue(&app))
            .counted_in(&app.metrics.waiting);
        Self { app, hashes, shared }
    }

    /// The bridge of the same server to an instance with another configuration.
    pub(super) fn reload(&self, app: Arc<App>) -> Self {
        let hashes = self.hashes.with_queue(app.hashers() + EXTRA_HASHES, login_queue(&app));
        Self { app, hashes, shared: Arc::clone(&self.shared) }
    }

    /// The bridge of the server that a request came to.
    pub(super) fn of(request: &HttpRequest) -> Result<&Data<Self>> {
        let bridge = request.app_data();
        bridge.ok_or_else(|| Error::internal("serve the request", "no bridge is set up"))
    }

    /// Opens a worker's connection to the database, on that worker. Later the database file may be
    /// gone, and a request would make a new one.
    pub(super) fn prepare(&self) {
        if let Err(error) = self.app.hold_snapshot().and_then(|_| self.app.release_snapshot()) {
            tracing::warn!(%error, "a worker has no connection to the database yet");
        }
    }

    /// The domain itself, for rules that need neither the database nor much time.
    pub(super) fn app(&self) -> &App {
        &self.app
    }

    /// The domain, for work that outlives the request.
    pub(super) fn shared_app(&self) -> Arc<App> {
        Arc::clone(&self.app)
    }

    pub(super) fn config(&self) -> &Config {
        &self.app.config
    }

    /// When the server started.
    pub(super) fn started(&self) -> Timestamp {
        self.shared.started
    }

    /// Runs a short read on the worker. Reads that come soon after share its snapshot, as long as
    /// nothing was written since.
    pub(super) fn read<T>(&self, query: impl FnOnce(&App) -> Result<T>) -> Result<T> {
        if self.app.hold_snapshot()? {
            let app = Arc::clone(&self.app);
            spawn(async move {
                sleep(SNAPSHOT_TTL).await;
                if let Err(error) = app.release_snapshot() {
                    tracing::warn!(%error, "a snapshot is not released");
                }
            });
        }
        query(&self.app)
    }

    /// Runs a change, or a read of something large, off the worker.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = permit(&self.shared.changes).await?;
        off_worker(&self.app, permit, work).await
    }

    /// Runs a change that no answer waits for. If it fails, the log says so.
    pub(super) fn run_in_background(&self, work: impl FnOnce(&App) -> Result<()> + Send + 'static) {
        self.run_later(Duration::ZERO, work);
    }

    /// The same after `delay`: where the work must not slow the answer down by as much as it takes.
    pub(super) fn run_later(
        &self,
        delay: Duration,
        work: impl FnOnce(&App) -> Result<()> + Send + 'static,
    ) {
        let app = Arc::clone(&self.app);
        let changes = Arc::clone(&self.shared.changes);
        spawn(async move {
            sleep(delay).await;
            let done = match permit(&changes).await {
                Ok(permit) => off_worker(&app, permit, work).await,
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                tracing::warn!(%error, "a change in the background failed");
            }
        });
    }

    /// Runs work that computes hashes, off the worker. Once it has started it runs to its end, even
    /// where the client has hung up, and keeps its permit until then.
    ///
    /// # Errors
    /// [`Error::ServerNotReady`] where the queue is full, or what `work` returns.
    pub(super) async fn hash<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        off_worker(&self.app, self.hashes.enter().await?, work).await
    }

    /// The same for a login, which is counted where the queue is full. No other login is refused
    /// before its rule runs, which counts the others.
    ///
    /// # Errors
    /// Those of [`Self::hash`].
    pub(super) async fn log_in<T: Send + 'static>(
        &self,
        login: impl FnOnce(&App) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let entered = self.hashes.enter().await;
        let permit = entered.inspect_err(|_| self.app.metrics.logins.add("busy"))?;
        off_worker(&self.app, permit, login).await
    }

    /// Runs a search off the worker.
    ///
    /// # Errors
    /// [`Error::ServerNotReady`] where the queue is full, or what `work` returns.
    pub(super) async fn search<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        off_worker(&self.app, self.shared.searches.enter().await?, work).await
    }

    /// Waits until an upload may be read into memory. `length` is its size in bytes, where the
    /// client says it. The permit must be kept as long as the upload is in memory.
    ///
    /// # Errors
    /// [`Error::ServerNotReady`] where the queue is full, or after [`TRANSFER_QUEUE_TIMEOUT`].
    pub(super) async fn upload(
        &self,
        user: UserId,
        length: Option<usize>,
    ) -> Result<TransferPermit> {
        let is_small = length.is_some_and(|length| length <= SMALL_UPLOAD);
        let enter = async {
            let user = permit(&self.uploader(user)).await?;
            let lane = if is_small { None } else { Some(self.shared.uploads.enter().await?) };
            Ok(TransferPermit { _user: user, _lane: lane })
        };
        timeout(TRANSFER_QUEUE_TIMEOUT, enter).await.map_err(|_| BUSY)?
    }

    /// Waits until an export may begin. It writes as fast as its client reads, and keeps a thread
    /// for as long.
    ///
    /// # Errors
    /// [`Error::ServerNotReady`] where the queue is full, or after [`TRANSFER_QUEUE_TIMEOUT`].
    pub(super) async fn export(&self, user: UserId) -> Result<TransferPermit> {
        let enter = async {
            let user = permit(&self.uploader(user)).await?;
            Ok(TransferPermit { _user: user, _lane: Some(self.shared.exports.enter().await?) })
        };
        timeout(TRANSFER_QUEUE_TIMEOUT, enter).await.map_err(|_| BUSY)?
    }

    /// The semaphore of a user's uploads and exports.
    fn uploader(&self, user: UserId) -> Arc<Semaphore> {
        let mut uploaders = self.shared.uploaders.lock().unwrap_or_else(PoisonError::into_inner);
        uploaders.retain(|_, permits| permits.strong_count() > 0);
        let known = uploaders.get(&user).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let permits = Arc::new(Semaphore::new(MAX_UPLOADS_PER_USER));
            uploaders.insert(user, Arc::downgrade(&permits));
            permits
        })
    }
}

/// How many logins may wait for a hasher.
fn login_queue(app: &App) -> usize {
    app.config.limits.login_queue.get() as usize
}

/// Runs work on the blocking pool, with a permit that is held until it ends.
async fn off_worker<T: Send + 'static>(
    app: &Arc<App>,
    permit: impl Send + 'static,
    work: impl FnOnce(&App) -> Result<T> + Send + 'static,
) -> Result<T> {
    let app = Arc::clone(app);
    let done = block(move || {
        let _permit = permit;
        work(&app)
    });
    done.await.map_err(|error| Error::internal("finish the request", error))?
}
