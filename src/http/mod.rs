//! Floor 3: the API and the pages over HTTP. Async ends here.
//!
//! The way of a request: `listener` accepts its connection, `connection` and `framing` guard that,
//! `server` puts the layers together, and `routes` finds the handler. Extractors (`extract`,
//! `body`, `query`, `upload`) read what the handler needs, and `bridge` takes it to the domain. The
//! answer goes back as a `Reply` or a `Failure` in the envelope of the API (`envelope`, in the
//! dialect of the client), or as a page (`pages`). There is one file of handlers for each
//! capability.

mod account;
pub mod auth;
mod body;
pub mod bridge;
mod caching;
mod clock;
mod code_by_mail;
mod connection;
mod cookie;
mod cors;
mod current;
mod dialect;
mod discard;
mod discovery;
mod email;
mod empty_lists;
mod endpoint;
mod envelope;
mod extract;
mod factors;
mod first_answer;
mod forwarded;
mod framing;
#[cfg(fuzzing)]
pub mod fuzzing;
mod health;
mod hex;
mod hop;
mod lane;
mod language;
mod layer;
mod listener;
mod log_limit;
mod metrics;
mod object;
pub(crate) mod openapi;
mod origin;
mod pages;
mod passkeys;
mod phase;
mod pictures;
mod prefix;
mod profile;
mod query;
mod ready;
mod registration;
mod relays;
mod reply;
mod request_log;
mod request_parts;
mod reuse;
mod routes;
mod server;
mod service_manager;
mod sessions;
mod slots;
mod upload;
mod users;
mod verification;
mod written;

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use actix_web::rt::{self, SystemRunner};
use actix_web::web::Data;
use futures_util::future::{Either, select};
use futures_util::poll;
use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::domain::{App, Running};
use bridge::Bridge;
use current::{Current, Shared};
use discovery::OpenApi;
pub use listener::Listener;
use metrics::Metrics;
pub use pages::Theme;
use ready::Ready;
use service_manager::notify;

/// How long connections that were accepted before the server stops have to send a first request.
/// The framework drops those that have sent none.
const FIRST_REQUEST_GRACE: Duration = Duration::from_millis(250);

/// The thread of the server that waits for signals. It is made first, since a server that is still
/// starting must not be ended by SIGHUP, either.
pub struct Runtime {
    system: SystemRunner,
    hangups: Signal,
}

/// What a server needs to begin.
pub struct Start {
    /// The instance.
    pub running: Arc<Running>,
    /// What the pages wear.
    pub theme: Theme,
    /// Where connections come from.
    pub listener: Listener,
    /// Where those come from that ask for the metrics.
    pub metrics: Option<Listener>,
}

impl Runtime {
    /// Prepares the thread. From now on, SIGHUP does not end the process.
    ///
    /// # Errors
    /// The handler of the signal cannot be set up.
    pub fn new() -> io::Result<Self> {
        let system = rt::System::new();
        let hangups = system.block_on(async { signal(SignalKind::hangup()) })?;
        Ok(Self { system, hangups })
    }

