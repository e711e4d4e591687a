//! Mail: [`App::notify`] and [`App::mail_to`] write a message ([`messages`]) and put it into a
//! queue ([`queue`]), from which a thread sends it ([`smtp`]), so that no login waits for a mail
//! server.

mod address;
mod hello;
pub(crate) mod messages;
mod purpose;
mod queue;
mod sending;
mod smtp;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::config::Config;
use crate::domain::App;
use crate::domain::event::Happened;
use crate::domain::metrics::Counters;
use crate::domain::principal::Device;
use crate::domain::throttle::{self, Limit};
use crate::error::{Error, Result};
use crate::storage::Db;
use crate::storage::observations::{self, Kind};
use crate::storage::users::User;
use crate::time::Timestamp;
pub(crate) use address::can_reach;
use messages::{Message, Renamed};
pub(crate) use purpose::Purpose;
use queue::{CurrentRoute, Mail, Worker};
pub(crate) use sending::{Awaited, Mailed, Sending};
use sending::{Waits, build_runtime};
use smtp::Route;
pub use smtp::{Failure, MailError};

/// How long a process that ends waits for queued mail, at most.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Sends mail, if a mail server is configured.
pub(crate) struct Mailer {
    /// An error where a setting is wrong: then no mail is sent.
    route: Result<Option<Arc<Route>>, MailError>,
    outbox: Arc<Outbox>,
}

/// The mails that are being sent. Its thread starts with the first mail. Dropping it waits for
/// queued mail, up to the drain timeout.
struct Outbox {
    /// The mail server that is configured now, also for mails that were queued before.
    route: Arc<CurrentRoute>,
    drain_timeout: Duration,
    db: Arc<Db>,
    /// What became of the mails: an attempt that fails and is followed by another is `retried`.
    counts: Arc<Counters>,
    worker: Mutex<Option<Worker>>,
    waits: Mutex<Waits>,
}

/// Checks the settings for mail without contacting the mail server.
///
/// # Errors
/// A setting is wrong.
pub(crate) fn check(config: &Config) -> Result<(), MailError> {
    route(config).map(drop)
}

/// The mail server, if one is configured.
fn route(config: &Config) -> Result<Option<Arc<Route>>, MailError> {
    let Some(host) = &config.mail.host else { return Ok(None) };
    Route::new(config, host.as_str())
        .map(|route| Some(Arc::new(route)))
        .map_err(|error| error.at(config))
}

impl Mailer {
    /// Prepares to send mail. If a setting is wrong, none is sent, and the log says so: a command
    /// that needs no mail works nevertheless.
    pub(crate) fn new(config: &Config, db: Arc<Db>) -> Self {
        let route = route(config);
        if let Err(error) = &route {
            tracing::warn!("{error}; no mail is sent");
        }
        let outbox = Outbox {
            route: Arc::default(),
            drain_timeout: DRAIN_TIMEOUT.min(config.limits.shutdown_grace.into()),
            db,
            counts: Arc::new(Counters::new(&["sent", "retried", "given_up", "dropped"])),
            worker: Mutex::new(None),
            waits: Mutex::default(),
        };
        let mailer = Self { route, outbox: Arc::new(outbox) };
        mailer.take_over();
        mailer
    }

    /// A mailer for the mail server that is configured now, with the same queue.
    ///
    /// # Errors
    /// A setting is wrong.
    pub(crate) fn reload(&self, config: &Config) -> Result<Self, MailError> {
        Ok(Self { route: Ok(route(config)?), outbox: Arc::clone(&self.outbox) })
    }

    /// Lets the queue send by this mailer's mail server from now on.
    pub(crate) fn take_over(&self) {
        self.outbox.route.set(self.route().cloned());
    }

    /// The mail server, if one is configured and no setting is wrong.
    fn route(&self) -> Option<&Arc<Route>> {
        self.route.as_ref().ok().and_then(Option::as_ref)
    }

    /// What became of the mails of this process.
    pub(crate) fn counts(&self) -> &Counters {
        &self.outbox.counts
    }

    pub(crate) fn is_on(&self) -> bool {
        self.route().is_some()
    }

    /// The mail that a user waits for, unless it is sent or given up.
    pub(crate) fn under_way(&self, user: &User, what: Awaited) -> Option<Sending> {
        self.outbox.waits().find(user, what)
    }

    /// The mail that a user waits for, if it is between two attempts.
    pub(crate) fn delayed(&self, user: &User, what: Awaited) -> Option<Sending> {
        self.under_way(user, what).filter(Sending::is_delayed)
    }

