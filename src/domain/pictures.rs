//! Pictures of users: uploaded ones lie in the database.

use imagesize::{ImageType, blob_size, image_type};
use sha2::{Digest, Sha256};
use url::Url;

use crate::domain::App;
use crate::domain::accounts::identifier::Identifier;
use crate::domain::accounts::profile::{Profile, is_url, profile};
use crate::domain::accounts::tags::has_right;
use crate::domain::principal::Principal;
use crate::domain::sessions::check_open;
use crate::error::{Error, Result};
use crate::storage::Connection;
use crate::storage::pictures as rows;
pub use crate::storage::pictures::PictureKind;
pub(crate) use crate::storage::pictures::{NewPicture, Picture, hex};
use crate::storage::users::{self, User};
use crate::time::Timestamp;

/// The longest side, in pixels.
const LONGEST_SIDE: usize = 4096;

/// Where a picture is.
#[derive(Debug)]
pub(crate) enum Place {
    /// Here.
    Here(Picture),
    /// At this URL.
    At(String),
}

/// A user's picture.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::NotFound`] where they have none, or the database fails.
pub(crate) fn find(app: &App, identifier: &Identifier, kind: PictureKind) -> Result<Place> {
    app.db.read(|connection| {
        let user = identifier.find(connection)?.ok_or(Error::UserNotFound)?;
        let place = match column(&user, kind).filter(|text| is_url(text)) {
            // In ASCII, as headers want it.
            Some(url) => Url::parse(url).ok().map(|url| Place::At(url.into())),
            None => rows::find(connection, user.id, kind)?.map(Place::Here),
        };
        let what = match kind {
            PictureKind::Thumbnail => "Thumbnail",
            PictureKind::Banner => "Banner",
        };
        place.ok_or(Error::NotFound { what })
    })
}

/// How much of a picture is read at once, in bytes: less than what glibc maps apart.
pub(crate) const PART: usize = 96 * 1024;

/// The part of a picture that begins at `start`.
///
/// # Errors
/// [`Error::NotFound`] where another has taken its place, or the database fails.
pub(crate) fn read(app: &App, picture: &Picture, start: usize) -> Result<Vec<u8>> {
    let part = app.db.read(|connection| rows::read(connection, picture, start, PART))?;
    part.ok_or(Error::NotFound { what: "Picture" })
}

/// Whether a user has a picture that lies here.
#[must_use]
pub(crate) fn is_here(user: &User, kind: PictureKind) -> bool {
    column(user, kind).is_some_and(|text| !is_url(text))
}

fn column(user: &User, kind: PictureKind) -> Option<&str> {
    match kind {
        PictureKind::Thumbnail => user.thumbnail.as_deref(),
        PictureKind::Banner => user.banner.as_deref(),
    }
}

/// A file that somebody uploads.
pub(crate) struct NewFile {
    /// All of it.
    pub content: Vec<u8>,
    /// The SHA-256 that its sender says it has.
    pub sha256: Option<[u8; 32]>,
}

/// Takes a picture that the principal uploads.
///
/// # Errors
/// [`Error::UnAuthorized`] without the right to upload, [`Error::PayloadTooLarge`],
/// [`Error::UnsupportedMediaType`] where it is no picture, [`Error::InvalidPictureSize`],
/// [`Error::InvalidField`] where it has another hash, or the database fails.
pub(crate) fn upload(
    app: &App,
    principal: &Principal,
    kind: PictureKind,
    file: NewFile,
    now: Timestamp,
) -> Result<Profile> {
    if !has_right(app, &principal.user, "can_file_upload", now) {
        return Err(Error::UnAuthorized { action: "upload files" });
    }
    let picture = recognize(app, kind, file.content)?;
    if file.sha256.is_some_and(|hash| hash != picture.sha256) {
        return Err(Error::invalid("x-file-hash", "must be the SHA-256 of the file"));
    }
    app.db.write(|connection| {
        check_open(connection, principal, now)?;
        let mut user = users::find_by_id(connection, principal.user.id)?.ok_or(Error::NotLogged)?;
        put(connection, &mut user, kind, &picture)?;
        users::update(connection, &user)?;
        Ok(profile(app, &user, now))
    })
}

/// Puts a picture in the place of the one before; the user is yet to be stored.
pub(crate) fn put(
    connection: &Connection,
    user: &mut User,
    kind: PictureKind,
    picture: &NewPicture,
) -> Result<()> {
    let digest = Some(hex(&picture.sha256));
    match kind {
        PictureKind::Thumbnail => user.thumbnail = digest,
        PictureKind::Banner => user.banner = digest,
    }
    rows::put(connection, user.id, kind, picture)
}

/// Finds out by its content what a picture is.
///
/// # Errors
/// [`Error::PayloadTooLarge`], [`Error::UnsupportedMediaType`] where it is no picture, or
/// [`Error::InvalidPictureSize`].
pub fn recognize(app: &App, kind: PictureKind, content: Vec<u8>) -> Result<NewPicture> {
    let limit = app.config.limits.picture_bytes.get() as usize;
    if content.len() > limit {
        return Err(Error::PayloadTooLarge { limit });
    }
    let media_type = match image_type(&content) {
        Ok(ImageType::Png) => "image/png",
        Ok(ImageType::Jpeg) => "image/jpeg",
        Ok(ImageType::Gif) => "image/gif",
        Ok(ImageType::Webp) => "image/webp",
        _ => {
            return Err(Error::UnsupportedMediaType {
                expected: "a PNG, JPEG, GIF or WebP picture",
            });
        }
    };
    let is_sized = blob_size(&content).is_ok_and(|size| {
        (1..=LONGEST_SIDE).contains(&size.width) && (1..=LONGEST_SIDE).contains(&size.height)
    });
    if !is_sized {
        return Err(Error::InvalidPictureSize { field: kind.as_str() });
    }
    Ok(NewPicture {
        media_type: media_type.into(),
        sha256: Sha256::digest(&content).into(),
        content,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::app_with;
    use proptest::prelude::*;

    const STARTS: &[&[u8]] = &[
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"GIF89a",
        b"\xff\xd8\xff\xe0",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"<svg>",
        b"",
    ];

    #[test]
    fn a_picture_is_what_it_begins_with_and_not_too_large() {
        let (_folder, app) = app_with("");
        let rest = prop::collection::vec(any::<u8>(), 0..64);
        proptest!(|(start in prop::sample::select(STARTS), rest in rest, width in 0..5000_u32, height in 0..5000_u32)| {
            if let Ok(picture) = recognize(&app, PictureKind::Banner, [start, &rest].concat()) {
                let kind = ["image/png", "image/gif", "image/jpeg", "image/webp"].into_iter().zip(STARTS).find(|(_, of)| **of == start);
                prop_assert_eq!(Some(picture.media_type.as_str()), kind.map(|(kind, _)| kind));
            }
            let png = [STARTS[0], &width.to_be_bytes(), &height.to_be_bytes(), &rest].concat();
            let fits = [width, height].iter().all(|side| (1..=4096).contains(side));
            prop_assert_eq!(recognize(&app, PictureKind::Thumbnail, png).is_ok(), fits);
        });
    }
}
