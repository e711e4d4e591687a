//! The page for a request whose head cannot be read: it is malformed, too long or too slow. Nothing
//! is known of the reader there, so that the page is in the language of the instance.

use actix_web::http::header::STRICT_TRANSPORT_SECURITY;
use askama::Template;

use super::frame::{Frame, SECURITY};
use super::notice::NoticePage;
use super::theme::Theme;
use crate::config::Config;

/// What the framework's own answers have, which are empty.
const EMPTY: &str = "content-length: 0\r\n";

/// The answer with a page, in the place of one that the framework has written; `None` where that is
/// not empty.
pub(in crate::http) fn head_page(config: &Config, theme: &Theme, answer: &[u8]) -> Option<Vec<u8>> {
    let head = str::from_utf8(answer).ok()?.strip_suffix("\r\n")?;
    let (before, after) = head.split_once(EMPTY)?;
    let language = config.instance.language;
    let t = &language.words().pages;
    let is_slow = before.starts_with("HTTP/1.1 408 ");
    let page = NoticePage {
        frame: Frame::bare(config, theme, language, t.not_done),
        refresh: None,
        text: if is_slow { t.too_slow } else { t.unreadable },
        url: "/",
        label: t.to_start,
    };
    let html = page.render().ok()?;
    let transport = config.strict_transport().map(|value| (STRICT_TRANSPORT_SECURITY, value));
    let headers = SECURITY.into_iter().chain(transport);
    let lines: Vec<_> = headers.map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let lines = lines.concat();
    let length = html.len();
    let described = format!("content-type: text/html; charset=utf-8\r\ncontent-length: {length}");
    Some(format!("{before}{described}\r\n{after}{lines}\r\n{html}").into())
}
