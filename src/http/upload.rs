//! Uploads: a file in the part `file` of a form (RFC 7578), or as the whole body.

use std::cell::Cell;
use std::collections::HashMap;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, ready};
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
use super::bridge::{Bridge, TransferPermit};
use super::envelope::Failure;
use super::extract::authenticated_change;
use crate::domain::accounts::UserId;
use crate::domain::pictures::NewFile;
use crate::domain::principal::Principal;
use crate::error::{Error, Result};

/// How much of an upload must come within `limits.stall_timeout`, in bytes, so that a client that
/// stops sending does not keep its memory.
const STALL_PROGRESS: usize = 64 * 1024;
/// How much a form may have besides the file, in bytes.
const FORM_OVERHEAD: usize = 64 * 1024;
const MAX_PARTS: usize = 128;
/// The longest name of a part, in bytes.
const MAX_NAME: usize = 1024;
/// The longest text part that is kept, in bytes.
const MAX_TEXT: usize = 4 * 1024;
/// The capacity that is reserved for a file, in bytes. It is more than any file has, so that the
/// buffer never grows, which would copy it. It is also more than 32 MiB: glibc maps such a block by
/// itself, so that it goes back to the system as soon as it is freed. Pages that are not written
/// take no memory.
const BUFFER_SIZE: usize = 33 << 20;
/// The header in which a client announces the SHA-256 of its file.
const HASH_HEADER: &str = "x-file-hash";

/// A file that a user uploads.
pub(super) struct Upload {
    pub principal: Principal,
    pub file: NewFile,
    /// Must be kept until the file is stored.
    pub permit: TransferPermit,
}

impl FromRequest for Upload {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let checked = authenticated_change(request)
            .and_then(|principal| Ok((principal, announced_hash(request.headers())?)));
        let (principal, sha256) = match checked {
            Ok(checked) => checked,
            Err(error) => return Box::pin(async { Err(error.into()) }),
        };
        let is_form = is_form(request.headers());
        let body = read(request, payload, principal.user.id, is_form);
        Box::pin(async move {
            let ReceivedForm { form, permit } = body.await?;
            let content = form.file.ok_or(Error::FileMissing)?;
            Ok(Self { principal, file: NewFile { content, sha256 }, permit })
        })
    }
}

/// A form with at most one file.
#[derive(Default)]
pub(super) struct FileForm {
    pub texts: HashMap<String, String>,
    pub file: Option<Vec<u8>>,
}

/// A form that is in memory, and the permit for that.
pub(super) struct ReceivedForm {
    pub form: FileForm,
    pub permit: TransferPermit,
}

/// Waits for a permit, and reads an upload into memory.
pub(super) fn read(
    request: &HttpRequest,
    payload: &mut Payload,
    user: UserId,
    is_form: bool,
) -> impl Future<Output = Result<ReceivedForm>> + use<> {
    let headers = with_one_type(request.headers());
    let bridge = Bridge::of(request).cloned();
    let limit =
        bridge.as_ref().map_or(0, |bridge| bridge.config().limits.picture_bytes.get() as usize);
    let body_limit = if is_form { limit + FORM_OVERHEAD } else { limit };
    let length = declared_length(request);
    let payload = payload.take();
    let request = request.clone();
    async move {
        if !is_plain(&request) {
            return Err(COMPRESSED);
        }
        // The limit is that of the file, and not of the form around it.
        if length.is_some_and(|length| length > body_limit) {
            return Err(Error::PayloadTooLarge { limit });
        }
        let bridge = bridge?;
        let limits = &bridge.config().limits;
        let allowance = Allowance { limit: body_limit, timeout: limits.upload_timeout.into() };
        let stall = limits.stall_timeout.into();
        let permit = bridge.upload(user, length).await?;
        let mut payload = payload;
        let form = receive(&request, &mut payload, allowance, |payload| async move {
            let cut = Rc::default();
            let body = bounded(payload, body_limit, stall, Rc::clone(&cut));
            let form = if is_form {
                read_form(&headers, body, limit).await
            } else {
                read_file_body(body).await
            };
            match cut.get() {
                None => form,
                Some(Cut::TooLarge) => Err(Error::PayloadTooLarge { limit }),
                Some(Cut::TooSlow) => Err(Error::TooSlow),
            }
        });
        Ok(ReceivedForm { form: form.await?, permit })
    }
}

/// Whether a request is a form, with a boundary between its parts.
fn is_form(headers: &HeaderMap) -> bool {
    let header = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("")
        .to_ascii_lowercase();
    header.trim_start().starts_with("multipart/") && header.contains("boundary=")
}

