//! `/users/{selector}/thumbnail` and `/banner`.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, ETAG, LOCATION};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::body::File;
use super::bridge::Bridge;
use super::clock::Now;
use super::doc::{Doc, schema};
use super::envelope::{Failure, Reply};
use super::extract::{AuthenticatedChange, Selected};
use super::pages::has_tag;
use crate::domain::identifier::Identifier;
use crate::domain::pictures::{self, Picture, PictureKind, Place};
use crate::domain::profile::Profile;
use crate::error::Result;

pub(super) const OWN: Doc = Doc::new("One's own picture").reads().gives_picture().fails(&[3]);
pub(super) const ONE: Doc = Doc::new("Somebody's picture").gives_picture().fails(&[2, 3]);
pub(super) const SET: Doc = Doc::new("Upload a picture: PNG, JPEG, GIF or WebP, told by its content")
    .changes()
    .takes_file()
    .gives(schema::<Profile>)
    .fails(&[5]);

/// `GET /users/{selector}/thumbnail`
pub(super) async fn thumbnail(
    bridge: Data<Bridge>,
    request: HttpRequest,
    selected: Selected,
) -> Result<HttpResponse, Failure> {
    get(&bridge, &request, selected, PictureKind::Thumbnail).await
}

/// `GET /users/{selector}/banner`
pub(super) async fn banner(
    bridge: Data<Bridge>,
    request: HttpRequest,
    selected: Selected,
) -> Result<HttpResponse, Failure> {
    get(&bridge, &request, selected, PictureKind::Banner).await
}

/// `POST /users/@me/thumbnail`
pub(super) async fn set_thumbnail(
    bridge: Data<Bridge>,
    now: Now,
    who: AuthenticatedChange,
    file: File,
) -> Result<Reply<Profile>, Failure> {
    set(&bridge, now, who, file, PictureKind::Thumbnail).await
}

/// `POST /users/@me/banner`
pub(super) async fn set_banner(
    bridge: Data<Bridge>,
    now: Now,
    who: AuthenticatedChange,
    file: File,
) -> Result<Reply<Profile>, Failure> {
    set(&bridge, now, who, file, PictureKind::Banner).await
}

async fn get(
    bridge: &Bridge,
    request: &HttpRequest,
    selected: Selected,
    kind: PictureKind,
) -> Result<HttpResponse, Failure> {
    // At `@me` lies another picture for everybody who asks.
    let (caching, identifier) = match selected {
        Selected::Own(who) => ("private, no-cache", Identifier::Id(who.user.id)),
        Selected::User(identifier) => ("public, max-age=300", identifier),
    };
    Ok(match bridge.run(move |app| pictures::find(app, &identifier, kind)).await? {
        Place::At(url) => HttpResponse::Found().insert_header((LOCATION, url)).finish(),
        Place::Here(picture) => show(request, picture, caching),
    })
}

async fn set(
    bridge: &Bridge,
    Now(now): Now,
    AuthenticatedChange(who): AuthenticatedChange,
    File(content): File,
    kind: PictureKind,
) -> Result<Reply<Profile>, Failure> {
    Ok(Reply::new(bridge.run(move |app| pictures::upload(app, &who, kind, content, now)).await?))
}

/// The picture, harmless whatever it holds, or a 304 where the client has it.
fn show(request: &HttpRequest, picture: Picture, caching: &'static str) -> HttpResponse {
    let digest = picture.digest();
    let tag = format!("\"{digest}\"");
    let known = has_tag(request, &tag);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((ETAG, tag))
        .insert_header(("X-File-Hash", digest))
        .insert_header((CACHE_CONTROL, caching))
        .insert_header((CONTENT_DISPOSITION, "inline"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"));
    if known { response.finish() } else { response.content_type(picture.media_type).body(picture.content) }
}
