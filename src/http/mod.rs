//! Floor 3: the API and the pages over HTTP. Async ends here.

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
mod dialect;
mod discovery;
mod email;
mod empty_lists;
mod envelope;
mod extract;
mod factors;
mod forwarded;
mod framing;
#[cfg(fuzzing)]
pub mod fuzzing;
mod health;
mod hex;
mod language;
mod layer;
mod listener;
mod log_limit;
mod object;
pub mod openapi;
mod origin;
mod pages;
mod pictures;
mod profile;
mod query;
mod relays;
mod reply;
mod request_log;
mod request_parts;
mod routes;
mod server;
mod sessions;
mod slots;
mod upload;
mod users;
mod verification;

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::thread;

use actix_web::rt;
use actix_web::web::Data;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::domain;
use bridge::Bridge;
use discovery::OpenApi;
pub use listener::Listener;
pub use pages::Theme;

/// Serves on `listener` until SIGTERM or SIGINT, then finishes what is in flight within the
/// configured grace; a second signal ends it at once. Calls `ready` once connections are accepted.
///
/// # Errors
/// The workers or the signal handlers cannot be set up, or what `ready` returns.
pub fn serve<E: From<io::Error>>(
    app: &Arc<domain::App>,
    theme: Theme,
    listener: Listener,
    ready: impl FnOnce() -> Result<(), E>,
) -> Result<(), E> {
    rt::System::new().block_on(async {
        let grace = app.config.limits.shutdown_grace.seconds();
        let bridge = Data::new(Bridge::new(Arc::clone(app)));
        let theme = Data::new(theme);
        let document = Data::new(OpenApi::new(openapi::document_of));
        let (server, _file) = server::listen(listener, (bridge, document, theme))?;
        let server = server.shutdown_timeout(grace).shutdown_signal(signals(1)?).run();
        let last = Arc::clone(app);
        let work = async {
            let ended = server.await;
            finish_mail(last).await;
            ended
        };
        let (mut work, mut impatience) = (pin!(work), pin!(signals(2)?));
        // The workers start at the first poll; where that fails, nobody was told otherwise.
        if let Poll::Ready(ended) =
            poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await
        {
            return ended.map_err(E::from);
        }
        ready()?;
        let ended = poll_fn(|context| match impatience.as_mut().poll(context) {
            Poll::Ready(()) => {
                app.abandon_mail();
                Poll::Ready(Ok(()))
            }
            Poll::Pending => work.as_mut().poll(context),
        });
        ended.await.map_err(E::from)
    })
}

/// Waits for mails that are on their way: they are in flight, too.
async fn finish_mail(app: Arc<domain::App>) {
    let (sent, finished) = oneshot::channel::<()>();
    thread::spawn(move || {
        app.finish_mail();
        // Whoever waits closes the database after this.
        drop(app);
        drop(sent);
    });
    // It ends without a word.
    drop(finished.await);
}

/// Completes once SIGTERM and SIGINT have come so many times.
fn signals(mut count: usize) -> io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(poll_fn(move |context| {
        while terminate.poll_recv(context).is_ready() || interrupt.poll_recv(context).is_ready() {
            count -= 1;
            if count == 0 {
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }))
}
