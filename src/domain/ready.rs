//! Whether the server can do its work: the database is the one that was opened, can be read, and
//! takes a write for which there is room.

use crate::domain::{App, Trouble, Unusable};
use crate::error::{Error, causes};
use crate::time::Timestamp;

/// Why the server is not ready. Any client may read it: it names no file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotReady {
    /// The file of the database has been moved, deleted or replaced.
    Replaced,
    /// The database fails.
    Database(Trouble),
}

impl NotReady {
    /// What fails, and what to do.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Replaced => {
                "the file of the database is gone or was replaced: stop the server, put its own \
                 back, and start it again"
            }
            Self::Database(Trouble::Other) => "the database does not answer: read the log",
            Self::Database(trouble) => trouble.advice(),
        }
    }
}

/// Tries it. Writes a row that is always the same one, so that the database does not grow.
pub(crate) fn probe(app: &App, now: Timestamp) -> Result<(), NotReady> {
    app.db.check_file().map_err(|_| NotReady::Replaced)?;
    app.db.check(now).map_err(|error| {
        tracing::debug!(error = %causes(&error), "the server is not ready");
        NotReady::Database(trouble(&error))
    })
}

fn trouble(error: &Error) -> Trouble {
    let Error::ServerNotReady { source: Some(source) } = error else { return Trouble::Other };
    // The pool and the queue of the writer wait because of others, too.
    source.downcast_ref().map_or(Trouble::Busy, |unusable: &Unusable| unusable.cause)
}
