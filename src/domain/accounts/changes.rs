//! Changes to an account's fields: the one set that both its user ([`super::edit`]) and the
//! operator ([`super::operator`]) apply.

use crate::domain::App;
use crate::domain::accounts::fields::{
    Avatar, BannerUrl, Bio, Clearable, Display, Email, Home, PresenceText, Pronoun, Status,
    ThumbnailUrl, Username,
};
use crate::domain::accounts::links::NewLink;
use crate::domain::accounts::profile::is_picture_url;
use crate::domain::accounts::tags::{GivenTag, OwnTag};
use crate::domain::change::Change;
use crate::domain::factors;
use crate::error::Result;
use crate::normalization::address;
use crate::storage::pictures::{self, PictureKind};
use crate::storage::users::{self, PictureRef, User};
use crate::storage::{email_confirmations, password_links, sent_codes};
use crate::words::Language;

/// The new values of an account's fields; `None` leaves a field as it is.
#[derive(Clone, Default)]
pub(crate) struct Changes {
    pub username: Option<Username>,
    pub display: Option<Display>,
    /// The new email address, which counts as unverified.
    pub email: Option<Clearable<Email>>,
    pub email_verified: Option<bool>,
    pub bio: Option<Clearable<Bio>>,
    pub thumbnail: Option<Clearable<ThumbnailUrl>>,
    pub banner: Option<Clearable<BannerUrl>>,
    pub links: Option<Vec<NewLink>>,
    pub home: Option<Clearable<Home>>,
    pub pronoun: Option<Clearable<Pronoun>>,
    pub avatar: Option<Clearable<Avatar>>,
    pub presence: Option<Clearable<Status>>,
    pub presence_text: Option<Clearable<PresenceText>>,
    pub is_admin: Option<bool>,
    pub rank: Option<i64>,
    /// New values of the tags that users give themselves; all other tags stay.
    pub own_tags: Option<Vec<OwnTag>>,
    /// New values of all stored tags.
    pub given_tags: Option<Vec<GivenTag>>,
    /// The language of mails and pages for this user.
    pub language: Option<Language>,
}

impl Changes {
    /// Checks that mail can be sent to a new address. One that is stored already stays, so that a
    /// client can send the whole user back.
    ///
    /// # Errors
    /// [`Error::InvalidAccountField`].
    pub(crate) fn check_address(&self, user: &User) -> Result<()> {
        match &self.email {
            Some(Clearable::Holds(email)) if !is_email_of(user, Some(email.as_str())) => {
                email.check_reachable()
            }
            _ => Ok(()),
        }
    }

    /// The user as the changes will leave them; `user` itself stays as it is.
    pub(crate) fn preview(&self, app: &App, user: &User) -> User {
        let mut after = user.clone();
        self.clone().apply(app, &mut after);
        after
    }

    pub(crate) fn apply(self, app: &App, user: &mut User) {
        // Clients send the user object back as they got it. Its picture's URL leads to us and
        // would redirect to itself, so it leaves the picture as it is.
        let before = user.clone();
        let is_other = |url: &Option<String>, kind| {
            url.as_ref().is_none_or(|url| !is_picture_url(app, &before, kind, url))
        };
        set(&mut user.username, self.username.map(Username::into_text));
        set(&mut user.display, self.display.map(Display::into_text));
        let email = self.email.map(|email| email.into_text(Email::into_text));
        if let Some(email) = email.filter(|email| !is_email_of(user, email.as_deref())) {
            user.email_verified = false;
            user.email = email;
        }
        set(&mut user.email_verified, self.email_verified);
        user.email_verified &= user.email.is_some();
        // The factor was enabled for one address; it must not move to another one.
        user.has_email_factor &= user.email_verified && user.email == before.email;
        set(&mut user.bio, self.bio.map(|bio| bio.into_text(Bio::into_text)));
        let thumbnail = self.thumbnail.map(|url| url.into_text(ThumbnailUrl::into_text));
        let thumbnail = thumbnail.filter(|url| is_other(url, PictureKind::Thumbnail));
        set(&mut user.thumbnail, thumbnail.map(|url| url.map(PictureRef::Url)));
        let banner = self.banner.map(|url| url.into_text(BannerUrl::into_text));
        let banner = banner.filter(|url| is_other(url, PictureKind::Banner));
        set(&mut user.banner, banner.map(|url| url.map(PictureRef::Url)));
        set(
            &mut user.links,
            self.links
                .map(|links| links.into_iter().map(|link| link.into_link(&before.links)).collect()),
        );
        set(&mut user.home, self.home.map(|home| home.into_text(Home::into_text)));
        set(&mut user.pronoun, self.pronoun.map(|pronoun| pronoun.into_text(Pronoun::into_text)));
        set(&mut user.avatar, self.avatar.map(|avatar| avatar.into_text(Avatar::into_text)));
        set(&mut user.presence, self.presence.map(|status| status.into_text(Status::into_text)));
        set(
            &mut user.presence_text,
            self.presence_text.map(|text| text.into_text(PresenceText::into_text)),
        );
        set(&mut user.is_admin, self.is_admin);
        set(&mut user.rank, self.rank);
        set(
            &mut user.tags,
            self.given_tags.map(|tags| tags.into_iter().map(GivenTag::into_text).collect()),
        );
        user.language = self.language.or(user.language);
        if let Some(tags) = self.own_tags {
            user.tags.retain(|tag| !tag.starts_with("usr:"));
            user.tags.extend(tags.into_iter().map(OwnTag::into_text));
        }
    }
}

/// Whether the stored address is this one. It may have been stored before addresses were cleaned,
/// and clients send it back as they got it.
pub(crate) fn is_email_of(user: &User, email: Option<&str>) -> bool {
    user.email.as_deref().map(address::clean).as_deref() == email
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

/// Stores a changed user, records what changed, and deletes what the change made obsolete:
/// confirmation links, codes and password links that were mailed to the old address, codes without
/// a factor, and uploaded pictures that the user no longer shows.
pub(in crate::domain) fn store(tx: &Change<'_>, before: &User, user: &User) -> Result<()> {
    users::update(tx, user)?;
    tx.edited(before, user)?;
    if user.email != before.email {
        email_confirmations::delete_all_of(tx, user.id)?;
        sent_codes::delete_all_of(tx, user.id)?;
    }
    if user.email != before.email || (before.email_verified && !user.email_verified) {
        password_links::delete_of(tx, user.id)?;
    }
    factors::delete_unneeded_codes(tx, user)?;
    for kind in [PictureKind::Thumbnail, PictureKind::Banner] {
        if !user.has_uploaded(kind) {
            pictures::delete(tx, user.id, kind)?;
        }
    }
    Ok(())
}
