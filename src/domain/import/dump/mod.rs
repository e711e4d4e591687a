//! The dump of a database: the text that `pg_dump --data-only` writes. It is read line by line, and
//! nothing of it is executed.

mod array;
mod row;
mod shape;

pub(in crate::domain::import) use array::NotAnArray;
pub(in crate::domain::import) use row::Row;
pub(in crate::domain) use shape::Shape;
