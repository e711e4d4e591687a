//! What a change of an account changed: which events it is, and the old and the new values of each.

use serde_json::Value;

use super::Differences;
use crate::domain::event::Event;
use crate::error::{Error, Result};
use crate::storage::Connection;
use crate::storage::users::{self, Link, PictureRef, User};
use crate::time::Timestamp;
use crate::words::Language;

/// A field as the log has it: the event that its change is, its name and its value.
type Field = (Event, &'static str, Value);

/// The fields of a user. The order of the events is that of their lines in the log.
///
/// Every column is named here, so that a new one is either told or left out on purpose: those that
/// are left out are secret, never change, or have events of their own (factors, suspensions).
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn fields(user: &User) -> [Field; 17] {
    let User {
        id: _,
        username,
        display,
        email,
        email_verified,
        password_hash: _,
        password_changed_at: _,
        is_admin,
        rank,
        bio,
        thumbnail,
        banner,
        home,
        links,
        tags,
        suspended_at: _,
        suspended_until: _,
        suspension_reason: _,
        created_at: _,
        language,
        pronoun,
        avatar,
        presence,
        presence_text,
        has_email_factor: _,
        awaits_confirmation: _,
        factor_demanded_at: _,
        passkeys: _,
        has_passkey_factor: _,
        has_totp: _,
        recovery_codes: _,
    } = user;
    [
        (Event::AccountRenamed, "username", (**username).into()),
        (Event::EmailChanged, "email", email.as_deref().into()),
        (Event::EmailChanged, "email_verified", (*email_verified).into()),
        (Event::ProfileChanged, "display", (**display).into()),
        (Event::ProfileChanged, "bio", bio.as_deref().into()),
        (Event::ProfileChanged, "thumbnail", picture(thumbnail.as_ref())),
        (Event::ProfileChanged, "banner", picture(banner.as_ref())),
        (Event::ProfileChanged, "home", home.as_deref().into()),
        (Event::ProfileChanged, "links", links.iter().map(Link::write).collect()),
        (Event::ProfileChanged, "language", language.map(Language::tag).into()),
        (Event::ProfileChanged, "pronoun", pronoun.as_deref().into()),
        (Event::ProfileChanged, "avatar", avatar.as_deref().into()),
        (Event::PresenceChanged, "presence", presence.as_deref().into()),
        (Event::PresenceChanged, "presence_text", presence_text.as_deref().into()),
        (Event::TagsChanged, "tags", tags.clone().into()),
        (Event::RankChanged, "rank", (*rank).into()),
        (Event::AdminChanged, "admin", (*is_admin).into()),
    ]
}

/// A picture: the SHA-256 of an uploaded file, or a URL elsewhere.
fn picture(picture: Option<&PictureRef>) -> Value {
    let text = picture.map(|picture| match picture {
        PictureRef::Uploaded(text) | PictureRef::Url(text) => text.as_str(),
    });
    text.into()
}

/// The events that a change of a user's fields is, each with the fields that it changed.
pub(in crate::domain) fn events(before: &User, after: &User) -> Vec<(Event, Differences)> {
    let mut events: Vec<(Event, Differences)> = Vec::new();
    for ((event, field, old), (_, _, new)) in fields(before).into_iter().zip(fields(after)) {
        let event = match event {
            Event::EmailChanged if before.email != after.email => event,
            Event::EmailChanged if after.email_verified => Event::EmailConfirmed,
            Event::EmailChanged => Event::EmailUnconfirmed,
            event => event,
        };
        let changes = match events.pop_if(|(last, _)| *last == event) {
            Some((_, changes)) => changes,
            None => Differences::none(),
        };
        events.push((event, changes.with(field, old, new)));
    }
    events.retain(|(_, changes)| !changes.is_empty());
    events
}

/// What a new account has that is not the default.
pub(in crate::domain) fn beginning(user: &User) -> Differences {
    Differences::added("email", user.email.as_deref())
        .with("display", user.username.as_str(), user.display.as_str())
        .with("admin", false, user.is_admin)
        .with("tags", Vec::<String>::new(), user.tags.clone())
}

/// What has changed in the suspension of a user since `before` was read.
pub(in crate::domain) fn suspension(
    connection: &Connection,
    before: &User,
    now: Timestamp,
) -> Result<Differences> {
    let after = users::find_by_id(connection, before.id)?.ok_or(Error::UserNotFound)?;
    // What is left of a suspension that has ended by itself is not in force.
    let active = |user: &User| user.is_suspended(now).then(|| user.clone());
    let until = |user: &User| active(user)?.suspended_until.map(Timestamp::millis);
    let reason = |user: &User| active(user)?.suspension_reason;
    Ok(Differences::none()
        .with("disabled", before.is_suspended(now), after.is_suspended(now))
        .with("until", until(before), until(&after))
        .with("reason", reason(before), reason(&after)))
}
