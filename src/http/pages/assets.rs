//! Files that the pages load: named by their content, so that browsers keep them for good.

use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, IF_NONE_MATCH, VARY,
};
use actix_web::web::{Data, Path};
use actix_web::{FromRequest, HttpRequest, HttpResponse};

use super::frame::security;
use super::not_found;
use super::theme::Theme;
use super::visitor::Visitor;
use crate::http::bridge::Bridge;
use crate::http::envelope::Failure;

/// Whether the client has the version with this entity tag already; compared weakly (RFC 9110,
/// 13.1.2), since proxies that compress weaken tags.
pub(in crate::http) fn has_tag(request: &HttpRequest, tag: &str) -> bool {
    let sent = request.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    let mut tags = sent.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|sent| sent == "*" || sent.strip_prefix("W/").unwrap_or(sent) == tag)
}

/// `GET /static/{name}`
pub(in crate::http) async fn asset(
    request: HttpRequest,
    name: Path<String>,
    theme: Data<Theme>,
    bridge: Data<Bridge>,
) -> Result<HttpResponse, Failure> {
    let Some(asset) = [&theme.style, &theme.script].into_iter().find(|asset| asset.name == *name)
    else {
        return Ok(not_found(Visitor::extract(&request).await?).await);
    };
    let takes_gzip = request
        .headers()
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(accepts);
    let tag = format!("\"{}{}\"", asset.digest, if takes_gzip { "-gzip" } else { "" });
    let is_known = has_tag(&request, &tag);
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((ETAG, tag))
        .insert_header((VARY, "Accept-Encoding"))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"));
    for (name, value) in security(bridge.config().is_https()) {
        response.insert_header((name, value));
    }
    if is_known {
        return Ok(response.finish());
    }
    response.content_type(asset.media_type);
    if takes_gzip {
        return Ok(response.insert_header((CONTENT_ENCODING, "gzip")).body(asset.gzip.clone()));
    }
    Ok(response.body(asset.plain.clone()))
}

/// Whether an `Accept-Encoding` takes gzip (RFC 9110, 12.5.3).
fn accepts(header: &str) -> bool {
    header.split(',').any(|part| {
        let (coding, parameter) = part.split_once(';').unwrap_or((part, ""));
        let refused = parameter
            .trim()
            .strip_prefix("q=")
            .is_some_and(|text| text.trim().parse::<f32>() == Ok(0.0));
        coding.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}
