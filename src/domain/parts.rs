//! Long lists, read in parts: neither memory nor the time for which a snapshot of the database is
//! held grows with the list. A program that reads the output slowly delays no other process.

use crate::error::{Error, Result};

/// How many rows a part has at most.
pub(crate) const PART: u32 = 1000;

/// Shows all items of a list. `read` returns up to [`PART`] items that follow the one with the
/// given key, and `key` the key of an item.
///
/// # Errors
/// What `read` or `show` returns.
pub(crate) fn in_parts<T, K, E: From<Error>>(
    mut read: impl FnMut(Option<K>) -> Result<Vec<T>>,
    key: impl Fn(&T) -> K,
    mut show: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = None;
    loop {
        let part = read(after)?;
        let is_last = part.len() < PART as usize;
        after = part.last().map(&key);
        part.into_iter().try_for_each(&mut show)?;
        if is_last {
            return Ok(());
        }
    }
}
