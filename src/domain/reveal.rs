//! How a secret is shown to an operator before it is stored.

use crate::error::Error;

/// Shows the operator something that is shown only once, such as a generated password or the token
/// of a relay.
///
/// A function that takes a `Reveal` calls it last in its transaction, with what it is about to
/// commit. Where the reveal fails, for example because stdout is closed, the transaction is rolled
/// back and the error is returned: a secret that was not shown is never in force. The database's
/// write lock is held meanwhile, so a reveal writes its text and does not wait for an answer.
pub(crate) trait Reveal<T: ?Sized, E: From<Error>>: FnOnce(&T) -> Result<(), E> {}

impl<T: ?Sized, E: From<Error>, F: FnOnce(&T) -> Result<(), E>> Reveal<T, E> for F {}
