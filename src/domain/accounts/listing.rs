//! The list of accounts, as operators filter it.

use serde::Serialize;

use crate::domain::App;
use crate::domain::accounts::profile::{Profile, profile};
use crate::domain::parts::{PART, in_parts};
use crate::error::{Error, Result};
use crate::storage::users::{self, Filter, Search, UserWithLogin};
use crate::time::{Span, Timestamp};

/// Which accounts are listed; each condition that is set must hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listing<'text> {
    /// The username, the display name or the address contains this.
    pub text: &'text str,
    /// Only administrators.
    pub admin: bool,
    /// Only suspended accounts.
    pub disabled: bool,
    /// Only accounts without a second factor.
    pub without_2fa: bool,
    /// Only accounts that were not used for so long, or never.
    pub idle: Option<Span>,
}

/// An account of the list.
#[derive(Serialize)]
pub(crate) struct Listed {
    #[serde(flatten)]
    pub profile: Profile,
    /// When the user logged in for the last time.
    pub last_login: Option<Timestamp>,
}

/// Shows accounts, ordered by id, as they are read.
///
/// # Errors
/// A fault, or what `show` returns.
pub(crate) fn list_all<E: From<Error>>(
    app: &App,
    listing: Listing<'_>,
    now: Timestamp,
    mut show: impl FnMut(Listed) -> Result<(), E>,
) -> Result<(), E> {
    let filter = Filter {
        search: Search { text: listing.text, by_email: true },
        is_admin: listing.admin,
        suspended_at: listing.disabled.then_some(now),
        without_factor: listing.without_2fa,
        idle_since: listing.idle.map(|idle| now.before(idle.into())),
    };
    in_parts(
        |after| app.db.read(|connection| users::list_after(connection, &filter, after, PART)),
        |found: &UserWithLogin| found.user.id,
        |UserWithLogin { user, last_login_at: last_login }| {
            show(Listed { profile: profile(app, &user, now), last_login })
        },
    )
}
