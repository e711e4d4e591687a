//! A page with one sentence and one link.

use askama::Template;

use super::frame::Frame;
use super::visitor::Visitor;
use crate::words::fill;

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

/// The sentence that says whom to ask.
pub(super) fn ask_operator(visitor: &Visitor) -> String {
    match visitor.bridge.config().instance.contact.as_deref() {
        Some(contact) => fill(visitor.t.ask_operator_at, contact),
        None => visitor.t.ask_operator.into(),
    }
}
