//! One client's connection, with the timeouts that the framework does not have.
//!
//! actix-http times the head of the first request on a connection, and the pause before each later
//! one. A client could still hold a connection for good: by sending a later head or an unwanted
//! body a byte at a time, or by not reading an answer. [`Connection`] wraps the stream and ends it
//! then: a read past its timeout looks as if the client had hung up, and a write past it fails.
//! Bodies that a handler reads are timed where they are read, in `body.rs`.
//!
//! While a request is handled, the client has nothing to say, but its hanging up must be noticed,
//! so that its login leaves the queue for hashes. Reading on would not do: the framework
//! spins where it has read further requests that it may not answer yet. So one byte is read and
//! kept.

use std::io::{self, Cursor};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::web::Buf;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::current::PerWorker;
use super::phase::{Phase, SharedPhase};
use super::slots::{Slot, Slots};
use crate::config::Limits;

/// How much a client must read within [`Timeouts::write`], in bytes, where an answer has more: slow
/// clients get a large picture, and one that reads a byte at a time does not hold a connection.
const WRITE_PROGRESS: usize = 64 * 1024;

/// How long a client may keep a connection waiting.
#[derive(Clone, Copy)]
pub(super) struct Timeouts {
    /// For the head of a request, from its first byte.
    pub head: Duration,
    /// To read the rest of an answer, or [`WRITE_PROGRESS`] of it, once the socket buffer is full.
    pub write: Duration,
    /// Until the next request on the connection begins.
    pub idle: Duration,
}

impl Timeouts {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            head: limits.head_timeout.into(),
            write: limits.write_timeout.into(),
            idle: limits.idle_timeout.into(),
        }
    }
}

/// A stream whose client may not keep it waiting for longer than its timeouts.
pub(super) struct Connection<S> {
    stream: S,
    pub phase: SharedPhase,
    timeouts: Timeouts,
    /// One byte that was read while a request was handled, to notice a disconnect.
    peeked: Option<u8>,
    /// The wait for the next request, in [`Phase::Idle`].
    wait: Option<Wait>,
    /// How many requests had come when that wait began. A request that is answered at once leads
    /// from one wait to the next before the connection is polled in between.
    waiting_since: u64,
    /// Runs while the socket buffer is full.
    write_timer: Option<Pin<Box<Sleep>>>,
    /// How many bytes the client has read since that timer began.
    written: usize,
    worker: Rc<PerWorker>,
    /// A page in the place of an empty answer of the framework, and how much of it is written.
    page: Option<Cursor<Vec<u8>>>,
    _slot: Slot,
}

/// The wait for the client's next request, and the timer that ends it.
struct Wait {
    timer: Pin<Box<Sleep>>,
    received: Received,
}

/// How much of the next request has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Received {
    /// Nothing: the idle timeout runs.
    Nothing,
    /// The first bytes. Most heads are complete with these, so the timer is still the old one.
    FirstBytes,
    /// A part of the head: the timeout of heads runs.
    PartOfHead,
}

impl<S> Connection<S> {
    pub(super) fn new(
        stream: S,
        timeouts: Timeouts,
        slots: &Arc<Slots>,
        worker: &Rc<PerWorker>,
    ) -> Self {
        Self {
            stream,
            phase: SharedPhase::default(),
            timeouts,
            peeked: None,
            wait: None,
            waiting_since: 0,
            write_timer: None,
            written: 0,
            worker: Rc::clone(worker),
            page: None,
            _slot: slots.take(),
        }
    }

    /// Whether the framework has a use for what the client sends now.
    fn wants_input(&self) -> bool {
        self.write_timer.is_none() && self.phase.get() != Phase::Handling
    }

    /// Whether the wait for the next request has taken too long. Where it has not yet, the task is
    /// woken when it has.
    fn is_past_timeout(&mut self, context: &mut Context<'_>) -> bool {
        // The client may still be reading the last answer.
        if self.phase.get() != Phase::Idle || self.write_timer.is_some() {
            self.wait = None;
            return false;
        }
        if self.phase.requests() != self.waiting_since {
            self.waiting_since = self.phase.requests();
            self.wait = None;
        }
        let idle = self.timeouts.idle;
        let wait = self.wait.get_or_insert_with(|| Wait {
            timer: Box::pin(sleep(idle)),
            received: Received::Nothing,
        });
        wait.timer.as_mut().poll(context).is_ready()
    }

    /// Starts the timeout of heads where a read has brought the beginning of one, and not all.
    fn time_head(&mut self, context: &mut Context<'_>) {
        if let Some(wait) = &mut self.wait
            && wait.received == Received::FirstBytes
        {
            wait.received = Received::PartOfHead;
            wait.timer.set(sleep(self.timeouts.head));
            // A timer wakes the task only after it was polled. It cannot have ended yet.
            let _ = wait.timer.as_mut().poll(context);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_past_timeout(context) {
            // A read of no bytes is the end of the stream.
            return Poll::Ready(Ok(()));
        }
        if !self.wants_input() {
            return self.watch_for_disconnect(context);
        }
        if let Some(byte) = self.peeked.take() {
            buffer.put_slice(&[byte]);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if let Some(wait) = &mut self.wait
            && wait.received == Received::Nothing
            && buffer.filled().len() > before
        {
            wait.received = Received::FirstBytes;
        }
        read
    }
}

impl<S: AsyncRead + Unpin> Connection<S> {
    /// Completes where the client has hung up, as a read at the end of the stream does.
    fn watch_for_disconnect(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.peeked.is_none() {
            let mut byte = [0];
            let mut buffer = ReadBuf::new(&mut byte);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer))?;
            self.peeked = buffer.filled().first().copied();
            if self.peeked.is_none() {
                return Poll::Ready(Ok(()));
            }
        }
        Poll::Pending
    }
}

impl<S: AsyncWrite + Unpin> Connection<S> {
    /// Writes a part of an answer. What the framework answers by itself, to a head that it cannot
    /// read, is empty: a page takes its place.
    fn write_answer(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let is_of_framework = matches!(self.phase.get(), Phase::New | Phase::Idle);
        if is_of_framework && self.page.is_none() {
            self.page = self.worker.head_page(bytes).map(Cursor::new);
        }
        let Some(page) = &mut self.page else {
            return Pin::new(&mut self.stream).poll_write(context, bytes);
        };
        while page.has_remaining() {
            match ready!(Pin::new(&mut self.stream).poll_write(context, page.chunk()))? {
                0 => return Poll::Ready(Ok(0)),
                count => page.advance(count),
            }
        }
        self.page = None;
        Poll::Ready(Ok(bytes.len()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let timeout = self.timeouts.write;
        let result = self.write_answer(context, bytes);
        match result {
            Poll::Pending => {
                let timer = self.write_timer.get_or_insert_with(|| Box::pin(sleep(timeout)));
                if timer.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                }
            }
            Poll::Ready(Ok(count)) if self.write_timer.is_some() => {
                self.written += count;
                if self.written >= WRITE_PROGRESS {
                    self.written = 0;
                    self.write_timer = Some(Box::pin(sleep(timeout)));
                }
            }
            Poll::Ready(_) => (),
        }
        result
    }

    /// The framework flushes after each of its steps, and completes this once the system has taken
    /// the whole answer.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        self.write_timer = None;
        self.written = 0;
        self.phase.flushed();
        // Only a read may end the connection, but the timers must be polled to wake the task.
        self.is_past_timeout(context);
        self.time_head(context);
        if self.peeked.is_some() && self.wants_input() {
            context.waker().wake_by_ref();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
