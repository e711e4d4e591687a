//! Mail: [`App::notify`] and [`App::mail_to`] write a message ([`messages`]) and put it into a
//! queue, from which a thread sends it ([`smtp`]), so that no request waits for a mail server.

pub(crate) mod messages;
mod smtp;

use std::io;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, mpsc as queue};

use crate::config::Config;
use crate::domain::App;
use crate::domain::event::Event;
use crate::domain::principal::Device;
use crate::domain::throttle::{self, Limit};
use crate::error::{Error, Result, causes};
use crate::storage::users::User;
use crate::time::Timestamp;
use messages::{Message, Written};
pub use smtp::MailError;
use smtp::Route;

/// How many mails may wait; more are dropped.
const QUEUE_LENGTH: usize = 256;
/// How many mails are sent at the same time.
const CONCURRENCY: usize = 4;
/// How long a process that ends waits for queued mail, at most.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// A written mail and its recipient.
struct Mail {
    to: String,
    written: Written,
}

/// Sends mail, if a mail server is configured. Its thread starts with the first mail. Dropping it
/// waits for queued mail, up to the drain timeout.
pub(crate) struct Mailer {
    /// An error where a setting is wrong: then no mail is sent.
    route: Result<Option<Route>, MailError>,
    drain_timeout: Duration,
    worker: Mutex<Option<Worker>>,
}

struct Worker {
    queue: queue::Sender<Mail>,
    /// Disconnects when every mail is sent.
    done: mpsc::Receiver<()>,
}

/// Checks the settings for mail without contacting the mail server.
///
/// # Errors
/// A setting is wrong.
pub(crate) fn check(config: &Config) -> Result<(), MailError> {
    route(config).map(drop)
}

/// The mail server, if one is configured.
fn route(config: &Config) -> Result<Option<Route>, MailError> {
    let Some(server) = config.mail.host.as_deref() else { return Ok(None) };
    let route = Route::new(&config.mail, server, &config.host());
    route.map(Some).map_err(|error| error.at(config))
}

impl Mailer {
    /// Prepares to send mail. If a setting is wrong, none is sent, and the log says so: a command
    /// that needs no mail works nevertheless.
    pub(crate) fn new(config: &Config) -> Self {
        let route = route(config);
        if let Err(error) = &route {
            tracing::warn!("{error}; no mail is sent");
        }
        let drain_timeout = DRAIN_TIMEOUT.min(config.limits.shutdown_grace.into());
        Self { route, drain_timeout, worker: Mutex::new(None) }
    }

    /// The mail server, if one is configured and no setting is wrong.
    fn route(&self) -> Option<&Route> {
        self.route.as_ref().ok().and_then(Option::as_ref)
    }

    pub(crate) fn is_on(&self) -> bool {
        self.route().is_some()
    }

    /// Queues a mail. If the queue is full, the mail is dropped and the log says so.
    fn send(&self, mail: Mail) {
        let Some(route) = self.route() else { return };
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        let worker = match &mut *worker {
            Some(worker) => worker,
            none => match Worker::start(route.clone()) {
                Ok(started) => none.insert(started),
                Err(error) => return tracing::error!(%error, "no mail can be sent"),
            },
        };
        if worker.queue.try_send(mail).is_err() {
            tracing::error!("the mail queue is full: a mail was dropped");
        }
    }

    /// Sends a mail and returns the server's answer.
    fn send_now(&self, mail: Mail) -> Result<String, MailError> {
        let route = self.route().ok_or(MailError::Off)?;
        build_runtime()?.block_on(route.send(mail))
    }

    fn take_worker(&self) -> Option<Worker> {
        self.worker.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Closes the queue and waits until it is empty, up to the drain timeout.
    fn finish(&self) {
        if let Some(Worker { queue, done }) = self.take_worker() {
            drop(queue);
            if done.recv_timeout(self.drain_timeout) == Err(mpsc::RecvTimeoutError::Timeout) {
                tracing::warn!(
                    "mails were still being sent when the process ended, and may be lost"
                );
            }
        }
    }
}

impl Drop for Mailer {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Worker {
    fn start(route: Route) -> io::Result<Self> {
        let (queue, waiting) = queue::channel(QUEUE_LENGTH);
        let (alive, done) = mpsc::channel();
        let runtime = build_runtime()?;
        thread::Builder::new().name("mail".into()).spawn(move || {
            runtime.block_on(deliver(route, waiting));
            drop(alive);
        })?;
        Ok(Self { queue, done })
    }
}

fn build_runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Sends the queued mails, a few at a time, until the queue is closed and empty.
async fn deliver(route: Route, mut waiting: queue::Receiver<Mail>) {
    let permits = Arc::new(Semaphore::new(CONCURRENCY));
    while let Some(mail) = waiting.recv().await {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
        let route = route.clone();
        tokio::spawn(async move {
            match route.send(mail).await {
                Ok(answer) => tracing::debug!(?answer, "a mail was sent"),
                Err(error) => {
                    tracing::warn!(%error, causes = ?causes(&error), "a mail was not sent");
                }
            }
            drop(permit);
        });
    }
    // All permits are free again once the last mail is sent.
    drop(permits.acquire_many(u32::try_from(CONCURRENCY).unwrap_or(1)).await);
}

/// Whether mail can be sent to an address. Accounts may hold texts that are not valid addresses
/// (RFC 5321, 4.1.2).
pub(crate) fn can_reach(address: &str) -> bool {
    address.parse::<lettre::Address>().is_ok()
}

impl App {
    /// Waits for queued mail before the process ends, up to the drain timeout.
    pub(crate) fn finish_mail(&self) {
        self.mailer.finish();
    }

    /// Drops queued mail, so that the process ends at once.
    pub(crate) fn abandon_mail(&self) {
        drop(self.mailer.take_worker());
    }

    /// Queues a message to a user, in the user's language. Does nothing without a mail server or an
    /// address.
    pub(crate) fn mail_to(&self, user: &User, device: Option<&Device>, message: &Message<'_>) {
        let Some(to) = user.email.clone().filter(|_| self.mailer.is_on()) else { return };
        match messages::write(self, messages::language(self, user, device), &user.display, message)
        {
            Ok(written) => self.mailer.send(Mail { to, written }),
            Err(error) => tracing::error!(account = %user.id, %error, "a mail was not written"),
        }
    }

    /// Notifies a user of an event after its commit, if the address is verified and the event is
    /// one that is notified. The number of notices a day is limited.
    pub(crate) fn notify(
        &self,
        user: &User,
        device: Option<&Device>,
        event: Event,
        now: Timestamp,
    ) {
        if !self.mailer.is_on() || !user.email_verified || !messages::is_notified(event) {
            return;
        }
        match throttle::consume(self, vec![Limit::notice(user.id)], now) {
            Ok(_counted) => self.mail_to(user, device, &Message::Notice { event, device, at: now }),
            Err(error) => {
                let event = event.as_str();
                tracing::warn!(account = %user.id, %error, event, "a notice was not mailed");
            }
        }
    }
}

/// Sends a test mail and returns the server's answer.
///
/// # Errors
/// No mail server is configured, or it refuses the mail.
pub(crate) fn test(app: &App, address: &str) -> Result<String, MailError> {
    let written = messages::write(app, app.config.instance.language, "", &Message::Test);
    let written = written.map_err(|error: Error| MailError::System(io::Error::other(error)))?;
    app.mailer.send_now(Mail { to: address.into(), written })
}
