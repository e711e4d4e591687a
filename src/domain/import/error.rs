//! Why an import ends without a change.

use std::io;
use std::path::PathBuf;

use super::dump::DumpError;
use crate::domain::{OpenError, StartError};
use crate::error::Error;
use crate::storage::{Trouble, Unusable};

/// Why an import ends without a change.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    /// The dump is refused. The message follows its name.
    #[error("{0}; nothing was changed")]
    Dump(#[from] DumpError),
    /// The folder of assets cannot be opened.
    #[error("cannot open the folder {} (--assets): {source}", path.display())]
    Assets {
        /// The folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Options name rows that the dump does not have, or one row twice.
    #[error("{0}; nothing was changed")]
    Options(String),
    /// The database has users.
    #[error(
        "the database {} has {count} users, and an import needs one without any: set \
         storage.database to a new file, or move this one away; nothing was changed",
        path.display()
    )]
    HasUsers {
        /// The database.
        path: PathBuf,
        /// How many users it has.
        count: u32,
    },
    /// The database has one user, who may be replaced.
    #[error(
        "the database {} has a user already: if it is only the one who was made to begin with, \
         --replace-first-user takes the account away and imports into its place; nothing was \
         changed",
        .0.display()
    )]
    HasFirstUser(PathBuf),
    /// The database has no key file.
    #[error(
        "there is no key file {} (secrets.key_file), but a database: put the key file of this \
         database in its place, or move the database away; nothing was changed",
        .0.display()
    )]
    KeyMissing(PathBuf),
    /// The key file is of another database.
    #[error(
        "the key file {} (secrets.key_file) is not the one of the database; nothing was changed",
        .0.display()
    )]
    KeyForeign(PathBuf),
    /// No account to be imported has this name.
    #[error("no account that would be imported is named {0:?} (--check); nothing was changed")]
    NoSuchAccount(String),
    /// The password is not the one of this account.
    #[error(
        "the password does not fit the account {0:?} (--check): if it is the right one, the hashes \
         of this dump cannot be used here; nothing was changed"
    )]
    WrongPassword(String),
    /// The disk on which the rows of the dump are kept meanwhile is full.
    #[error(
        "the disk for temporary files is full: an import needs about as much room there as the \
         dump has; set TMPDIR to a folder with more; nothing was changed"
    )]
    TemporaryFull,
    /// The instance cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A fault.
    #[error(transparent)]
    Fault(#[from] Error),
}

impl ImportError {
    /// The error, if it is of the temporary database.
    pub(super) fn of_temporary(self) -> Self {
        let Self::Fault(Error::ServerNotReady { source: Some(source) }) = &self else {
            return self;
        };
        let unusable = source.downcast_ref::<Unusable>();
        if unusable.is_some_and(|unusable| matches!(unusable.cause, Trouble::Full)) {
            return Self::TemporaryFull;
        }
        self
    }
}

impl From<OpenError> for ImportError {
    fn from(error: OpenError) -> Self {
        Self::Start(error.into())
    }
}
