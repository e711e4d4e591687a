//! One client's connection: it gives back what it holds where the client lets it wait.
//!
//! The framework times the first head of a connection and its pauses. What it leaves open ended is
//! timed here: later heads, bodies that nobody reads, and answers that the client does not take.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::slots::{Slot, Slots};

/// How much a client must read within [`Timeouts::write`], in bytes, where an answer has more:
/// slow clients get a large picture, and one that reads a byte at a time does not hold a connection.
const PART: usize = 64 * 1024;

/// How long a client may keep a connection waiting.
#[derive(Clone, Copy)]
pub(super) struct Timeouts {
    /// For the head of a request, from its first byte.
    pub head: Duration,
    /// To read the rest of an answer, or [`PART`] of it, once the socket buffer is full.
    pub write: Duration,
    /// Until the next request on the connection begins.
    pub idle: Duration,
}

/// Whose turn it is, as a connection and the requests on it tell each other.
#[derive(Clone, Default)]
pub(super) struct Turn {
    whose: Rc<Cell<Whose>>,
    /// How many requests there have been.
    requests: Rc<Cell<u64>>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Whose {
    /// The client's, for the first time.
    #[default]
    New,
    /// The server's: a request is under way.
    Server,
    /// Both: its body is being read.
    Body,
    /// The client's again: the next request must come, or the end.
    Client,
}

impl Turn {
    /// Takes the turn for the server until the guard is dropped.
    pub(super) fn take(&self) -> Taken {
        self.requests.set(self.requests.get() + 1);
        self.set(Whose::Server, Whose::Client)
    }

    /// Lets the client send a body until the guard is dropped.
    pub(super) fn share(&self) -> Taken {
        self.set(Whose::Body, Whose::Server)
    }

    fn set(&self, now: Whose, then: Whose) -> Taken {
        self.whose.set(now);
        Taken(self.clone(), then)
    }
}

/// A turn that passes on at its end.
pub(super) struct Taken(Turn, Whose);

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.whose.set(self.1);
    }
}

/// A stream whose client may take no longer than it should.
pub(super) struct Connection<S> {
    stream: S,
    pub turn: Turn,
    /// What the client sent when it was not its turn: that much shows that it is still there.
    ahead: Option<u8>,
    /// After which request the client's turn is timed.
    timed: u64,
    timeouts: Timeouts,
    /// The wait for the next request, while it is the client's turn.
    next: Option<Wait>,
    /// When the answer must have been taken, while the system keeps no more of it.
    taken: Option<Pin<Box<Sleep>>>,
    /// How many bytes were taken since that time began.
    progress: usize,
    _slot: Slot,
}

/// The wait for the client's next request, and the timer that ends it.
struct Wait {
    timer: Pin<Box<Sleep>>,
    received: Received,
}

/// What has come of the request that is waited for.
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
    pub(super) fn new(stream: S, timeouts: Timeouts, slots: &Arc<Slots>) -> Self {
        Self {
            stream,
            turn: Turn::default(),
            ahead: None,
            timed: 0,
            timeouts,
            next: None,
            taken: None,
            progress: 0,
            _slot: slots.take(),
        }
    }

    /// Whether what the client sends is of use now. The framework would spin where it has read
    /// further requests and may not yet answer them.
    fn may_read(&self) -> bool {
        self.taken.is_none() && self.turn.whose.get() != Whose::Server
    }

    /// Whether the client has let its turn pass; where it may yet, the task is woken when it has.
    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        // It begins once the client has taken the answer before.
        if self.turn.whose.get() == Whose::Client && self.taken.is_none() {
            // Each request begins a turn anew, also one that was answered before anybody looked.
            if self.turn.requests.get() != self.timed {
                (self.timed, self.next) = (self.turn.requests.get(), None);
            }
            let idle = self.timeouts.idle;
            let next = self.next.get_or_insert_with(|| Wait {
                timer: Box::pin(sleep(idle)),
                received: Received::Nothing,
            });
            next.timer.as_mut().poll(context).is_ready()
        } else {
            self.next = None;
            false
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_late(context) {
            // As if the client had hung up.
            return Poll::Ready(Ok(()));
        }
        if !self.may_read() {
            return self.watch(context);
        }
        if let Some(byte) = self.ahead.take() {
            buffer.put_slice(&[byte]);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if let Some(next) = &mut self.next
            && next.received == Received::Nothing
            && buffer.filled().len() > before
        {
            next.received = Received::FirstBytes;
        }
        read
    }
}

impl<S> Connection<S> {
    /// Starts the timeout of heads where a read has brought the beginning of one, and not all.
    fn time_head(&mut self, context: &mut Context<'_>) {
        if let Some(next) = &mut self.next
            && next.received == Received::FirstBytes
        {
            next.received = Received::PartOfHead;
            next.timer.set(sleep(self.timeouts.head));
            // So that the task is woken.
            let _ = next.timer.as_mut().poll(context);
        }
    }
}

impl<S: AsyncRead + Unpin> Connection<S> {
    /// Ends as a read at the end does, where the client has hung up.
    fn watch(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.ahead.is_none() {
            let mut byte = [0];
            let mut buffer = ReadBuf::new(&mut byte);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer))?;
            self.ahead = buffer.filled().first().copied();
            if self.ahead.is_none() {
                return Poll::Ready(Ok(()));
            }
        }
        Poll::Pending
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        match written {
            Poll::Pending => {
                let write = self.timeouts.write;
                let timer = self.taken.get_or_insert_with(|| Box::pin(sleep(write)));
                if timer.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                }
            }
            Poll::Ready(Ok(count)) if self.taken.is_some() => {
                self.progress += count;
                if self.progress >= PART {
                    self.progress = 0;
                    self.taken = Some(Box::pin(sleep(self.timeouts.write)));
                }
            }
            Poll::Ready(_) => (),
        }
        written
    }

    /// Comes after every answer, once the system has the whole of it.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        (self.taken, self.progress) = (None, 0);
        // The next read finds out; until then, the task must know when to try.
        self.is_late(context);
        self.time_head(context);
        if self.ahead.is_some() && self.may_read() {
            context.waker().wake_by_ref();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
