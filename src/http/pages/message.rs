//! A page that says one thing and leads on.

use askama::Template;

use super::frame::{Frame, Message};

#[derive(Template)]
#[template(path = "message.html")]
pub(super) struct MessagePage<'a> {
    pub frame: Frame<'a>,
    /// Where the browser goes on to by itself.
    pub refresh: Option<&'a str>,
    pub text: &'a str,
    pub url: &'a str,
    pub label: &'a str,
}