/// The headers, with a content type that is there twice reduced to one: browsers join two headers
/// of one name by a comma.
fn with_one_type(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    let joined = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let twice = joined
        .and_then(|text| text.split_once(','))
        .filter(|(first, second)| first.trim() == second.trim());
    if let Some(once) = twice.and_then(|(first, _)| first.trim().parse().ok()) {
        headers.insert(CONTENT_TYPE, once);
    }
    headers
}

/// The SHA-256 that a client announces for its file.
fn announced_hash(headers: &HeaderMap) -> Result<Option<[u8; 32]>> {
    let mut hashes =
        headers.get_all(HASH_HEADER).map(|value| value.to_str().ok().and_then(super::hex::sha256));
    let Some(first) = hashes.next() else { return Ok(None) };
    let hash = first.filter(|_| hashes.all(|other| other == first));
    hash.map(Some).ok_or(Error::invalid(HASH_HEADER, "must be the SHA-256 of the file in hex"))
}

/// Why a body was cut off.
#[derive(Clone, Copy)]
pub(super) enum Cut {
    TooLarge,
    TooSlow,
}

/// Lets the chunks of a body through, up to `limit` bytes in all, as long as [`STALL_PROGRESS`]
/// bytes come within `stall` each time. Otherwise it sets `cut`: the reader of forms reports its
/// own error in that case.
pub(super) fn bounded(
    body: impl Stream<Item = Result<Bytes, PayloadError>> + 'static,
    limit: usize,
    stall: Duration,
    cut: Rc<Cell<Option<Cut>>>,
) -> impl Stream<Item = Result<Bytes, PayloadError>> + 'static {
    let mut left = limit;
    let mut stall_timer = Box::pin(sleep(stall));
    let mut received = 0;
    let mut body = Box::pin(body);
    stream::poll_fn(move |context| {
        let Poll::Ready(chunk) = body.as_mut().poll_next(context) else {
            ready!(stall_timer.as_mut().poll(context));
            cut.set(Some(Cut::TooSlow));
            return Poll::Ready(Some(Err(PayloadError::Incomplete(None))));
        };
        let Some(Ok(chunk)) = chunk else { return Poll::Ready(chunk) };
        if chunk.len() > left {
            cut.set(Some(Cut::TooLarge));
            return Poll::Ready(Some(Err(PayloadError::Overflow)));
        }
        left -= chunk.len();
        received += chunk.len();
        if received >= STALL_PROGRESS {
            stall_timer = Box::pin(sleep(stall));
            received = 0;
        }
        Poll::Ready(Some(Ok(chunk)))
    })
}

/// The memory for one file.
fn buffer() -> Result<Vec<u8>> {
    let mut content = Vec::new();
    content
        .try_reserve_exact(BUFFER_SIZE)
        .map_err(|error| Error::internal("read a file", error))?;
    Ok(content)
}

/// Reads a body that is the file.
async fn read_file_body(body: impl Stream<Item = Result<Bytes, PayloadError>>) -> Result<FileForm> {
    let mut content = buffer()?;
    let mut body = std::pin::pin!(body);
    while let Some(chunk) = body.next().await {
        content.extend_from_slice(&chunk.map_err(|_| Error::InvalidRequest)?);
    }
    Ok(FileForm { texts: HashMap::new(), file: Some(content) })
}

/// Reads the parts of a form: the one that is called `file`, and short texts.
async fn read_form(
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
        let name =
            part.name().filter(|name| name.len() <= MAX_NAME).ok_or(Error::InvalidForm)?.to_owned();
        if count > MAX_PARTS {
            return Err(Error::InvalidForm);
        }
        if name == "file" {
            if form.file.is_some() {
                return Err(Error::InvalidForm);
            }
            form.file = Some(read_file_part(&mut part, limit).await?);
        } else if let Some(text) = read_text_part(&mut part).await? {
            form.texts.insert(name, text);
        }
    }
    Ok(form)
}

async fn read_file_part(part: &mut Field, limit: usize) -> Result<Vec<u8>> {
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

/// Reads a part that is a text; `None` where it is longer than any text that is expected.
async fn read_text_part(part: &mut Field) -> Result<Option<String>> {
    let mut content = Vec::new();
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|_| Error::InvalidForm)?;
        if content.len() <= MAX_TEXT {
            content.extend_from_slice(&chunk);
        }
    }
    Ok((content.len() <= MAX_TEXT).then(|| String::from_utf8_lossy(&content).into_owned()))
}
