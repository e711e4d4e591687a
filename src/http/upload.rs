//! Uploads: a file in the part `file` of a form (RFC 7578), or as the whole body.

use std::cell::Cell;
use std::collections::HashMap;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use futures_util::{Stream, StreamExt, stream};
use tokio::time::sleep;

use super::body::{Allowance, COMPRESSED, declared_length, is_plain, receive};
use super::bridge::{Bridge, UploadPermit};
use super::envelope::Failure;
use super::extract::authenticated_change;
use crate::domain::accounts::UserId;
use crate::domain::pictures::NewFile;
use crate::domain::principal::Principal;
use crate::error::{Error, Result};

/// How much of an upload must come within `limits.stall_timeout`, in bytes: a client that sends
/// nothing more keeps no memory.
const PART: usize = 64 * 1024;
/// What stands around the file in a form, in bytes.
const AROUND: usize = 64 * 1024;
const MOST_PARTS: usize = 128;
const LONGEST_NAME: usize = 1024;
/// The longest part beside the file that is kept, in bytes.
const LONGEST_TEXT: usize = 4 * 1024;
/// How much is reserved for a file, in bytes: more than any file, and more than 32 MiB, which glibc
/// always maps apart.
const RESERVED: usize = 33 << 20;
/// The header in which a client says what it means to send.
const HASH: &str = "x-file-hash";

/// A file that somebody uploads.
pub(super) struct Upload {
    pub principal: Principal,
    pub file: NewFile,
    /// Kept until the file is stored.
    pub held: UploadPermit,
}

impl FromRequest for Upload {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let known =
            (|| Ok::<_, Error>((authenticated_change(request)?, hash(request.headers())?)))();
        let (principal, sha256) = match known {
            Ok(known) => known,
            Err(error) => return Box::pin(async { Err(error.into()) }),
        };
        let is_form = is_form(request.headers());
        let body = read(request, payload, principal.user.id, is_form);
        Box::pin(async move {
            let (form, held) = body.await?;
            let content = form.file.ok_or(Error::FileMissing)?;
            Ok(Self { principal, file: NewFile { content, sha256 }, held })
        })
    }
}

/// A form with at most one file.
#[derive(Default)]
pub(super) struct FileForm {
    pub texts: HashMap<String, String>,
    pub file: Option<Vec<u8>>,
}

/// Reads an upload, of which there are few in memory at once.
pub(super) fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    user: UserId,
    is_form: bool,
) -> impl Future<Output = Result<(FileForm, UploadPermit)>> + use<> {
    let headers = with_one_type(request.headers());
    let bridge = Bridge::of(request).cloned();
    let limit =
        bridge.as_ref().map_or(0, |bridge| bridge.config().limits.picture_bytes.get() as usize);
    let most = if is_form { limit + AROUND } else { limit };
    let length = declared_length(request);
    let payload = payload.take();
    let request = request.clone();
    async move {
        if !is_plain(&request) {
            return Err(COMPRESSED);
        }
        let bridge = bridge?;
        let limits = &bridge.config().limits;
        let allowance = Allowance { limit: most, timeout: limits.upload_timeout.into() };
        let stall = limits.stall_timeout.into();
        let held = bridge.upload(user, length).await?;
        let mut payload = payload;
        let form = receive(&request, &mut payload, allowance, |payload| async move {
            let is_over = Rc::new(Cell::new(false));
            let body = bounded(payload, most, stall, Rc::clone(&is_over));
            let form = if is_form { parts(&headers, body, limit).await } else { whole(body).await };
            if is_over.get() { Err(Error::PayloadTooLarge { limit }) } else { form }
        });
        match form.await {
            // The limit is that of the file, and not of the form around it.
            Err(Error::PayloadTooLarge { .. }) => Err(Error::PayloadTooLarge { limit }),
            form => Ok((form?, held)),
        }
    }
}

/// Whether a request says that it is a form, and what stands between its parts.
fn is_form(headers: &HeaderMap) -> bool {
    let header = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("")
        .to_ascii_lowercase();
    header.trim_start().starts_with("multipart/") && header.contains("boundary=")
}

/// The headers with their media type once: browsers join two headers of one name by a comma.
fn with_one_type(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    let said = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let once =
        said.and_then(|text| text.split_once(',')).filter(|(one, two)| one.trim() == two.trim());
    if let Some(once) = once.and_then(|(one, _)| one.trim().parse().ok()) {
        headers.insert(CONTENT_TYPE, once);
    }
    headers
}

