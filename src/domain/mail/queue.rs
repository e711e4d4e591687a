//! The queue of mails, in memory, and the thread that sends them. A mail that fails for a passing
//! reason is tried again, with growing pauses; one that is given up is reported.

use std::io;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc as queue, watch};
use tokio::time::sleep;

use super::messages::Written;
use super::purpose::Purpose;
use super::sending::{Progress, Sending, build_runtime};
use super::smtp::{MailError, Route};
use crate::domain::metrics::Counters;
use crate::storage::Db;
use crate::time::Timestamp;

/// How many mails may be in the queue, those between two attempts included; more are dropped.
const QUEUE_LENGTH: usize = 256;
/// How many mails are sent at the same time.
const CONCURRENCY: usize = 4;
/// The pauses before a mail is tried again: 42 minutes in all, which outlasts the restart of a mail
/// server and greylisting.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_mins(30),
];

/// A written mail, its recipient, and what it is for.
pub(super) struct Mail {
    pub to: String,
    pub written: Written,
    pub purpose: Purpose,
}

/// The mail server that is configured now. A server that reads its configuration again has another
/// one then, and a mail may wait because of a mistake that is mended by that.
#[derive(Default)]
pub(super) struct CurrentRoute(Mutex<Option<Arc<Route>>>);

impl CurrentRoute {
    pub fn set(&self, route: Option<Arc<Route>>) {
        *self.0.lock() = route;
    }

    fn get(&self) -> Result<Arc<Route>, MailError> {
        self.0.lock().clone().ok_or(MailError::Off)
    }
}

/// A mail in the queue.
struct Queued {
    mail: Mail,
    progress: watch::Sender<Progress>,
    _place: OwnedSemaphorePermit,
}

/// The running thread.
pub(super) struct Worker {
    queue: queue::UnboundedSender<Queued>,
    places: Arc<Semaphore>,
    /// Disconnects when every mail is sent or given up.
    done: mpsc::Receiver<()>,
}

impl Worker {
    pub fn start(route: Arc<CurrentRoute>, db: Arc<Db>, counts: Arc<Counters>) -> io::Result<Self> {
        let (queue, waiting) = queue::unbounded_channel();
        let (alive, done) = mpsc::channel();
        let places = Arc::new(Semaphore::new(QUEUE_LENGTH));
        let office = Office { route, db, counts, lines: Semaphore::new(CONCURRENCY) };
        let all = Arc::clone(&places);
        let runtime = build_runtime()?;
        thread::Builder::new().name("mail".into()).spawn(move || {
            runtime.block_on(work(Arc::new(office), waiting, &all));
            drop(alive);
        })?;
        Ok(Self { queue, places, done })
    }

    /// Queues a mail. `None` if there is no place for it.
    pub fn queue(&self, mail: Mail) -> Option<Sending> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let (progress, receiver) = watch::channel(Progress::Trying);
        let queued = Queued { mail, progress, _place: place };
        self.queue.send(queued).ok().map(|()| Sending::Queued(receiver))
    }

    /// Closes the queue, and waits until every mail is sent or given up. Returns how many are left
    /// after the timeout.
    pub fn finish(self, timeout: Duration) -> usize {
        let Self { queue, places, done } = self;
        drop(queue);
        match done.recv_timeout(timeout) {
            Err(mpsc::RecvTimeoutError::Timeout) => QUEUE_LENGTH - places.available_permits(),
            _ => 0,
        }
    }
}

/// What sending a mail takes.
struct Office {
    route: Arc<CurrentRoute>,
    db: Arc<Db>,
    counts: Arc<Counters>,
    /// A permit for each mail that is sent at the moment.
    lines: Semaphore,
}

/// Sends the queued mails until the queue is closed and empty.
async fn work(
    office: Arc<Office>,
    mut waiting: queue::UnboundedReceiver<Queued>,
    places: &Semaphore,
) {
    let (closing, is_closing) = watch::channel(false);
    while let Some(queued) = waiting.recv().await {
        tokio::spawn(deliver(Arc::clone(&office), queued, is_closing.clone()));
    }
    closing.send_replace(true);
    // Every place is free again once the last mail is sent or given up.
    let all = u32::try_from(QUEUE_LENGTH).unwrap_or(u32::MAX);
    drop(places.acquire_many(all).await);
}

/// Sends a mail, in several attempts if it has to be.
async fn deliver(office: Arc<Office>, queued: Queued, mut closing: watch::Receiver<bool>) {
    let Queued { mail, progress, _place } = queued;
    for tries in 1.. {
        let is_last = *closing.borrow();
        let error = match office.attempt(&mail).await {
            Ok(answer) => {
                office.counts.add("sent");
                tracing::debug!(answer, "a mail was sent");
                progress.send_replace(Progress::Sent);
                return;
            }
            Err(error) => error,
        };
        let pause = PAUSES.get(tries - 1).filter(|_| error.is_passing() && !is_last);
        let Some(pause) = pause else {
            office.give_up(&mail, &error, tries);
            progress.send_replace(refusal(&error));
            return;
        };
        office.counts.add("retried");
        let again_in = pause.as_secs();
        tracing::warn!(%error, again_in, "a mail was not sent, and is tried again");
        progress.send_replace(Progress::Delayed);
        tokio::select! {
            () = sleep(*pause) => (),
            // The process ends, so the next attempt is the last one.
            _ = closing.wait_for(|closes| *closes) => (),
        }
        if !office.is_alive(&mail) {
            return tracing::debug!("a mail was not tried again, since it is of no use any more");
        }
    }
}

/// What a request tells its user of a failure.
fn refusal(error: &MailError) -> Progress {
    if error.is_of_address() { Progress::AddressRefused } else { Progress::Refused }
}

// The queries of an office block its thread for a moment, while other mails wait: they are few.
impl Office {
    async fn attempt(&self, mail: &Mail) -> Result<String, MailError> {
        let _line = self.lines.acquire().await;
        self.route.get()?.send(&mail.to, &mail.written, Timestamp::now()).await
    }

    fn is_alive(&self, mail: &Mail) -> bool {
        mail.purpose.is_alive(&self.db, Timestamp::now()).unwrap_or_else(|error| {
            tracing::warn!(%error, "a mail is tried again unchecked");
            true
        })
    }

    fn give_up(&self, mail: &Mail, error: &MailError, tries: usize) {
        self.counts.add("given_up");
        tracing::warn!(%error, causes = crate::error::causes(error), tries, "a mail was not sent");
        if let Err(error) = mail.purpose.give_up(&self.db, &error.to_string(), Timestamp::now()) {
            tracing::error!(%error, "that a mail was not sent is not stored for nox doctor");
        }
    }
}
