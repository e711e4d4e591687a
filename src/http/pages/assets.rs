//! Files that the pages load: named by their content, so that browsers keep them for good.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, ETag, EntityTag, VARY};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::frame::SECURITY;
use super::not_found;
use super::theme::Theme;
use crate::http::caching::{has_version, takes_gzip};
use crate::http::envelope::Failure;

/// `GET /static/{name}`
pub(in crate::http) async fn asset(
    request: HttpRequest,
    name: Path<String>,
    theme: Data<Theme>,
) -> Result<HttpResponse, Failure> {
    let Some(asset) = theme.asset(&name) else { return not_found(&request) };
    let takes_gzip = takes_gzip(&request);
    let tag = format!("{}{}", asset.digest, if takes_gzip { "-gzip" } else { "" });
    let tag = EntityTag::new_strong(tag);
    let is_known = has_version(&request, &tag);
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header(ETag(tag))
        .insert_header((VARY, "Accept-Encoding"))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"));
    for header in SECURITY {
        response.insert_header(header);
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

/// `GET /static/logo`, which mails show: they stay when the picture changes, so that its name must.
pub(in crate::http) async fn logo(theme: Data<Theme>) -> HttpResponse {
    let logo = &theme.logo;
    let mut response = HttpResponse::Ok();
    response.insert_header((CACHE_CONTROL, "public, max-age=86400"));
    for header in SECURITY {
        response.insert_header(header);
    }
    response.content_type(logo.media_type).body(logo.content.clone())
}