/// The SHA-256 that a client announces.
fn hash(headers: &HeaderMap) -> Result<Option<[u8; 32]>> {
    let mut hashes =
        headers.get_all(HASH).map(|value| value.to_str().ok().and_then(super::hex::sha256));
    let Some(first) = hashes.next() else { return Ok(None) };
    let hash = first.filter(|_| hashes.all(|other| other == first));
    hash.map(Some).ok_or(Error::invalid(HASH, "must be the SHA-256 of the file in hex"))
}

/// The chunks of a body, up to so many bytes, as long as they keep coming: a part of so many within
/// so long.
fn bounded(
    body: impl Stream<Item = Result<Bytes, PayloadError>> + 'static,
    most: usize,
    stall: Duration,
    is_over: Rc<Cell<bool>>,
) -> impl Stream<Item = Result<Bytes, PayloadError>> + 'static {
    let mut left = most;
    let (mut pause, mut came) = (Box::pin(sleep(stall)), 0);
    let mut body = Box::pin(body);
    stream::poll_fn(move |context| {
        let Poll::Ready(chunk) = body.as_mut().poll_next(context) else {
            return pause
                .as_mut()
                .poll(context)
                .map(|()| Some(Err(PayloadError::Incomplete(None))));
        };
        let Some(Ok(chunk)) = chunk else { return Poll::Ready(chunk) };
        is_over.set(chunk.len() > left);
        left = left.saturating_sub(chunk.len());
        came += chunk.len();
        if came >= PART {
            (pause, came) = (Box::pin(sleep(stall)), 0);
        }
        Poll::Ready(Some(if is_over.get() { Err(PayloadError::Overflow) } else { Ok(chunk) }))
    })
}

/// Where a file is collected. It never grows, and goes back to the system as soon as it is stored:
/// what is not written takes no memory.
fn buffer() -> Result<Vec<u8>> {
    let mut content = Vec::new();
    content.try_reserve_exact(RESERVED).map_err(|error| Error::internal("read a file", error))?;
    Ok(content)
}

/// A body that is the file.
async fn whole(body: impl Stream<Item = Result<Bytes, PayloadError>>) -> Result<FileForm> {
    let mut content = buffer()?;
    let mut body = std::pin::pin!(body);
    while let Some(chunk) = body.next().await {
        content.extend_from_slice(&chunk.map_err(|_| Error::InvalidRequest)?);
    }
    Ok(FileForm { texts: HashMap::new(), file: Some(content) })
}

/// The parts of a form: the one that is called `file`, and short texts.
async fn parts(
    headers: &HeaderMap,
    body: impl Stream<Item = Result<Bytes, PayloadError>> + 'static,
    limit: usize,
) -> Result<FileForm> {
    let mut parts = Multipart::new(headers, body);
    let mut form = FileForm::default();
    let mut count = 0;
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|_| Error::InvalidForm)?;
        count += 1;
        let name = part
            .name()
            .filter(|name| name.len() <= LONGEST_NAME)
            .ok_or(Error::InvalidForm)?
            .to_owned();
        if count > MOST_PARTS {
            return Err(Error::InvalidForm);
        }
        if name == "file" {
            if form.file.is_some() {
                return Err(Error::InvalidForm);
            }
            form.file = Some(file(&mut part, limit).await?);
        } else if let Some(text) = text(&mut part).await? {
            form.texts.insert(name, text);
        }
    }
    Ok(form)
}

async fn file(part: &mut Field, limit: usize) -> Result<Vec<u8>> {
    let mut content = buffer()?;
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|_| Error::InvalidForm)?;
        if content.len() + chunk.len() > limit {
            return Err(Error::PayloadTooLarge { limit });
        }
        content.extend_from_slice(&chunk);
    }
    Ok(content)
}

/// A part that is no file; nothing where it is too long to be a text of ours.
async fn text(part: &mut Field) -> Result<Option<String>> {
    let mut content = Vec::new();
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|_| Error::InvalidForm)?;
        if content.len() <= LONGEST_TEXT {
            content.extend_from_slice(&chunk);
        }
    }
    Ok((content.len() <= LONGEST_TEXT).then(|| String::from_utf8_lossy(&content).into_owned()))
}
