//! The unit of work for changes of accounts: one transaction, within which [`Change::happened`]
//! reports each event once. The line in the audit log is part of the transaction. The notice to the
//! user is mailed after it, and only if it was committed.

use std::cell::RefCell;
use std::ops::Deref;

use crate::domain::App;
use crate::domain::audit::{Differences, Record, account};
use crate::domain::event::{Event, Happened};
pub(crate) use crate::domain::principal::By;
use crate::error::{Error, Result};
use crate::storage::users::User;
use crate::storage::{Connection, audit};
use crate::time::Timestamp;

/// A transaction that changes accounts. It derefs to its connection, which storage works on.
pub(crate) struct Change<'a> {
    connection: &'a Connection,
    by: By<'a>,
    now: Timestamp,
    /// What happened to users, for the notices that are sent after the commit.
    happened: RefCell<Vec<Happened>>,
}

impl Change<'_> {
    /// Records an event of a user. The notice goes to the address in `user`: a caller that changes
    /// the address passes the user as they were before.
    pub(crate) fn happened(&self, event: Event, user: &User) -> Result<()> {
        self.happened_with(event, user, Differences::none())
    }

    /// [`Change::happened`] for an event that changed values which are no secrets.
    pub(in crate::domain) fn happened_with(
        &self,
        event: Event,
        user: &User,
        changes: Differences,
    ) -> Result<()> {
        self.record(event, Some(user), changes)?;
        self.notify_of(event, user, None);
        Ok(())
    }

    /// [`Change::happened`] for the end of an account of which nothing is kept: the log has one
    /// line, which does not tell whose account it was.
    pub(in crate::domain) fn happened_and_forgotten(
        &self,
        event: Event,
        user: &User,
    ) -> Result<()> {
        audit::delete_all_of(self.connection, user.id)?;
        let by = match self.by {
            By::User(_) => By::FormerUser,
            by => by,
        };
        Record { event, user: None, by, changes: Differences::none() }
            .store(self.connection, self.now)?;
        self.notify_of(event, user, None);
        Ok(())
    }

    /// Records every event that a change of a user's fields is, with the old and the new values.
    /// Notices go to the address that the user had before.
    pub(in crate::domain) fn edited(&self, before: &User, after: &User) -> Result<()> {
        for (event, changes) in account::events(before, after) {
            self.record(event, Some(before), changes)?;
            let is_renamed = event == Event::AccountRenamed;
            self.notify_of(event, before, is_renamed.then(|| after.username.clone()));
        }
        Ok(())
    }

    fn notify_of(&self, event: Event, user: &User, new_username: Option<String>) {
        let happened = Happened { event, user: user.clone(), new_username };
        self.happened.borrow_mut().push(happened);
    }

    /// Records an event of the instance, of which no user is notified.
    pub(in crate::domain) fn happened_here(
        &self,
        event: Event,
        changes: Differences,
    ) -> Result<()> {
        self.record(event, None, changes)
    }

    fn record(&self, event: Event, user: Option<&User>, changes: Differences) -> Result<()> {
        Record { event, user: user.map(Into::into), by: self.by, changes }
            .store(self.connection, self.now)
    }
}

impl Deref for Change<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl App {
    /// Makes a change in one transaction. If it fails, it is rolled back and no notice is sent.
    ///
    /// # Errors
    /// A fault, or an error of `make`.
    pub(crate) fn change<T, E: From<Error>>(
        &self,
        by: By<'_>,
        now: Timestamp,
        make: impl FnOnce(&Change<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut happened = Vec::new();
        let value = self.db.write(|connection| {
            let change = Change { connection, by, now, happened: RefCell::default() };
            let value = make(&change)?;
            happened = change.happened.into_inner();
            Ok::<_, E>(value)
        })?;
        for happened in happened {
            self.notify(&happened, by.device(), now);
        }
        Ok(value)
    }
}
