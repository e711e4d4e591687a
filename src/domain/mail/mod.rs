//! Mail: a queue of its own, so that no login waits for a mail server.

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

/// Mails that may wait; more are dropped.
const QUEUE: usize = 256;
/// Mails under way at once.
const AT_ONCE: usize = 4;
/// How long the end of a process waits for those that are left, at most.
const FAREWELL: Duration = Duration::from_secs(5);

/// A mail on its way.
struct Mail {
    to: String,
    written: Written,
}

/// Sends mail, where there is a server for it. Its thread starts with the first mail; dropping it
/// waits a little for what is left.
pub(crate) struct Mailer {
    route: Option<Route>,
    farewell: Duration,
    worker: Mutex<Option<Worker>>,
}

struct Worker {
    queue: queue::Sender<Mail>,
    /// Ends when everything is sent.
    done: mpsc::Receiver<()>,
}

/// Checks the settings for mail, as far as that goes without the mail server.
///
/// # Errors
/// They are wrong.
pub(crate) fn check(config: &Config) -> Result<(), MailError> {
    Mailer::new(config).map(drop)
}

impl Mailer {
    pub(crate) fn new(config: &Config) -> Result<Self, MailError> {
        let server = config.mail.host.as_deref();
        let route =
            server.map(|server| Route::new(&config.mail, server, &config.host())).transpose()?;
        let farewell = FAREWELL.min(config.limits.shutdown_grace.into());
        Ok(Self { route, farewell, worker: Mutex::new(None) })
    }

    pub(crate) const fn is_on(&self) -> bool {
        self.route.is_some()
    }

    /// Queues a mail; where the queue is full, it is dropped, and the log says so.
    fn send(&self, mail: Mail) {
        let Some(route) = &self.route else { return };
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

    /// Sends a mail and returns what the server said.
    fn send_now(&self, mail: Mail) -> Result<String, MailError> {
        let route = self.route.as_ref().ok_or(MailError::Off)?;
        runtime()?.block_on(route.send(mail))
    }

    fn take_worker(&self) -> Option<Worker> {
        self.worker.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Takes no more, and waits a little for what is left.
    fn finish(&self) {
        if let Some(Worker { queue, done }) = self.take_worker() {
            drop(queue);
            if done.recv_timeout(self.farewell) == Err(mpsc::RecvTimeoutError::Timeout) {
                tracing::warn!(
                    "mails were still on their way when the process ended, and may be lost"
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
        let (queue, waiting) = queue::channel(QUEUE);
        let (alive, done) = mpsc::channel();
        let runtime = runtime()?;
        thread::Builder::new().name("mail".into()).spawn(move || {
            runtime.block_on(deliver(route, waiting));
            drop(alive);
        })?;
        Ok(Self { queue, done })
    }
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Sends what comes, a few at a time, until nothing can come any more.
async fn deliver(route: Route, mut waiting: queue::Receiver<Mail>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    while let Some(mail) = waiting.recv().await {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let route = route.clone();
        tokio::spawn(async move {
            match route.send(mail).await {
                Ok(answer) => tracing::debug!(?answer, "a mail was sent"),
                Err(error) => {
                    tracing::warn!(%error, causes = ?causes(&error), "a mail was not sent");
                }
            }
            drop(place);
        });
    }
    // Every place is free once the last one is sent.
    drop(places.acquire_many(u32::try_from(AT_ONCE).unwrap_or(1)).await);
}

/// Whether mail can be sent to an address at all: not everything that looks like one can be an
/// address (RFC 5321, 4.1.2).
pub(crate) fn can_reach(address: &str) -> bool {
    address.parse::<lettre::Address>().is_ok()
}

impl App {
    /// Waits a little for mails that are on their way, before the process ends.
    pub(crate) fn finish_mail(&self) {
        self.mailer.finish();
    }

    /// Waits for none of them.
    pub(crate) fn abandon_mail(&self) {
        drop(self.mailer.take_worker());
    }

    /// Mails something to a user, in the user's language, where there is a mail server and an
    /// address.
    pub(crate) fn mail_to(&self, user: &User, device: Option<&Device>, letter: &Message<'_>) {
        let Some(to) = user.email.clone().filter(|_| self.mailer.is_on()) else { return };
        match messages::write(self, messages::language(self, user, device), &user.display, letter) {
            Ok(written) => self.mailer.send(Mail { to, written }),
            Err(error) => tracing::error!(account = %user.id, %error, "a mail was not written"),
        }
    }

    /// Tells a user with a verified address what has happened to the account, after it has; at most
    /// so many times a day.
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
            Ok(_counted) => self.mail_to(user, device, &Message::Notice(event, device, now)),
            Err(error) => {
                tracing::warn!(account = %user.id, %error, event = event.as_str(), "a notice was not mailed");
            }
        }
    }
}

/// Sends a mail that says that mail works, and returns what the server answered.
///
/// # Errors
/// There is no mail server, or it does not take the mail.
pub(crate) fn test(app: &App, address: &str) -> Result<String, MailError> {
    let written = messages::write(app, app.config.instance.language, "", &Message::Test);
    let written = written.map_err(|error: Error| MailError::System(io::Error::other(error)))?;
    app.mailer.send_now(Mail { to: address.into(), written })
}