    /// Serves until SIGTERM or SIGINT, then finishes the requests and mails in flight within
    /// `limits.shutdown_grace`; a second signal ends it at once. Calls `ready` once connections are
    /// accepted, and then tells the service manager, where there is one. Calls `reload` for each
    /// SIGHUP: later requests see the instance and the theme that it returns.
    ///
    /// # Errors
    /// The workers or the signal handlers cannot be set up, or what `ready` returns.
    pub fn serve<E: From<io::Error>>(
        self,
        start: Start,
        reload: impl FnMut() -> Option<(Arc<App>, Theme)>,
        ready: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        let Self { system, hangups } = self;
        system.block_on(async {
            let app = start.running.app();
            let probes = Data::<Ready>::default();
            let current = Current::new(Shared {
                bridge: Data::new(Bridge::new(Arc::clone(&app))),
                documents: Data::new(OpenApi::new(openapi::document_of)),
                theme: Data::new(start.theme),
                sendings: Data::default(),
                ready: probes.clone(),
            });
            let mut work = pin!(work(&app, &current, start.listener)?);
            let metrics =
                start.metrics.map(|listener| metrics::prepare(listener, &start.running, probes));
            let metrics = metrics.transpose()?;
            let _socket_file = metrics.map(|Metrics { server, socket_file }| {
                rt::spawn(server);
                socket_file
            });
            let second_signal = pin!(signals(2)?);
            // The workers start when the server is polled first, and that can fail. So it is polled
            // before `ready` announces that it serves.
            if let Poll::Ready(ended) = poll!(work.as_mut()) {
                return ended.map_err(E::from);
            }
            ready()?;
            notify(NotifyState::Ready);
            rt::spawn(current.watchdog.clone().run());
            let reloads = pin!(reload_at(hangups, &current, reload));
            match select(second_signal, select(work, reloads)).await {
                Either::Left(((), _)) => app.abandon_mail(),
                Either::Right((Either::Left((ended, _)), _)) => ended?,
                Either::Right((Either::Right((never, _)), _)) => match never {},
            }
            Ok(())
        })
    }
}

/// Serves until the first signal to stop, and finishes what is in flight.
fn work(
    app: &Arc<App>,
    current: &Arc<Current>,
    listener: Listener,
) -> io::Result<impl Future<Output = io::Result<()>>> {
    let grace = app.config.limits.shutdown_grace.seconds();
    let is_handed_over = listener.is_handed_over();
    let (server, socket_file) = server::listen(listener, Arc::clone(current))?;
    let server = server.shutdown_timeout(grace).disable_signals().run();
    let first_signal = signals(1)?;
    let handle = server.handle();
    let stop = async move {
        first_signal.await;
        notify(NotifyState::Stopping);
        if is_handed_over {
            // What comes now waits for the next server.
            handle.pause().await;
            sleep(FIRST_REQUEST_GRACE).await;
        }
        handle.stop(true).await;
    };
    let last = Arc::clone(app);
    let current = Arc::clone(current);
    Ok(async move {
        let _socket_file = socket_file;
        let ended = match select(server, pin!(stop)).await {
            Either::Left((ended, _)) => ended,
            Either::Right(((), server)) => server.await,
        };
        workers_end(&current).await;
        finish_mail(last).await;
        ended
    })
}

/// Lets later requests see what `reload` returns, for each SIGHUP.
async fn reload_at(
    mut hangups: Signal,
    current: &Current,
    mut reload: impl FnMut() -> Option<(Arc<App>, Theme)>,
) -> Infallible {
    loop {
        if hangups.recv().await.is_none() {
            // The system sends no more of them.
            pending::<()>().await;
        }
        if let Some((app, theme)) = reload() {
            current.reload(app, theme);
        }
    }
}

/// Waits until the workers hold the database no more: the caller closes it next, and that writes
/// its log back. The framework waits until they have stopped, but not until their threads have
/// ended.
async fn workers_end(current: &Arc<Current>) {
    for _ in 0..200 {
        // The caller and the future that serves have one each.
        if Arc::strong_count(current) == 2 {
            return;
        }
        sleep(Duration::from_millis(5)).await;
    }
    tracing::warn!("a worker has not ended");
}

/// Waits for the mails that are being sent: they are in flight, too. The wait blocks, so that it
/// takes a thread of its own.
async fn finish_mail(app: Arc<App>) {
    let (sender, finished) = oneshot::channel::<()>();
    thread::spawn(move || {
        app.finish_mail();
        // The caller closes the database next, and must hold the last reference to it.
        drop(app);
        drop(sender);
    });
    // The thread sends nothing: the channel closes when it has ended, which reads as an error.
    drop(finished.await);
}

/// Completes once SIGTERM and SIGINT together have come `count` times.
fn signals(count: usize) -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        for _ in 0..count {
            select(pin!(terminate.recv()), pin!(interrupt.recv())).await;
        }
    })
}
