//! A row of the old table of users, and the account that it becomes.

use super::account::Account;
use super::ban::ban;
use super::columns::{flag, moment};
use super::context::Context;
use super::display::display;
use super::email::{Verified, address};
use super::gathered::Gathered;
use super::links::links;
use super::password::password;
use super::pictures::pictures;
use super::profile::texts;
use super::rank::rank;
use super::refusal::{Reason, Refusal, Refusals};
use super::tags::tags;
use super::totp;
use super::username::{id, username};
use crate::domain::accounts::UserId;
use crate::domain::accounts::fields::Username;
use crate::domain::import::dump::Row;
use crate::storage::users::{NO_PASSWORD, User};

/// The account that a row becomes, with the username of `--rename` if there is one.
///
/// # Errors
/// Everything for which the row is refused.
pub(in crate::domain::import) fn account(
    context: &Context<'_>,
    row: &Row,
    new_name: Option<&Username>,
) -> Result<Account, Refusals> {
    let mut gathered = Gathered::default();
    let account = read(&mut gathered, context, row, new_name);
    if gathered.refusals.is_empty() {
        return Ok(Account { losses: gathered.losses, ..account });
    }
    let [id, username] = ["id", "username"].map(|column| row.text(column).unwrap_or_default());
    let refusal = |reason| Refusal::new(id, username, reason);
    Err(gathered.refusals.into_iter().map(refusal).collect())
}

fn read(
    gathered: &mut Gathered,
    context: &Context<'_>,
    row: &Row,
    new_name: Option<&Username>,
) -> Account {
    let text = |column| row.text(column).unwrap_or_default();
    let id = id(text("id")).unwrap_or_else(|reason| {
        gathered.refusals.push(reason);
        UserId(0)
    });
    let mut account = blank(context, id);
    account.user.username = username(gathered, text("username"), new_name);
    account.user.created_at = moment(text("created_at")).unwrap_or_else(|| {
        gathered.refusals.push(Reason::CreatedAt);
        context.now
    });
    read_login(gathered, context, row, &mut account);
    read_standing(gathered, context, row, &mut account.user);
    read_profile(gathered, context, row, &mut account);
    account
}

/// An account of which nothing is read yet.
fn blank(context: &Context<'_>, id: UserId) -> Account {
    let user = User {
        id,
        username: String::new(),
        display: String::new(),
        email: None,
        email_verified: false,
        password_hash: NO_PASSWORD.into(),
        password_changed_at: context.now,
        is_admin: false,
        rank: 0,
        bio: None,
        thumbnail: None,
        banner: None,
        home: None,
        links: Vec::new(),
        tags: Vec::new(),
        suspended_at: None,
        suspended_until: None,
        suspension_reason: None,
        created_at: context.now,
        language: None,
        pronoun: None,
        avatar: None,
        presence: None,
        presence_text: None,
        has_email_factor: false,
        awaits_confirmation: false,
        factor_demanded_at: None,
        passkeys: 0,
        has_passkey_factor: false,
        has_totp: false,
        recovery_codes: 0,
    };
    Account {
        user,
        to_wrap: None,
        hash_form: String::new(),
        totp_secret: None,
        pictures: Vec::new(),
        lacks_mail: false,
        losses: Vec::new(),
    }
}

/// The password and the second factors.
fn read_login(gathered: &mut Gathered, context: &Context<'_>, row: &Row, account: &mut Account) {
    let password = password(gathered, context, row.text("password"));
    account.to_wrap = password.to_wrap;
    account.hash_form = password.form;
    account.totp_secret = gathered.take(totp::secret(row));
    let verified = Verified {
        is_verified: gathered.take(flag(row, "email_verified")),
        has_totp: account.totp_secret.is_some(),
    };
    let address = address(gathered, context.config, row.text("email"), verified);
    account.lacks_mail = address.lacks_mail;
    let user = &mut account.user;
    user.password_hash = password.hash;
    user.has_totp = verified.has_totp;
    user.email = address.email;
    user.email_verified = address.is_verified;
    user.has_email_factor = address.is_factor;
}

/// What the operator has decided about the account.
fn read_standing(gathered: &mut Gathered, context: &Context<'_>, row: &Row, user: &mut User) {
    let tags = tags(gathered, row);
    user.is_admin = tags.is_admin;
    user.tags = tags.kept;
    user.rank = rank(gathered, row.text("rank"));
    if let Some(ban) = ban(gathered, context, row.text("blacklisted")) {
        user.suspended_at = Some(ban.at);
        user.suspended_until = ban.until;
        user.suspension_reason = ban.reason;
    }
}

fn read_profile(gathered: &mut Gathered, context: &Context<'_>, row: &Row, account: &mut Account) {
    let user = &mut account.user;
    user.display = display(gathered, row.text("display"), &user.username);
    let pictures = pictures(gathered, context, row);
    account.pictures = pictures.files;
    user.thumbnail = pictures.thumbnail;
    user.banner = pictures.banner;
    user.links = links(gathered, row);
    let texts = texts(gathered, row);
    user.bio = texts.bio;
    user.pronoun = texts.pronoun;
    user.home = texts.home;
    user.avatar = texts.avatar;
    user.presence = texts.presence;
    user.presence_text = texts.presence_text;
}

#[cfg(test)]
mod tests;
