//! Writes what an import brings, within one transaction.

use super::dump::Table;
use super::error::ImportError;
use super::instance;
use super::report::Counts;
use super::run::{Progress, Run};
use super::values::{Account, Loss, LossKind};
use crate::crypto::{KEY_LENGTH, seal_with};
use crate::domain::audit::account::beginning;
use crate::domain::audit::{Differences, Record, Subject};
use crate::domain::change::By;
use crate::domain::event::Event;
use crate::domain::factors::totp;
use crate::error::{Error, Result};
use crate::storage::staging::StagedAccount;
use crate::storage::totp_factors::{self, TotpFactor};
use crate::storage::users::{self, User, UserId};
use crate::storage::{Connection, imports, passkeys, pictures, relays};

/// After how many accounts progress is reported.
const STEP: u64 = 64;

/// Writes every account with what belongs to it, and returns the id of the next new one.
///
/// # Errors
/// There are users already, or a fault; then the transaction must be rolled back.
pub(super) fn store(
    run: &Run<'_>,
    connection: &Connection,
    key: &[u8; KEY_LENGTH],
    counts: &mut Counts,
    progress: &mut dyn FnMut(Progress),
) -> Result<u64, ImportError> {
    make_room(run, connection)?;
    let all = counts.read - counts.skipped;
    let (mut done, mut last) = (0, UserId(0));
    while let Some(staged) = run.staged.rows.next_account(last)? {
        last = staged.id;
        store_account(run, connection, key, &staged, counts)?;
        done += 1;
        if done % STEP == 0 || done == all {
            progress(Progress::Written { done, all });
        }
    }
    run.staged.for_each(Table::Passkeys, |passkey| match run.passkey(&passkey)? {
        Ok(read) if run.staged.rows.find_by_id(read.user_id)?.is_some() => {
            passkeys::insert(connection, &read)
        }
        _ => Ok(()),
    })?;
    imports::update_passkey_factors(connection)?;
    run.staged.for_each(Table::RelayTokens, |relay| {
        let Ok(new) = run.relay(&relay)? else { return Ok(()) };
        relays::insert(connection, &new.relay, &new.token_sha256)?;
        let changes = Differences::added("name", new.relay.name);
        record(run, connection, Event::RelayAdded, None, changes)
    })?;
    imports::update_last_id(connection, UserId(run.last_id(counts)))?;
    Ok(u64::from(imports::find_last_id(connection)?) + 1)
}

/// Removes the user whose place the import takes.
fn make_room(run: &Run<'_>, connection: &Connection) -> Result<(), ImportError> {
    if instance::refuse_users(run.config, run.options, connection)? == 0 {
        return Ok(());
    }
    let first = imports::find_only(connection)?;
    users::delete(connection, first.id)?;
    Ok(record(run, connection, Event::AccountRemoved, Some(&first), Differences::none())?)
}

fn store_account(
    run: &Run<'_>,
    connection: &Connection,
    key: &[u8; KEY_LENGTH],
    staged: &StagedAccount,
    counts: &mut Counts,
) -> Result<()> {
    let mut account = run.account(staged)?;
    if let Some(hash) = run.staged.hash_of(staged)? {
        account.user.password_hash = hash;
    } else if account.to_wrap.is_some() {
        return Err(Error::internal("import an account", "its hash was not wrapped"));
    }
    let read = read_pictures(run, &mut account);
    let vanished = u64::from(staged.pictures).saturating_sub(read.len() as u64);
    tell_vanished(run, &account.user, vanished, counts)?;
    imports::insert(connection, &account.user)?;
    for picture in read {
        pictures::put(connection, account.user.id, picture.kind, &picture.picture)?;
    }
    if let Some(secret) = &account.totp_secret {
        let user_id = account.user.id;
        let secret = seal_with(key, &totp::context(user_id), secret)?;
        let factor =
            TotpFactor { user_id, secret, last_step: 0, enabled_at: run.now, last_skew: None };
        totp_factors::insert(connection, &factor)?;
    }
    let changes = beginning(&account.user);
    record(run, connection, Event::AccountImported, Some(&account.user), changes)
}

/// A picture that was read.
struct ReadPicture {
    kind: pictures::PictureKind,
    picture: pictures::NewPicture,
}

/// Reads the pictures of an account. Those that can no longer be read are left out.
fn read_pictures(run: &Run<'_>, account: &mut Account) -> Vec<ReadPicture> {
    let mut read = Vec::new();
    for wanted in &account.pictures {
        let found =
            run.assets.as_ref().and_then(|assets| assets.read(wanted.kind, &wanted.name).ok());
        let reference = found
            .as_ref()
            .map(|picture| users::PictureRef::Uploaded(pictures::hex(&picture.sha256)));
        match wanted.kind {
            pictures::PictureKind::Thumbnail => account.user.thumbnail = reference,
            pictures::PictureKind::Banner => account.user.banner = reference,
        }
        read.extend(found.map(|picture| ReadPicture { kind: wanted.kind, picture }));
    }
    read
}

/// Tells of pictures that could be read when the rows were looked at, and no longer.
fn tell_vanished(run: &Run<'_>, user: &User, vanished: u64, counts: &mut Counts) -> Result<()> {
    for _ in 0..vanished {
        counts.pictures -= 1;
        *counts.lost.entry(LossKind::Picture).or_default() += 1;
        let loss = Loss::new(LossKind::Picture, "its file changed during the import");
        run.staged.lose(&user.id.to_string(), &user.username, &loss)?;
    }
    Ok(())
}

fn record(
    run: &Run<'_>,
    connection: &Connection,
    event: Event,
    user: Option<&User>,
    changes: Differences,
) -> Result<()> {
    let user = user.map(Subject::from);
    Record { event, user, by: By::Operator, changes }.store(connection, run.now)
}
