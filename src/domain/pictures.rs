//! Pictures of users. A picture is an uploaded file in the database, or a URL elsewhere.

use imagesize::{ImageType, blob_size, image_type};
use sha2::{Digest, Sha256};
use url::Url;

use crate::domain::App;
use crate::domain::accounts::identifier::Identifier;
use crate::domain::accounts::profile::{Profile, profile};
use crate::domain::accounts::rights::Right;
use crate::domain::change::By;
use crate::domain::principal::Principal;
use crate::domain::sessions::check_open;
use crate::error::PictureFault::{Broken, TooManyPixels};
use crate::error::{Error, Result};
use crate::storage::Connection;
use crate::storage::pictures as rows;
pub use crate::storage::pictures::PictureKind;
pub(crate) use crate::storage::pictures::{NewPicture, Picture, hex};
use crate::storage::users::{self, PictureRef, User};
use crate::time::Timestamp;

/// The maximum width and height, in pixels.
pub(crate) const MAX_SIDE: usize = 4096;

/// Where a picture comes from.
#[derive(Debug)]
pub(crate) enum PictureSource {
    /// The database.
    Uploaded(Picture),
    /// A URL elsewhere, in ASCII.
    Url(String),
}

/// Finds a user's picture.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::NotFound`] without such a picture, or a fault.
pub(crate) fn find(app: &App, identifier: &Identifier, kind: PictureKind) -> Result<PictureSource> {
    app.db.read(|connection| {
        let user = identifier.find(connection)?.ok_or(Error::UserNotFound)?;
        let source = match user.picture(kind) {
            // The parser writes the URL in ASCII, as the header `Location` needs it.
            Some(PictureRef::Url(url)) => {
                Url::parse(url).ok().map(|url| PictureSource::Url(url.into()))
            }
            Some(PictureRef::Uploaded(_)) | None => {
                rows::find(connection, user.id, kind)?.map(PictureSource::Uploaded)
            }
        };
        let what = match kind {
            PictureKind::Thumbnail => "Thumbnail",
            PictureKind::Banner => "Banner",
        };
        source.ok_or(Error::NotFound { what })
    })
}

/// How much of a picture is read at once, in bytes. Below glibc's threshold for a mapping of its
/// own (128 KiB), so that a read costs no system call for memory.
pub(crate) const PART: usize = 96 * 1024;

/// Reads the part of a picture that begins at byte `start`.
///
/// # Errors
/// [`Error::NotFound`] if the picture has been replaced meanwhile, or a fault.
pub(crate) fn read(app: &App, picture: &Picture, start: usize) -> Result<Vec<u8>> {
    let part = app.db.read(|connection| rows::read(connection, picture, start, PART))?;
    part.ok_or(Error::NotFound { what: "Picture" })
}

/// An uploaded file.
pub(crate) struct NewFile {
    /// The bytes of the file.
    pub content: Vec<u8>,
    /// The SHA-256 that the client claims for it, if it sent one.
    pub sha256: Option<[u8; 32]>,
}

/// Stores a picture that the principal uploads.
///
/// # Errors
/// [`Error::UnAuthorized`] without the right to upload, [`Error::PayloadTooLarge`],
/// [`Error::NotAPicture`], [`Error::RefusedPicture`], [`Error::InvalidField`] if the hash is
/// another one, or a fault.
pub(crate) fn upload(
    app: &App,
    principal: &Principal,
    kind: PictureKind,
    file: NewFile,
    now: Timestamp,
) -> Result<Profile> {
    if !Right::FileUpload.is_of(app, &principal.user, now) {
        return Err(Error::UnAuthorized { action: "upload files" });
    }
    let picture = recognize(app, kind, file.content)?;
    if file.sha256.is_some_and(|hash| hash != picture.sha256) {
        return Err(Error::invalid("x-file-hash", "must be the SHA-256 of the file"));
    }
    app.change(By::User(&principal.device), now, |tx| {
        check_open(tx, principal, now)?;
        let before = users::find_by_id(tx, principal.user.id)?.ok_or(Error::NotLogged)?;
        let mut user = before.clone();
        put(tx, &mut user, kind, &picture)?;
        users::update(tx, &user)?;
        tx.edited(&before, &user)?;
        Ok(profile(app, &user, now))
    })
}

/// Stores a picture instead of the one before. The caller stores `user`, which then refers to it.
pub(crate) fn put(
    connection: &Connection,
    user: &mut User,
    kind: PictureKind,
    picture: &NewPicture,
) -> Result<()> {
    let uploaded = Some(PictureRef::Uploaded(hex(&picture.sha256)));
    match kind {
        PictureKind::Thumbnail => user.thumbnail = uploaded,
        PictureKind::Banner => user.banner = uploaded,
    }
    rows::put(connection, user.id, kind, picture)
}

