//! The table `pictures`.

use rusqlite::types::{ToSql, ToSqlOutput};
use rusqlite::{Connection, OptionalExtension, params};

use super::users::UserId;
use crate::error::Result;

/// Which picture of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureKind {
    /// The small one beside the name.
    Thumbnail,
    /// The wide one behind it.
    Banner,
}

impl PictureKind {
    /// Its name in columns and paths.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
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

/// What a picture is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "schema.sql documents the columns")]
pub struct Picture {
    pub media_type: String,
    pub sha256: [u8; 32],
    pub content: Vec<u8>,
}

impl Picture {
    /// Its SHA-256 in hex.
    #[must_use]
    pub fn digest(&self) -> String {
        self.sha256.iter().fold(String::with_capacity(64), |text, byte| text + &format!("{byte:02x}"))
    }
}

/// # Errors
/// The database fails.
pub fn find(connection: &Connection, user_id: UserId, kind: PictureKind) -> Result<Option<Picture>> {
    Ok(connection
        .prepare_cached("SELECT media_type, sha256, content FROM pictures WHERE user_id = ?1 AND kind = ?2")?
        .query_row(params![user_id, kind], |row| {
            Ok(Picture { media_type: row.get(0)?, sha256: row.get(1)?, content: row.get(2)? })
        })
        .optional()?)
}

/// Puts a picture in the place of the one before.
///
/// # Errors
/// The database fails.
pub fn insert(connection: &Connection, user_id: UserId, kind: PictureKind, picture: &Picture) -> Result<()> {
    connection.execute(
        "INSERT INTO pictures (user_id, kind, media_type, sha256, content) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (user_id, kind) DO UPDATE SET
             media_type = excluded.media_type, sha256 = excluded.sha256, content = excluded.content",
        params![user_id, kind, picture.media_type, picture.sha256, picture.content],
    )?;
    Ok(())
}

/// # Errors
/// The database fails.
pub fn delete(connection: &Connection, user_id: UserId, kind: PictureKind) -> Result<()> {
    connection.execute("DELETE FROM pictures WHERE user_id = ?1 AND kind = ?2", params![user_id, kind])?;
    Ok(())
}
