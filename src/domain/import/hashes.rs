//! Passwords: one that is known is checked, and weak hashes are wrapped by all hashing threads.

use super::error::ImportError;
use super::options::Check;
use super::run::{Progress, Run};
use crate::domain::password::{Hasher, ImportedHash, Match, Pbkdf2Hash, ToWrap};
use crate::error::{Error, Result};
use crate::storage::staging::StagedAccount;
use crate::storage::users::UserId;

/// Checks a password that the operator knows, which proves that hashes are understood.
///
/// # Errors
/// There is no such account, the password does not fit, or a fault.
pub(super) fn check(run: &Run<'_>, hasher: &Hasher, check: &Check) -> Result<(), ImportError> {
    let rows = &run.staged.rows;
    let mut found = rows.find_account(&check.name)?;
    if let (None, Ok(id)) = (&found, check.name.parse()) {
        found = rows.find_by_id(UserId(id))?;
    }
    let found = found.ok_or_else(|| ImportError::NoSuchAccount(check.name.clone()))?;
    let account = run.account(&found)?;
    let mut stored = account.user.password_hash;
    let weak = account.to_wrap.map(|hash| Ok(ToWrap { whose: (), hash }));
    hasher.wrap_all(weak, |(), wrapped| {
        stored = wrapped;
        Ok(())
    })?;
    match hasher.verify(&check.password, &stored)? {
        Match::Wrong => Err(ImportError::WrongPassword(check.name.clone())),
        Match::Right | Match::RightAsTyped => Ok(()),
    }
}

/// Wraps every hash of PBKDF2 into Argon2id, as many at once as there are hashing threads.
pub(super) fn wrap(
    run: &Run<'_>,
    hasher: &Hasher,
    all: u64,
    progress: &mut dyn FnMut(Progress),
) -> Result<()> {
    let mut done = 0;
    hasher.wrap_all(WeakHashes { run, last: 0 }, |account, hash| {
        run.staged.put_hash(&account, &hash)?;
        done += 1;
        progress(Progress::Wrapped { done, all });
        Ok(())
    })
}

/// The hashes that are to be wrapped, which are read as they are needed.
struct WeakHashes<'a> {
    run: &'a Run<'a>,
    last: i64,
}

impl WeakHashes<'_> {
    fn find(&mut self) -> Result<Option<ToWrap<StagedAccount>>> {
        let Some(account) = self.run.staged.rows.next_weak(self.last)? else { return Ok(None) };
        self.last = account.number;
        Ok(Some(ToWrap { hash: read(self.run, &account)?, whose: account }))
    }
}

impl Iterator for WeakHashes<'_> {
    type Item = Result<ToWrap<StagedAccount>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.find().transpose()
    }
}

fn read(run: &Run<'_>, account: &StagedAccount) -> Result<Pbkdf2Hash> {
    let row = run.staged.row_of(account)?;
    match row.text("password").map(ImportedHash::recognize) {
        Some(Ok(ImportedHash::Pbkdf2(hash))) => Ok(hash),
        _ => Err(Error::internal("wrap a hash", "it is of another form than before")),
    }
}