/// The name of a format that is not taken, by how its files begin.
fn other_format(content: &[u8]) -> Option<&'static str> {
    const FORMATS: [(usize, &[u8], &str); 11] = [
        (0, b"BM", "BMP"),
        (0, b"II*\0", "TIFF"),
        (0, b"MM\0*", "TIFF"),
        (4, b"ftypavif", "AVIF"),
        (4, b"ftyphei", "HEIC"),
        (4, b"ftypmif1", "HEIC"),
        (0, b"\xff\x0a", "JPEG XL"),
        (4, b"JXL \r\n", "JPEG XL"),
        (0, b"8BPS", "Photoshop"),
        (0, b"<svg", "SVG"),
        (0, b"<?xml", "SVG"),
    ];
    let begins = |(at, start, _): &&(usize, &[u8], _)| {
        content.get(*at..).is_some_and(|rest| rest.starts_with(start))
    };
    FORMATS.iter().find(begins).map(|(.., name)| *name)
}

/// Checks the content of a picture and determines its media type from it.
///
/// # Errors
/// [`Error::PayloadTooLarge`], [`Error::NotAPicture`] or [`Error::RefusedPicture`].
pub fn recognize(app: &App, kind: PictureKind, content: Vec<u8>) -> Result<NewPicture> {
    recognize_within(app.config.limits.picture_bytes.get() as usize, kind, content)
}

/// [`recognize`] with a limit of its own, in bytes.
pub(crate) fn recognize_within(
    limit: usize,
    kind: PictureKind,
    content: Vec<u8>,
) -> Result<NewPicture> {
    if content.len() > limit {
        return Err(Error::PayloadTooLarge { limit });
    }
    let media_type = match image_type(&content) {
        Ok(ImageType::Png) => "image/png",
        Ok(ImageType::Jpeg) => "image/jpeg",
        Ok(ImageType::Gif) => "image/gif",
        Ok(ImageType::Webp) => "image/webp",
        _ => return Err(Error::NotAPicture { format: other_format(&content) }),
    };
    let refused = |fault| Error::RefusedPicture { field: kind.as_str(), fault };
    let size = blob_size(&content).map_err(|_| refused(Broken))?;
    if size.width == 0 || size.height == 0 {
        return Err(refused(Broken));
    }
    if size.width > MAX_SIDE || size.height > MAX_SIDE {
        return Err(refused(TooManyPixels { width: size.width, height: size.height }));
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
    fn picture_has_the_type_of_its_first_bytes_and_fitting_sides() {
        let (_folder, app) = app_with("");
        let rest = prop::collection::vec(any::<u8>(), 0..64);
        let start = prop::sample::select(STARTS);
        let side = 0..5000_u32;
        proptest!(|(start in start, rest in rest, width in side.clone(), height in side)| {
            if let Ok(picture) = recognize(&app, PictureKind::Banner, [start, &rest].concat()) {
                let kinds = ["image/png", "image/gif", "image/jpeg", "image/webp"];
                let kind = kinds.into_iter().zip(STARTS).find(|(_, of)| **of == start);
                prop_assert_eq!(Some(picture.media_type.as_str()), kind.map(|(kind, _)| kind));
            }
            let png = [STARTS[0], &width.to_be_bytes(), &height.to_be_bytes(), &rest].concat();
            let fits = [width, height].iter().all(|side| (1..=4096).contains(side));
            prop_assert_eq!(recognize(&app, PictureKind::Thumbnail, png).is_ok(), fits);
        });
    }

    #[test]
    fn refusal_says_what_is_wrong_with_the_picture() {
        let (_folder, app) = app_with("");
        let png = |width: u32, height: u32| {
            [STARTS[0], &width.to_be_bytes(), &height.to_be_bytes(), &[8; 5]].concat()
        };
        for (content, name) in [
            (&b"no picture"[..], None),
            (b"BM3000", Some("BMP")),
            (b"\0\0\0\x20ftypheic\0\0", Some("HEIC")),
            (b"\0\0\0\x20ftypavif\0\0", Some("AVIF")),
            (b"<svg xmlns=''/>", Some("SVG")),
        ] {
            let refused = recognize(&app, PictureKind::Thumbnail, content.into());
            let Err(Error::NotAPicture { format }) = refused else { panic!("{name:?}") };
            assert_eq!(format, name);
        }
        for (content, expected) in [
            (STARTS[0].to_vec(), Broken),
            ([STARTS[2], &[0; 16]].concat(), Broken),
            (png(0, 10), Broken),
            (png(4097, 10), TooManyPixels { width: 4097, height: 10 }),
            (png(10, 5000), TooManyPixels { width: 10, height: 5000 }),
        ] {
            let refused = recognize(&app, PictureKind::Thumbnail, content);
            let Err(Error::RefusedPicture { fault, .. }) = refused else { panic!("{expected:?}") };
            assert_eq!(fault, expected);
        }
    }
}
