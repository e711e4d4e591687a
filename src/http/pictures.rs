//! `/users/{selector}/thumbnail` and `/banner`: showing and uploading pictures.

use std::sync::Arc;

use actix_web::body::SizedStream;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, ETag, EntityTag, LOCATION,
};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::{Stream, stream};
use serde::Serialize;
use utoipa::ToSchema;

use super::bridge::Bridge;
use super::caching::has_version;
use super::clock::Now;
use super::dialect::Dialect;
use super::envelope::{Failure, Reply};
use super::extract::Selected;
use super::openapi::operation::{Operation, Refusal, answer};
use super::phase::SharedPhase;
use super::profile::OwnUser;
use super::upload::Upload;
use crate::domain::App;
use crate::domain::accounts::identifier::Identifier;
use crate::domain::pictures::{self, Picture, PictureKind, PictureSource, hex};
use crate::error::Result;

/// The user, and the URL of the new picture.
#[derive(Serialize, ToSchema)]
pub(super) struct UploadedPicture {
    #[serde(flatten)]
    user: OwnUser,
    url: Option<String>,
}

pub(super) const OWN: Operation =
    Operation::new("Show the caller's picture").reads().gives_picture().fails(&[Refusal::NotFound]);
pub(super) const ONE: Operation = Operation::new("Show a user's picture")
    .gives_picture()
    .fails(&[Refusal::UserNotFound, Refusal::NotFound]);
pub(super) const SET: Operation =
    Operation::new("Upload a picture: PNG, JPEG, GIF or WebP, recognized by its content")
        .changes()
        .takes_file()
        .gives(answer::<UploadedPicture>)
        .fails(&[Refusal::InvalidField]);

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
    dialect: Dialect,
    upload: Upload,
) -> Result<Reply<UploadedPicture>, Failure> {
    set(&bridge, now, dialect, upload, PictureKind::Thumbnail).await
}

/// `POST /users/@me/banner`
pub(super) async fn set_banner(
    bridge: Data<Bridge>,
    now: Now,
    dialect: Dialect,
    upload: Upload,
) -> Result<Reply<UploadedPicture>, Failure> {
    set(&bridge, now, dialect, upload, PictureKind::Banner).await
}

async fn get(
    bridge: &Data<Bridge>,
    request: &HttpRequest,
    selected: Selected,
    kind: PictureKind,
) -> Result<HttpResponse, Failure> {
    // `@me` is another picture for each caller, which no shared cache may keep.
    let (caching, identifier) = match selected {
        Selected::Own(caller) => ("private, no-cache", Identifier::Id(caller.user.id)),
        Selected::User(identifier) => ("public, max-age=300", identifier),
    };
    match bridge.run(move |app| pictures::find(app, &identifier, kind)).await? {
        PictureSource::Url(url) => {
            Ok(HttpResponse::Found().insert_header((LOCATION, url)).finish())
        }
        PictureSource::Uploaded(picture) => Ok(show(bridge, request, picture, caching)),
    }
}

async fn set(
    bridge: &Bridge,
    Now(now): Now,
    dialect: Dialect,
    Upload { principal, file, permit }: Upload,
    kind: PictureKind,
) -> Result<Reply<UploadedPicture>, Failure> {
    let store = move |app: &App| {
        let _permit = permit;
        pictures::upload(app, &principal, kind, file, now)
    };
    let user = OwnUser::new(bridge.run(store).await?, dialect);
    Ok(Reply::new(UploadedPicture { url: user.picture(kind), user }))
}

/// The picture with headers that keep a browser from running it, or a 304 where the client has it.
fn show(
    bridge: &Data<Bridge>,
    request: &HttpRequest,
    picture: Picture,
    caching: &'static str,
) -> HttpResponse {
    let hash = hex(&picture.sha256);
    let tag = EntityTag::new_strong(hash.clone());
    let known = has_version(request, &tag);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header(ETag(tag))
        .insert_header(("X-File-Hash", hash))
        .insert_header((CACHE_CONTROL, caching))
        .insert_header((CONTENT_DISPOSITION, "inline"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"));
    if known {
        return response.finish();
    }
    response.content_type(picture.media_type.clone());
    let length = picture.length.into();
    let phase = request.conn_data::<SharedPhase>().cloned();
    response.body(SizedStream::new(length, parts(bridge.clone(), picture, phase)))
}

/// A picture in parts, each read from the database when the client has taken the one before.
fn parts(
    bridge: Data<Bridge>,
    picture: Picture,
    phase: Option<SharedPhase>,
) -> impl Stream<Item = Result<Bytes>> {
    let picture = Arc::new(picture);
    stream::try_unfold((0, None), move |(start, handling)| {
        let bridge = bridge.clone();
        let picture = Arc::clone(&picture);
        // The timeout for the next request starts when the picture has been sent.
        let handling = handling.or_else(|| phase.as_ref().map(SharedPhase::handle));
        async move {
            if start >= picture.length as usize {
                return Ok(None);
            }
            let part = bridge.run(move |app| pictures::read(app, &picture, start)).await?;
            let next = start + part.len();
            Ok(Some((Bytes::from(part), (next, handling))))
        }
    })
}
