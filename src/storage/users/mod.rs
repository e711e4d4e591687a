//! The table `users`.

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::Serialize;

use super::columns::Columns;
use crate::error::Result;
use crate::normalization::address::fold as fold_address;
use crate::normalization::fold;
use crate::time::Timestamp;
use crate::words::Language;
use conflict::{check_address, conflict};

mod address;
mod administrators;
mod admission;
mod conflict;
mod link;
mod password;
mod picture_ref;
mod sealed;
mod search;
mod suspension;

pub(crate) use address::{
    FOLDED_SINCE_VERSION, find_by_verified_email, list_by_email, list_shared,
};
pub(crate) use administrators::exists_other_administrator;
pub(crate) use admission::{
    count_demanded_later, for_each_without_factor, list_unconfirmed, update_awaits_no_confirmation,
    update_demanded_later, update_factor_demanded,
};
pub(crate) use link::Link;
pub(crate) use password::{NO_PASSWORD, exists_wrapped, update_password, update_password_hash};
pub(crate) use picture_ref::PictureRef;
pub(crate) use sealed::for_each_with_sealed;
pub(crate) use search::{
    Filter, Search, UserWithLogin, count, count_active, find_last_login, list, list_after,
};
pub(crate) use suspension::{
    NewSuspension, count_suspended_later, update_suspended_later, update_suspension,
};

/// The id of a user: 1 to 4294967295, never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct UserId(pub u32);

impl std::fmt::Display for UserId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ToSql for UserId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for UserId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        u32::column_result(value).map(Self)
    }
}

/// A row of the view `user_details`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are columns")]
pub struct User {
    pub id: UserId,
    pub username: String,
    pub display: String,
    pub email: Option<String>,
    pub email_verified: bool,
    pub password_hash: String,
    pub password_changed_at: Timestamp,
    pub is_admin: bool,
    pub rank: i64,
    pub bio: Option<String>,
    pub thumbnail: Option<PictureRef>,
    pub banner: Option<PictureRef>,
    pub home: Option<String>,
    pub links: Vec<Link>,
    pub tags: Vec<String>,
    pub suspended_at: Option<Timestamp>,
    pub suspended_until: Option<Timestamp>,
    pub suspension_reason: Option<String>,
    pub created_at: Timestamp,
    pub language: Option<Language>,
    pub pronoun: Option<String>,
    pub avatar: Option<String>,
    pub presence: Option<String>,
    pub presence_text: Option<String>,
    pub has_email_factor: bool,
    /// Whether the address must be confirmed before the first login.
    pub awaits_confirmation: bool,
    /// The first login without a second factor since one is demanded from this account.
    pub factor_demanded_at: Option<Timestamp>,
    /// How many passkeys there are.
    pub passkeys: u32,
    /// Whether a login by password asks for a passkey or a code.
    pub has_passkey_factor: bool,
    pub has_totp: bool,
    pub recovery_codes: u32,
}

/// A user that is to be stored.
#[derive(Clone, Debug)]
pub(crate) struct NewUser {
    pub username: String,
    pub display: String,
    pub email: Option<String>,
    pub password_hash: String,
    pub is_admin: bool,
    pub created_at: Timestamp,
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    take_user(&mut Columns::of(row))
}

/// Reads the columns of the view `user_details`.
pub(super) fn take_user(columns: &mut Columns<'_, '_>) -> rusqlite::Result<User> {
    Ok(User {
        id: columns.take()?,
        username: columns.take()?,
        display: columns.take()?,
        email: columns.take()?,
        email_verified: columns.take()?,
        password_hash: columns.take()?,
        password_changed_at: columns.take()?,
        is_admin: columns.take()?,
        rank: columns.take()?,
        bio: columns.take()?,
        thumbnail: columns.take()?,
        banner: columns.take()?,
        home: columns.take()?,
        links: columns.take_lines(Link::read)?,
        tags: columns.take_lines(str::to_owned)?,
        suspended_at: columns.take()?,
        suspended_until: columns.take()?,
        suspension_reason: columns.take()?,
        created_at: columns.take()?,
        language: columns.take()?,
        pronoun: columns.take()?,
        avatar: columns.take()?,
        presence: columns.take()?,
        presence_text: columns.take()?,
        has_email_factor: columns.take()?,
        awaits_confirmation: columns.take()?,
        factor_demanded_at: columns.take()?,
        passkeys: columns.take()?,
        has_passkey_factor: columns.take()?,
        has_totp: columns.take()?,
        recovery_codes: columns.take()?,
    })
}

pub(crate) fn find_by_id(connection: &Connection, id: UserId) -> Result<Option<User>> {
    Ok(connection
        .prepare_cached("SELECT * FROM user_details WHERE id = ?1")?
        .query_row([id], user)
        .optional()?)
}

