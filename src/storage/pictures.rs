//! The table `pictures`.

use rusqlite::blob::ZeroBlob;
use rusqlite::types::{ToSql, ToSqlOutput};
use rusqlite::{Connection, MAIN_DB, OptionalExtension, Row, params};

use super::users::UserId;
use crate::error::{Error, Result};

/// How many bytes are written at once.
const PART: usize = 64 * 1024;

/// The kinds of pictures that a user has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureKind {
    /// The small picture beside the name.
    Thumbnail,
    /// The wide picture behind the name.
    Banner,
}

impl PictureKind {
    /// The name of the kind in columns and paths.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Thumbnail => "thumbnail",
            Self::Banner => "banner",
        }
    }
}

impl ToSql for PictureKind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

/// A picture that is to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPicture {
    pub media_type: String,
    pub sha256: [u8; 32],
    pub content: Vec<u8>,
}

/// A picture without its content, which [`read`] returns in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    rowid: i64,
    pub media_type: String,
    pub sha256: [u8; 32],
    /// The length of the content, in bytes.
    pub length: u32,
}

/// Writes a SHA-256 digest in hexadecimal.
pub(crate) fn hex(sha256: &[u8; 32]) -> String {
    sha256.iter().fold(String::with_capacity(64), |text, byte| text + &format!("{byte:02x}"))
}

pub(crate) fn find(
    connection: &Connection,
    user_id: UserId,
    kind: PictureKind,
) -> Result<Option<Picture>> {
    let query = "SELECT rowid, media_type, sha256, length(content) FROM pictures
                 WHERE user_id = ?1 AND kind = ?2";
    let picture = |row: &Row<'_>| {
        Ok(Picture {
            rowid: row.get(0)?,
            media_type: row.get(1)?,
            sha256: row.get(2)?,
            length: row.get(3)?,
        })
    };
    Ok(connection.prepare_cached(query)?.query_row(params![user_id, kind], picture).optional()?)
}

/// Reads at most `length` bytes of a picture from `start` on. `None` if another picture has
/// replaced it.
pub(crate) fn read(
    connection: &Connection,
    picture: &Picture,
    start: usize,
    length: usize,
) -> Result<Option<Vec<u8>>> {
    let query = "SELECT EXISTS (SELECT 1 FROM pictures WHERE rowid = ?1 AND sha256 = ?2)";
    let mut statement = connection.prepare_cached(query)?;
    if !statement.query_row(params![picture.rowid, picture.sha256], |row| row.get(0))? {
        return Ok(None);
    }
    let mut part = vec![0; length.min((picture.length as usize).saturating_sub(start))];
    let content = connection.blob_open(MAIN_DB, "pictures", "content", picture.rowid, true)?;
    content.read_at_exact(&mut part, start)?;
    Ok(Some(part))
}

/// Stores a picture, and replaces the earlier one. The content is written in parts, since SQLite
/// copies a value that is bound to a statement.
pub(crate) fn put(
    connection: &Connection,
    user_id: UserId,
    kind: PictureKind,
    picture: &NewPicture,
) -> Result<()> {
    delete(connection, user_id, kind)?;
    let length = i32::try_from(picture.content.len())
        .map_err(|error| Error::internal("store a picture", error))?;
    connection.execute(
        "INSERT INTO pictures (user_id, kind, media_type, sha256, content)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![user_id, kind, picture.media_type, picture.sha256, ZeroBlob(length)],
    )?;
    let rowid = connection.last_insert_rowid();
    let mut content = connection.blob_open(MAIN_DB, "pictures", "content", rowid, false)?;
    for (start, part) in (0..).step_by(PART).zip(picture.content.chunks(PART)) {
        content.write_at(part, start)?;
    }
    Ok(())
}

pub(crate) fn delete(connection: &Connection, user_id: UserId, kind: PictureKind) -> Result<()> {
    connection
        .execute("DELETE FROM pictures WHERE user_id = ?1 AND kind = ?2", params![user_id, kind])?;
    Ok(())
}
