//! The unit of work for changes of accounts: one transaction, within which [`Change::happened`]
//! reports each event once. The line in the audit log is part of the transaction. The notice to the
//! user is mailed after it, and only if it was committed.

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
    /// The user, from this device.
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

/// An event that its user is to be notified of.
struct Notice {
    event: Event,
    user: User,
}

/// A transaction that changes accounts. It derefs to its connection, which storage works on.
pub(crate) struct Change<'a> {
    connection: &'a Connection,
    by: By<'a>,
    now: Timestamp,
    /// The notices to send after the commit.
    notices: RefCell<Vec<Notice>>,
}

impl Change<'_> {
    /// Records an event of a user. The notice goes to the address in `user`: a caller that changes
    /// the address passes the user as they were before.
    pub(crate) fn happened(&self, event: Event, user: &User) -> Result<()> {
        let entry = audit::entry(event, user, self.by.device(), self.now);
        audit::record(self.connection, &entry)?;
        self.notices.borrow_mut().push(Notice { event, user: user.clone() });
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
        let mut notices = Vec::new();
        let value = self.db.write(|connection| {
            let change = Change { connection, by, now, notices: RefCell::default() };
            let value = make(&change)?;
            notices = change.notices.into_inner();
            Ok::<_, E>(value)
        })?;
        for Notice { event, user } in notices {
            self.notify(&user, by.device(), event, now);
        }
        Ok(value)
    }
}