pub(crate) fn find_by_username(connection: &Connection, username: &str) -> Result<Option<User>> {
    Ok(connection
        .prepare_cached("SELECT * FROM user_details WHERE username = ?1")?
        .query_row([username], user)
        .optional()?)
}

/// Calls `visit` with the username and the address of every user who has one.
pub(crate) fn for_each_email(
    connection: &Connection,
    mut visit: impl FnMut(&str, &str),
) -> Result<()> {
    let query = "SELECT username, email FROM users WHERE email IS NOT NULL ORDER BY id";
    let mut statement = connection.prepare(query)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let [username, email]: [String; 2] = [row.get("username")?, row.get("email")?];
        visit(&username, &email);
    }
    Ok(())
}

/// Counts all users, in a database of any schema version.
pub(crate) fn count_all(connection: &Connection) -> Result<u32> {
    Ok(connection.query_row("SELECT count(*) FROM users", [], |row| row.get(0))?)
}

/// Whether there are any users.
pub(crate) fn exists_any(connection: &Connection) -> Result<bool> {
    Ok(connection.query_row("SELECT EXISTS (SELECT 1 FROM users)", [], |row| row.get(0))?)
}

/// Stores a new user.
///
/// # Errors
/// `Error::AlreadyExists` if the username or the address is taken, or a fault.
pub(crate) fn insert(connection: &Connection, new: &NewUser) -> Result<UserId> {
    let is_taken = address::is_taken(connection, new.email.as_deref(), None)?;
    let inserted = connection
        .prepare_cached(
            "INSERT INTO users (username, display, email, password_hash, password_changed_at,
                 is_admin, created_at, display_folded, email_folded)
             VALUES (:username, :display, :email, :password_hash, :created_at,
                 :is_admin, :created_at, :display_folded, :email_folded)
             RETURNING id",
        )?
        .query_row(
            named_params! {
                ":username": new.username,
                ":display": new.display,
                ":email": new.email,
                ":password_hash": new.password_hash,
                ":is_admin": new.is_admin,
                ":created_at": new.created_at,
                ":display_folded": fold(&new.display),
                ":email_folded": new.email.as_deref().map(fold_address),
            },
            |row| row.get(0),
        );
    let id = inserted.map_err(conflict)?;
    check_address(is_taken).map(|()| id)
}

/// Stores the columns of a user that may be edited.
///
/// # Errors
/// `Error::AlreadyExists` if the username or the address is taken, or a fault.
pub(crate) fn update(connection: &Connection, user: &User) -> Result<()> {
    let is_taken = address::is_taken(connection, user.email.as_deref(), Some(user.id))?;
    let updated = connection
        .prepare_cached(
            "UPDATE users SET username = :username, display = :display, email = :email,
                 email_verified = :email_verified, is_admin = :is_admin, rank = :rank, bio = :bio,
                 thumbnail = :thumbnail, banner = :banner, home = :home, links = :links,
                 tags = :tags, language = :language, pronoun = :pronoun, avatar = :avatar,
                 presence = :presence, presence_text = :presence_text,
                 has_email_factor = :has_email_factor, display_folded = :display_folded,
                 email_folded = :email_folded, awaits_confirmation = :awaits_confirmation,
                 has_passkey_factor = :has_passkey_factor
             WHERE id = :id",
        )?
        .execute(named_params! {
            ":id": user.id,
            ":username": user.username,
            ":display": user.display,
            ":email": user.email,
            ":email_verified": user.email_verified,
            ":is_admin": user.is_admin,
            ":rank": user.rank,
            ":bio": user.bio,
            ":thumbnail": user.thumbnail,
            ":banner": user.banner,
            ":home": user.home,
            ":links": user.links.iter().map(Link::write).collect::<Vec<_>>().join("\n"),
            ":tags": user.tags.join("\n"),
            ":language": user.language,
            ":pronoun": user.pronoun,
            ":avatar": user.avatar,
            ":presence": user.presence,
            ":presence_text": user.presence_text,
            ":has_email_factor": user.has_email_factor,
            ":has_passkey_factor": user.has_passkey_factor,
            ":awaits_confirmation": user.must_confirm_address(),
            ":display_folded": fold(&user.display),
            ":email_folded": user.email.as_deref().map(fold_address),
        });
    updated.map_err(conflict)?;
    check_address(is_taken)
}

/// Deletes a user, with the rows of other tables that refer to them.
pub(crate) fn delete(connection: &Connection, id: UserId) -> Result<()> {
    connection.execute("DELETE FROM users WHERE id = ?1", [id])?;
    Ok(())
}
