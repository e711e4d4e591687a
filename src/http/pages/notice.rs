//! A page with one sentence and one link.

use askama::Template;

use super::frame::Frame;

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
