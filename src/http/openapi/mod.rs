//! The OpenAPI documents (openapis.org, 3.1), one for each dialect. Each handler has an
//! [`Operation`](operation::Operation) beside it that describes it; `document` collects them from
//! the table of routes.

mod document;
pub(super) mod operation;
mod refusal;

pub(crate) use document::document;
pub(super) use document::document_of;
