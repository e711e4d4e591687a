//! The one place where synchronous work meets the async workers: short reads run where they are,
//! writes on the blocking pool, and work that computes hashes there too, a few at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use actix_web::rt::spawn;
use actix_web::web::block;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use crate::config::Config;
use crate::domain::App;
use crate::domain::accounts::UserId;
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// Logins beyond the hashers that may be under way, so that those have work while others commit.
const AHEAD: usize = 2;
/// Changes and longer reads at once: few enough to leave the session checks on the workers a
/// connection each.
const RUNNING: usize = 16;
/// Searches at once, and those that may wait: anybody may ask for one, and each reads the whole
/// table.
const SEARCHING: usize = 2;
const SEARCH_QUEUE: usize = 64;
/// Large uploads that may be in memory at once, and those that may wait.
const UPLOADING: usize = 6;
const UPLOAD_QUEUE: usize = 64;
/// Uploads of one user at once: few enough to leave room for others, however slowly they come.
const UPLOADING_EACH: usize = 2;
/// What takes so little memory needs no room, in bytes.
const SMALL_UPLOAD: usize = 256 * 1024;
/// How long an upload waits.
const UPLOAD_WAIT: Duration = Duration::from_mins(1);
/// How long a worker may hold a snapshot: short enough to be in nobody's way, where the next read
/// is late.
const HELD: Duration = Duration::from_millis(50);

/// The way from a handler to the rules.
pub struct Bridge {
    app: Arc<App>,
    started: Timestamp,
    hashes: Lane,
    searches: Lane,
    uploads: Lane,
    /// Permits of the users who are uploading.
    uploaders: Mutex<HashMap<UserId, Weak<Semaphore>>>,
    /// How much other work may run.
    running: Arc<Semaphore>,
}

/// What bounds work of one kind.
struct Lane {
    /// Permits for all that is under way or waits.
    queue: Arc<Semaphore>,
    /// Permits for what is under way.
    under_way: Arc<Semaphore>,
}

/// The permits of work that is under way.
type Held = (OwnedSemaphorePermit, OwnedSemaphorePermit);

/// The permits of an upload: one of its user's, and where it is large, those for its memory.
pub(super) struct UploadPermit {
    _user: OwnedSemaphorePermit,
    _memory: Option<Held>,
}

impl Lane {
    fn new(under_way: usize, waiting: usize) -> Self {
        Self {
            queue: Arc::new(Semaphore::new(under_way + waiting)),
            under_way: Arc::new(Semaphore::new(under_way)),
        }
    }

    /// Waits until work may start. A caller that gives up meanwhile leaves the queue.
    ///
    /// # Errors
    /// [`Error::ServerNotReady`] where too many are waiting.
    async fn enter(&self) -> Result<Held> {
        let queued = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| BUSY)?;
        Ok((queued, permit(&self.under_way).await?))
    }
}

const BUSY: Error = Error::ServerNotReady { source: None };

impl Bridge {
    pub(super) fn new(app: Arc<App>) -> Self {
        Self {
            started: Timestamp::now(),
            hashes: Lane::new(app.hashers() + AHEAD, app.config.limits.login_queue.get() as usize),
            searches: Lane::new(SEARCHING, SEARCH_QUEUE),
            uploads: Lane::new(UPLOADING, UPLOAD_QUEUE),
            uploaders: Mutex::default(),
            running: Arc::new(Semaphore::new(RUNNING)),
            app,
        }
    }

    /// Gives a worker its connection to the database, on the worker itself: later there may be no
    /// file any more.
    pub(super) fn prepare(&self) {
        if let Err(error) = self.app.hold_snapshot().and_then(|_| self.app.let_go_of_snapshot()) {
            tracing::warn!(%error, "a worker has no connection to the database yet");
        }
    }

    /// The rules themselves, for what needs neither the database nor time.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// What the operator set.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.app.config
    }

    /// When the server started.
    #[must_use]
    pub const fn started(&self) -> Timestamp {
        self.started
    }

    /// Runs a short read on the worker. Those that come soon after share its snapshot, as long as
    /// that is the newest.
    ///
    /// # Errors
    /// What `query` returns, or the database cannot be reached.
    pub fn read<T>(&self, query: impl FnOnce(&App) -> Result<T>) -> Result<T> {
        if self.app.hold_snapshot()? {
            let app = Arc::clone(&self.app);
            spawn(async move {
                sleep(HELD).await;
                if let Err(error) = app.let_go_of_snapshot() {
                    tracing::warn!(%error, "a snapshot is not given back");
                }
            });
        }
        query(&self.app)
    }

    /// Runs a change, or a read of something large, off the worker.
    ///
    /// # Errors
    /// What `work` returns.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = permit(&self.running).await?;
        off_worker(&self.app, permit, work).await
    }

    /// Runs a change that no answer waits for; where it fails, the log says so.
    pub fn run_aside(&self, work: impl FnOnce(&App) -> Result<()> + Send + 'static) {
        let (app, running) = (Arc::clone(&self.app), Arc::clone(&self.running));
        spawn(async move {
            let done = match permit(&running).await {
                Ok(permit) => off_worker(&app, permit, work).await,
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                tracing::warn!(%error, "a change on the side failed");
            }
        });
    }

    /// Runs work that computes hashes, a few at a time. Once under way, it keeps its permits until
    /// it ends.
    ///
    /// # Errors
    /// [`Error::ServerNotReady`] where too many are waiting, or what `work` returns.
    pub async fn hash<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        off_worker(&self.app, self.hashes.enter().await?, work).await
    }

    /// Runs a search off the worker, in a lane of its own: no flood of them holds up a logout.
    ///
    /// # Errors
    /// [`Error::ServerNotReady`] where too many are waiting, or what `work` returns.
    pub async fn search<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        off_worker(&self.app, self.searches.enter().await?, work).await
    }

    /// Waits until a user's upload of so many bytes may be read into memory, where it stays as long
    /// as the permit is kept.
    ///
    /// # Errors
    /// [`Error::ServerNotReady`] where too many are waiting, or this one has waited too long.
    pub(super) async fn upload(&self, user: UserId, length: Option<usize>) -> Result<UploadPermit> {
        let is_small = length.is_some_and(|length| length <= SMALL_UPLOAD);
        let enter = async {
            let user = permit(&self.uploader(user)).await?;
            let memory = if is_small { None } else { Some(self.uploads.enter().await?) };
            Ok(UploadPermit { _user: user, _memory: memory })
        };
        timeout(UPLOAD_WAIT, enter).await.map_err(|_| BUSY)?
    }

    fn uploader(&self, user: UserId) -> Arc<Semaphore> {
        let mut uploaders = self.uploaders.lock().unwrap_or_else(PoisonError::into_inner);
        uploaders.retain(|_, permits| permits.strong_count() > 0);
        let known = uploaders.get(&user).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let permits = Arc::new(Semaphore::new(UPLOADING_EACH));
            uploaders.insert(user, Arc::downgrade(&permits));
            permits
        })
    }
}

async fn permit(of: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit> {
    let permit = Arc::clone(of).acquire_owned().await;
    permit.map_err(|error| Error::internal("wait for a permit", error))
}

/// Runs work on the blocking pool, which holds `held` until it ends.
async fn off_worker<T: Send + 'static>(
    app: &Arc<App>,
    held: impl Send + 'static,
    work: impl FnOnce(&App) -> Result<T> + Send + 'static,
) -> Result<T> {
    let app = Arc::clone(app);
    let done = block(move || {
        let _held = held;
        work(&app)
    });
    done.await.map_err(|error| Error::internal("finish the request", error))?
}
