//! The OpenAPI documents (openapis.org, 3.1), one for each dialect. What one says of an endpoint
//! stands beside the handler as an [`Operation`](operation::Operation); the table of routes makes
//! one document of them.

mod document;
pub(super) mod operation;
mod refusal;

pub(crate) use document::document;
pub(super) use document::document_of;