    /// Queues a mail, and remembers it for its user. If the queue is full, the mail is dropped and
    /// the log says so.
    fn send(&self, mail: Mail) -> Sending {
        let awaited = mail.purpose.awaited().map(|(user, what)| (user, what, mail.to.clone()));
        let sending = self.queue(mail);
        if let Some((user, what, to)) = awaited {
            self.outbox.waits().add(user, what, to, &sending);
        }
        sending
    }

    fn queue(&self, mail: Mail) -> Sending {
        if !self.is_on() {
            return Sending::Refused(Error::ServiceDisabled);
        }
        let Outbox { route, db, counts, worker, .. } = &*self.outbox;
        let mut worker = worker.lock().unwrap_or_else(PoisonError::into_inner);
        let worker = match &mut *worker {
            Some(worker) => worker,
            none => match Worker::start(Arc::clone(route), Arc::clone(db), Arc::clone(counts)) {
                Ok(started) => none.insert(started),
                Err(error) => {
                    tracing::error!(%error, "no mail can be sent");
                    return Sending::Refused(Error::MailRefused);
                }
            },
        };
        worker.queue(mail).unwrap_or_else(|| {
            counts.add("dropped");
            tracing::error!("the mail queue is full: a mail was dropped");
            Sending::Refused(Error::MailRefused)
        })
    }
}

impl Outbox {
    fn waits(&self) -> MutexGuard<'_, Waits> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_worker(&self) -> Option<Worker> {
        self.worker.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Closes the queue and waits until it is empty, up to the drain timeout.
    fn finish(&self) {
        let left = self.take_worker().map_or(0, |worker| worker.finish(self.drain_timeout));
        if left > 0 {
            let text = "mails were still being sent when the process ended, and may be lost";
            tracing::warn!(mails = left, "{text}");
            let put = |connection: &_| {
                observations::put(connection, Kind::MailGivenUp, text, Timestamp::now())
            };
            if let Err(error) = self.db.write(put) {
                tracing::error!(%error, "that mails may be lost is not stored for nox doctor");
            }
        }
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.finish();
    }
}

impl App {
    /// Waits for queued mail before the process ends, up to the drain timeout.
    pub(crate) fn finish_mail(&self) {
        self.mailer.outbox.finish();
    }

    /// Drops queued mail, so that the process ends at once.
    pub(crate) fn abandon_mail(&self) {
        drop(self.mailer.outbox.take_worker());
    }

    /// Queues a message to a user, in the user's language.
    pub(crate) fn mail_to(
        &self,
        user: &User,
        device: Option<&Device>,
        message: &Message<'_>,
        purpose: Purpose,
    ) -> Sending {
        let Some(to) = user.email.clone() else { return Sending::Refused(Error::EmailMissing) };
        let name = messages::greeting(user);
        match messages::write(&self.config, messages::language(self, user, device), name, message) {
            Ok(written) => self.mailer.send(Mail { to, written, purpose }),
            Err(error) => {
                tracing::error!(account = %user.id, %error, "a mail was not written");
                Sending::Refused(error)
            }
        }
    }

    /// Queues a message to an address that no account has yet, in the language of the instance.
    pub(crate) fn mail_to_address(
        &self,
        to: String,
        message: &Message<'_>,
        purpose: Purpose,
    ) -> Sending {
        match messages::write(&self.config, self.config.instance.language, None, message) {
            Ok(written) => self.mailer.send(Mail { to, written, purpose }),
            Err(error) => {
                tracing::error!(%error, "a mail was not written");
                Sending::Refused(error)
            }
        }
    }

    /// Notifies a user of an event after its commit, if the address is verified and the event is
    /// one that is notified. The number of notices a day is limited.
    pub(in crate::domain) fn notify(
        &self,
        happened: &Happened,
        device: Option<&Device>,
        now: Timestamp,
    ) {
        let Happened { event, user, new_username } = happened;
        let Some(notice) = messages::notice(*event, device.is_none()) else { return };
        if !self.mailer.is_on() || !user.email_verified {
            return;
        }
        match throttle::consume(self, vec![Limit::notice(user.id)], now) {
            Ok(_counted) => {
                let renamed =
                    new_username.as_deref().map(|to| Renamed { from: &user.username, to });
                let notice = Message::Notice { notice, device, at: now, renamed };
                // The response does not wait for the notice: the user sees the change itself.
                drop(self.mail_to(user, device, &notice, Purpose::Notice));
            }
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
pub(crate) fn test(config: &Config, address: &str, now: Timestamp) -> Result<String, MailError> {
    let written = messages::write(config, config.instance.language, None, &Message::Test);
    let written = written.map_err(|error: Error| MailError::System(io::Error::other(error)))?;
    let route = route(config)?.ok_or(MailError::Off)?;
    build_runtime()?.block_on(route.send(address, &written, now))
}
