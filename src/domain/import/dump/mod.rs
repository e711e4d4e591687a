//! The dump of a database: the text that `pg_dump --data-only` writes. It is read line by line, and
//! nothing of it is executed.

mod array;
mod contents;
mod copy;
mod error;
mod format;
mod lines;
mod read;
mod row;
mod shape;
mod statement;
mod table;

pub(in crate::domain::import) use contents::Contents;
pub(crate) use error::DumpError;
pub(in crate::domain::import) use read::read;
pub(in crate::domain::import) use row::Row;
pub(crate) use shape::Shape;
pub(in crate::domain::import) use table::Table;
