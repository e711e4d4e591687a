//! The columns `thumbnail` and `banner`.

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

/// What a user's picture is. Both forms share a column: a URL contains a colon, a hash does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PictureRef {
    /// An uploaded file in the table `pictures`: its SHA-256 in hex.
    Uploaded(String),
    /// A URL elsewhere.
    Url(String),
}

impl FromSql for PictureRef {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = String::column_result(value)?;
        Ok(if text.contains(':') { Self::Url(text) } else { Self::Uploaded(text) })
    }
}

impl ToSql for PictureRef {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Uploaded(text) | Self::Url(text) => text.to_sql(),
        }
    }
}
