//! The pages and what they load: files from `static/`, inside the binary.

use std::sync::LazyLock;

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, IF_NONE_MATCH, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

use super::bridge::Bridge;
use super::envelope::Failure;
use super::extract::Authenticated;
use crate::domain::App;

/// Whether the client has the version with this entity tag already; compared weakly (RFC 9110, 13.1.2), since proxies
/// that compress weaken tags.
pub(super) fn has_tag(request: &HttpRequest, tag: &str) -> bool {
    let sent = request.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    let mut tags = sent.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|sent| sent == "*" || sent.strip_prefix("W/").unwrap_or(sent) == tag)
}

/// Nothing from elsewhere, nothing inline, in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A file with its type and its entity tag (RFC 9110, 8.8.3).
struct File {
    media_type: &'static str,
    content: &'static str,
    tag: String,
}

impl File {
    fn new(media_type: &'static str, content: &'static str) -> Self {
        let digest = Sha256::digest(content);
        let tag = format!("\"{:016x}\"", u64::from_be_bytes(*digest.first_chunk().unwrap_or(&[0; 8])));
        Self { media_type, content, tag }
    }

    /// The file, or a 304 where the browser has this very version. It asks each time, so that an upgrade shows at once.
    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let known = has_tag(request, &self.tag);
        let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response
            .insert_header((ETAG, self.tag.as_str()))
            .insert_header((CACHE_CONTROL, "no-cache"))
            .insert_header((CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((REFERRER_POLICY, "same-origin"));
        if known { response.finish() } else { response.content_type(self.media_type).body(self.content) }
    }
}

macro_rules! file {
    ($media_type:literal, $path:literal) => {
        LazyLock::new(|| File::new($media_type, include_str!(concat!("../../static/", $path))))
    };
}

static LOGIN: LazyLock<File> = file!("text/html; charset=utf-8", "login.html");
static ACCOUNT: LazyLock<File> = file!("text/html; charset=utf-8", "account.html");
static STYLE: LazyLock<File> = file!("text/css; charset=utf-8", "nox.css");
static SCRIPT: LazyLock<File> = file!("text/javascript; charset=utf-8", "nox.js");
static ICON: LazyLock<File> = file!("image/svg+xml", "icon.svg");

/// `GET /`
pub(super) async fn index() -> HttpResponse {
    redirect("/login")
}

/// `GET /login`, for those who are not logged in.
pub(super) async fn login(request: HttpRequest, who: Option<Authenticated>) -> HttpResponse {
    if who.is_some() { redirect("/account") } else { LOGIN.answer(&request) }
}

/// `GET /account`, for those who are.
pub(super) async fn account(request: HttpRequest, who: Option<Authenticated>) -> HttpResponse {
    if who.is_some() { ACCOUNT.answer(&request) } else { redirect("/login") }
}

/// `GET /static/nox.css`
pub(super) async fn style(request: HttpRequest) -> HttpResponse {
    STYLE.answer(&request)
}

/// `GET /static/nox.js`
pub(super) async fn script(request: HttpRequest) -> HttpResponse {
    SCRIPT.answer(&request)
}

/// `GET /static/icon.svg`
pub(super) async fn icon(request: HttpRequest) -> HttpResponse {
    ICON.answer(&request)
}

fn redirect(path: &'static str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).insert_header((CACHE_CONTROL, "no-store")).finish()
}

/// `GET /healthz`: the process lives.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers.
pub(super) async fn readyz(bridge: Data<Bridge>) -> Result<&'static str, Failure> {
    bridge.read(App::check_ready)?;
    Ok("ok\n")
}

/// Everything else.
pub(super) async fn nothing_here() -> HttpResponse {
    HttpResponse::NotFound().body("There is nothing here. The login page is at /login.\n")
}
