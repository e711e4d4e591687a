//! What becomes of a mail, for the user who waits for it.

use std::io;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::error::{Error, Result};
use crate::storage::users::{User, UserId};

/// What the mail server has said of a mail so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The first attempt is not over.
    Trying,
    Sent,
    /// An attempt failed for a passing reason, and another one follows.
    Delayed,
    /// The mail was given up; no mail reaches its address.
    AddressRefused,
    /// The mail was given up.
    Refused,
}

/// A mail that was not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mailed {
    /// It is sent, or its first attempt takes its time.
    OnItsWay,
    /// The mail server takes no mail at the moment. The mail is sent as soon as it does.
    Delayed,
}

/// A mail that is being sent, for a request that can tell its user what the mail server says.
pub(crate) enum Sending {
    /// It was refused before it was queued.
    Refused(Error),
    Queued(watch::Receiver<Progress>),
}

impl Sending {
    /// What the first attempt to send the mail ends with.
    ///
    /// # Errors
    /// The mail was refused, which no later attempt can change.
    pub(crate) async fn first_answer(self) -> Result<Mailed> {
        let mut progress = match self {
            Self::Refused(error) => return Err(error),
            Self::Queued(progress) => progress,
        };
        match progress.wait_for(|progress| *progress != Progress::Trying).await.as_deref() {
            Ok(Progress::AddressRefused) => Err(Error::EmailUnreachable),
            Ok(Progress::Refused) => Err(Error::MailRefused),
            Ok(Progress::Delayed) => Ok(Mailed::Delayed),
            // The process ends, or the mail is of no use any more.
            Ok(Progress::Trying | Progress::Sent) | Err(_) => Ok(Mailed::OnItsWay),
        }
    }

    /// [`Sending::first_answer`] for a command, which waits as long as the attempt takes.
    ///
    /// # Errors
    /// As [`Sending::first_answer`], or a fault.
    pub(crate) fn wait_for_first_answer(self) -> Result<Mailed> {
        let runtime = build_runtime().map_err(|error| Error::internal("wait for a mail", error))?;
        runtime.block_on(self.first_answer())
    }

    /// Whether the mail is between two attempts.
    pub(crate) fn is_delayed(&self) -> bool {
        matches!(self, Self::Queued(progress) if *progress.borrow() == Progress::Delayed)
    }
}

/// A runtime for the thread that sends mail, or that waits for one.
pub(super) fn build_runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// What a user waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaited {
    Code,
    Link,
}

/// The queued mails that users wait for.
#[derive(Default)]
pub(super) struct Waits(Vec<Wait>);

struct Wait {
    user: UserId,
    what: Awaited,
    /// The address that it is mailed to, which may not be the user's any more.
    to: String,
    progress: watch::Receiver<Progress>,
}

impl Wait {
    /// Whether the mail is still in the queue, and not sent.
    fn lasts(&self) -> bool {
        matches!(*self.progress.borrow(), Progress::Trying | Progress::Delayed)
            && self.progress.has_changed().is_ok()
    }
}

impl Waits {
    /// Adds a mail, in the place of an earlier one to the same user for the same purpose.
    pub fn add(&mut self, user: UserId, what: Awaited, to: String, sending: &Sending) {
        let Sending::Queued(progress) = sending else { return };
        self.0.retain(|wait| wait.lasts() && (wait.user, wait.what) != (user, what));
        self.0.push(Wait { user, what, to, progress: progress.clone() });
    }

    /// The mail that a user waits for.
    pub fn find(&self, user: &User, what: Awaited) -> Option<Sending> {
        let is_theirs = |wait: &&Wait| {
            (wait.user, wait.what) == (user.id, what) && Some(&wait.to) == user.email.as_ref()
        };
        let wait = self.0.iter().find(is_theirs).filter(|wait| wait.lasts())?;
        Some(Sending::Queued(wait.progress.clone()))
    }
}
