//! The unit of work: one transaction, in which everything that happens to an account is said once.
//! The line in the audit log is written within it; the notice to the user is mailed after it, and
//! only where it was committed.

use std::cell::RefCell;
use std::ops::Deref;

use crate::domain::App;
use crate::domain::audit;
use crate::domain::event::Event;
use crate::domain::principal::Device;
use crate::error::{Error, Result};
use crate::storage::Connection;
use crate::storage::users::User;
use crate::time::Timestamp;

/// Who makes a change.
#[derive(Clone, Copy)]
pub(crate) enum By<'a> {
    /// The operator, from the command line.
    Operator,
    /// The user, from there.
    User(&'a Device),
}

impl<'a> By<'a> {
    pub(crate) const fn device(self) -> Option<&'a Device> {
        match self {
            Self::Operator => None,
            Self::User(device) => Some(device),
        }
    }
}

/// A transaction that changes accounts. It derefs to its connection, for storage.
pub(crate) struct Change<'a> {
    app: &'a App,
    connection: &'a Connection,
    by: By<'a>,
    now: Timestamp,
    /// What users are told of once it is committed.
    notices: RefCell<Vec<(Event, User)>>,
}

impl Change<'_> {
    /// Records that something happens to a user, who is told at the address that they have here.
    pub(crate) fn happened(&self, event: Event, user: &User) -> Result<()> {
        let entry = audit::entry(event, user, self.by.device(), self.now);
        audit::record(self.app, self.connection, &entry)?;
        self.notices.borrow_mut().push((event, user.clone()));
        Ok(())
    }
}

impl Deref for Change<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl App {
    /// Makes a change in one transaction; nothing of it stays, and nobody is told, where it fails.
    ///
    /// # Errors
    /// The database fails, or what `make` returns.
    pub(crate) fn change<T, E: From<Error>>(
        &self,
        by: By<'_>,
        now: Timestamp,
        make: impl FnOnce(&Change<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (value, notices) = self.db.write(|connection| {
            let change = Change { app: self, connection, by, now, notices: RefCell::default() };
            let value = make(&change)?;
            Ok::<_, E>((value, change.notices.into_inner()))
        })?;
        for (event, user) in notices {
            self.notify(&user, by.device(), event, now);
        }
        Ok(value)
    }
}
