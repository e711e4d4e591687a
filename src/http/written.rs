//! Answers that are written while their client reads them, so that a long one takes no memory.

use std::io::{self, ErrorKind, Write};
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::web::{Bytes, block};
use futures_util::{Stream, stream};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::bridge::TransferPermit;
use super::phase::SharedPhase;
use crate::domain::App;
use crate::error::{Error, Result};

/// How much is written at once, in bytes.
const PART: usize = 64 * 1024;

/// What an answer is written to. A client that has gone is an error.
pub(super) struct Answer {
    part: Vec<u8>,
    parts: Sender<Result<Bytes>>,
}

impl Answer {
    fn send(&mut self) -> io::Result<()> {
        let part = std::mem::replace(&mut self.part, Vec::with_capacity(PART));
        let sent = self.parts.blocking_send(Ok(part.into()));
        sent.map_err(|_| ErrorKind::BrokenPipe.into())
    }
}

impl Write for Answer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.part.len() >= PART {
            self.send()?;
        }
        self.part.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.part.is_empty() { Ok(()) } else { self.send() }
    }
}

/// The body of an answer that `write` writes, on a thread of its own while it has the permit. Where
/// that fails, the body ends early, which the client can tell.
pub(super) fn body(
    request: &HttpRequest,
    app: Arc<App>,
    permit: TransferPermit,
    write: impl FnOnce(&App, &mut Answer) -> Result<()> + Send + 'static,
) -> impl Stream<Item = Result<Bytes>> + 'static {
    let (parts, read) = channel(1);
    drop(block(move || {
        let _permit = permit;
        let mut answer = Answer { part: Vec::with_capacity(PART), parts };
        if let Err(error) = write(&app, &mut answer) {
            tracing::warn!(%error, "an answer is not whole");
            // The client may be gone as well.
            drop(answer.parts.blocking_send(Err(error)));
        }
    }));
    let phase = request.conn_data::<SharedPhase>().cloned();
    // The timeout for the next request starts when all has been sent.
    let handling = phase.as_ref().map(SharedPhase::handle);
    stream::unfold((read, handling), |(mut read, handling): (Receiver<_>, _)| async move {
        let part = read.recv().await?;
        Some((part, (read, handling)))
    })
}

/// The error of an answer that could not be written.
pub(super) fn not_written(error: impl Into<io::Error>) -> Error {
    Error::internal("write the answer", error.into())
}
