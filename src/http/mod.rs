//! Floor 3: the API and the pages over HTTP. Async ends here.

pub mod auth;
mod body;
pub mod bridge;
mod cookie;
mod envelope;
mod extract;
mod observe;
mod origin;
mod pages;
mod routes;
mod users;

use std::future::poll_fn;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, HttpServer, rt};
use tokio::signal::unix::{SignalKind, signal};

use crate::domain;
use bridge::Bridge;

/// How long a head may take to arrive, and how long an idle connection is kept.
const PATIENCE: Duration = Duration::from_secs(15);

/// Serves on `listener` until SIGTERM or SIGINT, then finishes what is in flight within the configured grace; calls
/// `ready` once connections are accepted.
///
/// # Errors
/// The workers or the signal handlers cannot be set up, or what `ready` returns.
pub fn serve(app: Arc<domain::App>, listener: TcpListener, ready: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    rt::System::new().block_on(async {
        let grace = app.config.limits.shutdown_grace.seconds();
        let bridge = Data::new(Bridge::new(app));
        let server = HttpServer::new(move || {
            App::new().app_data(bridge.clone()).wrap(from_fn(observe::layer)).configure(routes::configure)
        })
        .keep_alive(PATIENCE)
        .client_request_timeout(PATIENCE)
        .shutdown_timeout(grace)
        .shutdown_signal(stop_signal()?)
        .listen(listener)?
        .run();
        ready()?;
        server.await
    })
}

/// Completes at the first SIGTERM or SIGINT.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(poll_fn(move |context| {
        let stop = terminate.poll_recv(context).is_ready() || interrupt.poll_recv(context).is_ready();
        if stop { Poll::Ready(()) } else { Poll::Pending }
    }))
}
