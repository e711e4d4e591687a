//! How the parts of the document are read.

use super::document::{Device, Factors, Facts, Invitation, ListedPasskey, OpenSession, Shown};
use super::stream::{Content, Fault};
use crate::domain::accounts::profile::{Profile, picture_url};
use crate::domain::audit::{self, Line};
use crate::domain::parts::{PART, in_parts};
use crate::domain::{App, invitations};
use crate::error::{Error, Result};
use crate::storage::pictures::{self, Picture, PictureKind, hex};
use crate::storage::sessions::{self, Session};
use crate::storage::users::{self, User, UserId};
use crate::storage::{devices, passkeys, totp_factors};
use crate::time::Timestamp;
use crate::words::Exports;

pub(super) fn facts<'a>(
    app: &App,
    words: &Exports,
    user: &User,
    profile: &'a Profile,
) -> Result<Facts<'a>> {
    Ok(Facts {
        about: words.account,
        profile,
        language: user.language,
        password_changed_at: user.password_changed_at,
        last_login: app.db.read(|connection| users::find_last_login(connection, user.id))?,
    })
}

pub(super) fn factors(app: &App, words: &Exports, user: &User) -> Result<Factors> {
    let app_factor = app.db.read(|connection| totp_factors::find(connection, user.id))?;
    Ok(Factors {
        about: words.second_factors,
        authenticator_app: app_factor.is_some(),
        authenticator_app_enabled_at: app_factor.map(|factor| factor.enabled_at),
        codes_by_mail: user.has_email_factor,
        passkey_after_password: user.has_passkey_factor,
        unused_recovery_codes: user.recovery_codes,
    })
}

pub(super) fn listed_passkeys(app: &App, id: UserId) -> Result<Vec<ListedPasskey>> {
    let found = app.db.read(|connection| passkeys::list_of(connection, id))?;
    Ok(found.into_iter().map(Into::into).collect())
}

pub(super) fn invited(app: &App, user: &User) -> Result<Vec<Invitation>> {
    let found = app.db.read(|connection| invitations::list_of(connection, user))?;
    Ok(found.into_iter().map(Invitation::from).collect())
}

pub(super) fn recognized(app: &App, id: UserId) -> Result<Vec<Device>> {
    let times = app.db.read(|connection| devices::list_last_seen_of(connection, id))?;
    Ok(times.into_iter().map(|last_login_at| Device { last_login_at }).collect())
}

pub(super) fn shown_pictures<'a>(
    app: &'a App,
    id: UserId,
    fault: &'a Fault,
) -> Result<Vec<Shown<'a>>> {
    let shown = |kind: PictureKind, picture: Picture| Shown {
        used_as: kind.as_str(),
        url: picture_url(app, id, kind),
        media_type: picture.media_type.clone(),
        bytes: picture.length,
        sha256: hex(&picture.sha256),
        base64: Content::new(app, picture, fault),
    };
    let mut pictures = Vec::new();
    for kind in [PictureKind::Thumbnail, PictureKind::Banner] {
        let found = app.db.read(|connection| pictures::find(connection, id, kind))?;
        pictures.extend(found.map(|picture| shown(kind, picture)));
    }
    Ok(pictures)
}

pub(super) fn list_sessions(
    app: &App,
    id: UserId,
    now: Timestamp,
    show: &mut dyn FnMut(OpenSession),
) -> Result<()> {
    in_parts(
        |than| {
            app.db.read(|connection| sessions::list_older(connection, Some(id), than, now, PART))
        },
        |session: &Session| session.id,
        |session| {
            show(session.into());
            Ok(())
        },
    )
}

/// Operators are shown without their names, which are not data of the account's owner.
pub(super) fn list_lines(app: &App, id: UserId, show: &mut dyn FnMut(Line)) -> Result<()> {
    audit::list_of(app, id, |mut line| {
        if line.by.starts_with("operator") {
            line.by = "operator".into();
        }
        show(line);
        Ok::<_, Error>(())
    })
}
