//! What a connection is doing, shared by the connection and the requests on it.
//!
//! Which timeout runs on a connection depends on what its request is doing, and only the handlers
//! know that. So they set the phase, and a guard sets it back when they have finished:
//!
//! ```text
//! New ── request ──▶ Handling ◀── body ──▶ ReadingBody
//!                     │    ▲
//!              answer ▼    │ request
//!               Answering ──▶ Idle
//! ```

use std::cell::Cell;
use std::rc::Rc;

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// No request has come. The framework times its head.
    #[default]
    New,
    /// A request is being handled, or its answer streamed.
    Handling,
    /// A handler reads the body of its request, and times that.
    ReadingBody,
    /// A handler has answered, and the answer is on its way to the system.
    Answering,
    /// The last request is answered, and the connection waits for the next.
    Idle,
}

/// The phase of one connection. All parts of a connection run on one thread.
#[derive(Clone, Default)]
pub(super) struct SharedPhase {
    current: Rc<Cell<Phase>>,
    requests: Rc<Cell<u64>>,
}

impl SharedPhase {
    pub(super) fn get(&self) -> Phase {
        self.current.get()
    }

    /// How many requests have come.
    pub(super) fn requests(&self) -> u64 {
        self.requests.get()
    }

    /// Counts a request, which is handled until the guard is dropped.
    pub(super) fn handle(&self) -> PhaseGuard {
        self.requests.set(self.requests.get() + 1);
        self.enter(Phase::Handling, Phase::Answering)
    }

    /// Notes that the system has taken all that was answered.
    pub(super) fn flushed(&self) {
        if self.get() == Phase::Answering {
            self.current.set(Phase::Idle);
        }
    }

    /// Reads the body of a request until the guard is dropped.
    pub(super) fn read_body(&self) -> PhaseGuard {
        self.enter(Phase::ReadingBody, Phase::Handling)
    }

    fn enter(&self, phase: Phase, next: Phase) -> PhaseGuard {
        self.current.set(phase);
        PhaseGuard { phase: self.clone(), next }
    }
}

/// Ends a phase when it is dropped.
pub(super) struct PhaseGuard {
    phase: SharedPhase,
    next: Phase,
}

impl Drop for PhaseGuard {
    fn drop(&mut self) {
        self.phase.current.set(self.next);
    }
}
