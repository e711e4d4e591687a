//! Uploads: a file in the part `file` of a form (RFC 7578), or as the whole body.

use std::cell::Cell;
use std::collections::HashMap;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use futures_util::{Stream, StreamExt};

use super::body::receive;
use super::bridge::Held;
use super::envelope::Failure;
use super::extract::{authenticated_change, bridge};
use crate::domain::pictures::NewFile;
use crate::domain::sessions::Principal;
use crate::error::{Error, Result};

/// How long an upload may take: a few MiB by a slow line.
const PATIENCE: Duration = Duration::from_secs(90);
/// What stands around the file in a form, in bytes.
const AROUND: usize = 64 * 1024;
const MOST_PARTS: usize = 32;
const LONGEST_NAME: usize = 256;
/// The longest part beside the file that is kept, in bytes.
const LONGEST_TEXT: usize = 4 * 1024;
/// How much is reserved for a file, in bytes: more than any file, and more than 32 MiB, which glibc always maps apart.
const RESERVED: usize = 33 << 20;
/// The header in which a client says what it means to send.
const HASH: &str = "x-file-hash";

/// A file that somebody uploads.
pub(super) struct Upload {
    pub principal: Principal,
    pub file: NewFile,
    /// Kept until the file is stored.
    pub held: Held,
}

impl FromRequest for Upload {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let known = (|| Ok::<_, Error>((authenticated_change(request)?, hash(request.headers())?)))();
        let is_form = is_form(request.headers());
        let body = read(request, payload, is_form);
        Box::pin(async move {
            let (principal, sha256) = known?;
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
    is_form: bool,
) -> impl Future<Output = Result<(FileForm, Held)>> + use<> {
    let headers = request.headers().clone();
    let bridge = bridge(request).cloned();
    let limit = bridge.as_ref().map_or(0, |bridge| bridge.config().limits.picture_bytes.get() as usize);
    let most = if is_form { limit + AROUND } else { limit };
    let payload = payload.take();
    let request = request.clone();
    async move {
        let held = bridge?.upload().await?;
        let mut payload = payload;
        let form = receive(&request, &mut payload, (most, PATIENCE), |payload| async move {
            let is_over = Rc::new(Cell::new(false));
            let body = bounded(payload, most, Rc::clone(&is_over));
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
    let header = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("").to_ascii_lowercase();
    header.trim_start().starts_with("multipart/") && header.contains("boundary=")
}

/// The SHA-256 that a client announces.
fn hash(headers: &HeaderMap) -> Result<Option<[u8; 32]>> {
    let Some(value) = headers.get(HASH) else { return Ok(None) };
    let hash = value.to_str().ok().and_then(super::hex::sha256);
    hash.map(Some).ok_or(Error::invalid(HASH, "must be the SHA-256 of the file in hex"))
}

/// The chunks of a body, up to so many bytes.
fn bounded(
    body: impl Stream<Item = Result<Bytes, PayloadError>> + 'static,
    most: usize,
    is_over: Rc<Cell<bool>>,
) -> impl Stream<Item = Result<Bytes, PayloadError>> + 'static {
    let mut left = most;
    body.map(move |chunk| {
        let chunk = chunk?;
        is_over.set(chunk.len() > left);
        left = left.checked_sub(chunk.len()).ok_or(PayloadError::Overflow)?;
        Ok(chunk)
    })
}

/// Where a file is collected. It never grows, and goes back to the system as soon as it is stored: what is not written
/// takes no memory.
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
        let name = part.name().filter(|name| name.len() <= LONGEST_NAME).ok_or(Error::InvalidForm)?.to_owned();
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
