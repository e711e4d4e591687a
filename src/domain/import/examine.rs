//! Looks at every row: what becomes of it, what it loses, and why it is refused.

use super::dump::Table;
use super::error::ImportError;
use super::options::Choices;
use super::report::Counts;
use super::run::{Progress, Run};
use super::staged::Numbered;
use super::values::{self, Account, Loss, LossKind, Reason, Refusal, Sharer, printable};
use crate::error::Result;
use crate::normalization::address::fold;
use crate::storage::staging::{StagedAccount, Unique};
use crate::storage::users::UserId;

/// After how many rows progress is reported.
const STEP: u64 = 256;

/// Looks at every row.
///
/// # Errors
/// A choice of the operator is of no row, or a fault.
pub(super) fn examine(
    run: &Run<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Counts, ImportError> {
    let mut examined = Examined { run, counts: Counts::default() };
    run.staged.for_each(Table::Passkeys, |passkey| examined.passkey(&passkey))?;
    let choices = Choices::of(run.options);
    run.staged.for_each(Table::Users, |numbered| {
        examined.user(&choices, &numbered)?;
        if examined.counts.read.is_multiple_of(STEP) {
            progress(Progress::Looked(examined.counts.read));
        }
        Ok(())
    })?;
    choices.finish()?;
    examined.compare()?;
    run.staged.for_each(Table::Passkeys, |passkey| examined.lost_passkey(&passkey))?;
    run.staged.for_each(Table::RelayTokens, |relay| examined.relay(&relay))?;
    Ok(examined.counts)
}

/// The rows that were looked at.
struct Examined<'a> {
    run: &'a Run<'a>,
    counts: Counts,
}

