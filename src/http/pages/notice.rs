//! A page with one sentence and one link.

use askama::Template;

use super::frame::{Frame, whom_to_ask};
use super::visitor::Visitor;

#[derive(Template)]
#[template(path = "notice.html")]
pub(super) struct NoticePage<'a> {
    pub frame: Frame<'a>,
    /// Where the browser goes by itself.
    pub refresh: Option<&'a str>,
    pub text: &'a str,
    pub url: &'a str,
    pub label: &'a str,
}

/// A text, and the sentence that says whom to ask.
pub(super) fn with_help(visitor: &Visitor, text: &str) -> String {
    let contact = visitor.bridge.config().instance.contact.as_deref();
    format!("{text} {}", whom_to_ask(visitor.t, contact))
}