impl Examined<'_> {
    /// Counts a passkey with its user, whose row comes later.
    fn passkey(&self, passkey: &Numbered) -> Result<()> {
        let is_usable = self.run.passkey(passkey)?.is_ok();
        match passkey.row.text("user_id").map(str::parse) {
            Some(Ok(id)) => self.run.staged.rows.add_passkey(UserId(id), is_usable),
            _ => Ok(()),
        }
    }

    fn user(&mut self, choices: &Choices<'_>, numbered: &Numbered) -> Result<()> {
        let Numbered { number, row } = numbered;
        let [id, old] = ["id", "username"].map(|column| row.text(column).unwrap_or_default());
        self.counts.read += 1;
        self.counts.highest = self.counts.highest.max(id.parse().unwrap_or(0));
        let choice = choices.find(id, old);
        if choice.is_some_and(|choice| choice.new.is_none()) {
            self.counts.skipped += 1;
            return Ok(());
        }
        let new = choice.and_then(|choice| choice.new.as_ref());
        let mut account = match values::account(&self.run.context(), row, new) {
            Ok(account) => account,
            Err(refusals) => return self.refuse(&refusals),
        };
        if let Some(reason) = self.factors(&mut account)? {
            return self.refuse(&[Refusal::new(id, old, reason)]);
        }
        let address = account.user.email.as_deref().map(fold);
        self.run.staged.rows.add_account(&StagedAccount {
            number: *number,
            id: account.user.id,
            username: account.user.username.clone(),
            old: old.into(),
            address: address.map(|address| self.run.staged.keyed_hash(address.as_bytes())),
            is_verified: account.user.email_verified,
            is_weak: account.to_wrap.is_some(),
            hash: None,
            is_shared: false,
            pictures: u32::try_from(account.pictures.len()).unwrap_or(u32::MAX),
        })?;
        self.count(&account);
        let (id, username) = (account.user.id.to_string(), &account.user.username);
        account.losses.iter().try_for_each(|loss| self.lose(&id, username, loss))
    }

    /// What becomes of second factors that are not in the row alone: an account that had one is
    /// not imported without one, unless the operator says so.
    fn factors(&self, account: &mut Account) -> Result<Option<Reason>> {
        let passkeys = self.run.staged.rows.count_passkeys(account.user.id)?;
        let has_other = account.totp_secret.is_some() || account.user.has_email_factor;
        let loss = match () {
            () if account.lacks_mail && passkeys.usable > 0 => LossKind::MailFactor,
            () if account.lacks_mail && self.run.options.without_mail_factor => {
                LossKind::OnlyFactor
            }
            () if account.lacks_mail => return Ok(Some(Reason::OnlyMail)),
            () if passkeys.all > 0 && passkeys.usable == 0 && !has_other => {
                return Ok(Some(Reason::OnlyPasskeys));
            }
            () => return Ok(None),
        };
        account.losses.push(Loss::new(loss, ""));
        Ok(None)
    }

    fn count(&mut self, account: &Account) {
        let counts = &mut self.counts;
        *counts.hashes.entry(account.hash_form.clone()).or_default() += 1;
        counts.weak += u64::from(account.to_wrap.is_some());
        counts.apps += u64::from(account.totp_secret.is_some());
        counts.mail_factors += u64::from(account.user.has_email_factor);
        counts.pictures += account.pictures.len() as u64;
        counts.suspended += u64::from(account.user.suspended_at.is_some());
        if account.user.is_admin {
            counts.administrators.add(&account.user.username);
        }
    }

    /// Compares the accounts with each other: ids, usernames and addresses.
    fn compare(&mut self) -> Result<()> {
        let mut last = 0;
        while let Some(account) = self.run.staged.rows.next_account_by_row(last)? {
            last = account.number;
            if let Some(reason) = self.conflict(&account)? {
                let id = account.id.to_string();
                self.refuse(&[Refusal::new(&id, &account.old, reason)])?;
            }
        }
        Ok(())
    }

    fn conflict(&mut self, account: &StagedAccount) -> Result<Option<Reason>> {
        let rows = &self.run.staged.rows;
        if rows.find_keeper(Unique::Id, account)?.number != account.number {
            return Ok(Some(Reason::Malformed { column: "id" }));
        }
        let keeper = rows.find_keeper(Unique::Username, account)?;
        if keeper.number != account.number {
            return Ok(Some(Reason::TakenUsername { by: keeper.id.to_string() }));
        }
        let Some(address) = &account.address else { return Ok(None) };
        let sharers: Vec<_> = rows
            .list_sharers(address)?
            .into_iter()
            .map(|sharer| Sharer { id: sharer.id, is_verified: sharer.is_verified })
            .collect();
        match values::keeper(&sharers) {
            Err([first, _]) if account.is_verified && account.id != first => {
                return Ok(Some(Reason::SharedAddress { with: first.to_string() }));
            }
            Err([first, _]) if account.id == first => (),
            Ok(Some(keeper)) if account.id == keeper => (),
            _ => {
                rows.update_shared(account.number)?;
                let loss = Loss::new(LossKind::SharedAddress, "");
                self.lose(&account.id.to_string(), &account.username, &loss)?;
            }
        }
        Ok(None)
    }

    /// Tells of a passkey that is left out although its user comes along.
    fn lost_passkey(&mut self, passkey: &Numbered) -> Result<()> {
        let Some(Ok(id)) = passkey.row.text("user_id").map(str::parse) else { return Ok(()) };
        let Some(account) = self.run.staged.rows.find_by_id(UserId(id))? else { return Ok(()) };
        match self.run.passkey(passkey)? {
            Ok(_) => {
                self.counts.passkeys += 1;
                Ok(())
            }
            Err(loss) => self.lose(&account.id.to_string(), &account.username, &loss),
        }
    }

    fn relay(&mut self, relay: &Numbered) -> Result<()> {
        match self.run.relay(relay)? {
            Ok(_) => {
                self.counts.relays += 1;
                Ok(())
            }
            Err(loss) => {
                let id = printable(relay.row.text("relay_id").unwrap_or_default());
                self.lose(&id, "", &loss)
            }
        }
    }

    fn lose(&mut self, id: &str, username: &str, loss: &Loss) -> Result<()> {
        *self.counts.lost.entry(loss.kind).or_default() += 1;
        self.run.staged.lose(id, username, loss)
    }

    /// Refuses one row, for one reason or several.
    fn refuse(&mut self, refusals: &[Refusal]) -> Result<()> {
        self.counts.refused += 1;
        refusals.iter().try_for_each(|refusal| self.run.staged.refuse(refusal))
    }
}
