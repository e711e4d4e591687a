//! The server: its workers, and what stands between a client's stream and the handlers.

use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_http::HttpService;
use actix_http::error::DispatchError;
use actix_server::{Server, ServerBuilder};
use actix_service::{ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, ServiceRequest, ServiceResponse};
use actix_web::middleware::{self, from_fn};
use actix_web::rt::net::{TcpStream, UnixStream};
use actix_web::web::Data;
use actix_web::{App, Error};
use tokio::io::{AsyncRead, AsyncWrite};

use super::bridge::Bridge;
use super::clock::Now;
use super::connection::{Connection, Timeouts, Turn};
use super::discovery::OpenApi;
use super::extract::bridge;
use super::listener::{Listener, SocketFile};
use super::pages::Theme;
use super::slots::Slots;
use super::{cors, forwarded, framing, request_log, routes};
use crate::descriptors;

/// How long a client has to hang up that sends a body after its answer.
const LINGERING: Duration = Duration::from_secs(1);
/// How much of an answer the system keeps, in bytes. It tells that there is room again when a third
/// is taken: of its own largest buffer, that takes a slow client longer than it may.
const SEND_BUFFER: usize = 128 * 1024;
/// Clients that may wait until they are let in.
const BACKLOG: i32 = 1024;

/// What every handler may ask for.
pub(super) type Parts = (Data<Bridge>, Data<OpenApi>, Data<Theme>);

/// Threads that serve connections: one for each core.
fn workers() -> usize {
    descriptors::cores()
}

/// A server that keeps some of the descriptors for itself, and whose clients may not take longer
/// than they should; and the name of its socket, where it has one.
pub(super) fn listen(
    listener: Listener,
    parts: Parts,
) -> io::Result<(ServerBuilder, Option<SocketFile>)> {
    let workers = workers();
    let each = descriptors::connections() / workers;
    let slots = Slots::new(each * workers);
    let server = Server::build().workers(workers).max_concurrent_connections(each);
    let stopping = server.graceful_shutdown_signal();
    let stopping = move || {
        let stopping = stopping.clone();
        async move { stopping.notified().await }
    };
    match listener {
        Listener::Tcp(tcp, _) => {
            // The standard library lets only 128 wait.
            rustix::net::listen(&tcp, BACKLOG)?;
            // Connections have it from here.
            rustix::net::sockopt::set_socket_send_buffer_size(&tcp, SEND_BUFFER)?;
            let server = server.listen("http", tcp, move || {
                let with_peer = |stream: TcpStream| {
                    let peer = stream.peer_addr().ok();
                    ready(Ok((stream, peer)))
                };
                fn_service(with_peer).and_then(service(&parts, &slots, stopping.clone()))
            })?;
            Ok((server, None))
        }
        Listener::Unix(unix, file) => {
            let server = server.listen_uds("http", unix, move || {
                fn_service(|stream: UnixStream| ready(Ok((stream, None)))).and_then(service(
                    &parts,
                    &slots,
                    stopping.clone(),
                ))
            })?;
            Ok((server, Some(file)))
        }
    }
}

/// What serves the requests on a stream, whatever its kind.
fn service<S, Stopping, Stopped>(
    (bridge, document, theme): &Parts,
    slots: &Arc<Slots>,
    stopping: Stopping,
) -> impl ServiceFactory<
    (S, Option<SocketAddr>),
    Config = (),
    Response = (),
    Error = DispatchError,
    InitError = (),
> + use<S, Stopping, Stopped>
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
    Stopping: Fn() -> Stopped + 'static,
    Stopped: Future<Output = ()> + 'static,
{
    bridge.prepare();
    let app = App::new()
        .app_data(bridge.clone())
        .app_data(document.clone())
        .app_data(theme.clone())
        .wrap(from_fn(layers))
        .configure(routes::configure);
    let limits = &bridge.config().limits;
    let timeouts = Timeouts {
        head: limits.head_timeout.into(),
        write: limits.write_timeout.into(),
        idle: limits.idle_timeout.into(),
    };
    let http = HttpService::build()
        .keep_alive(timeouts.idle)
        .client_request_timeout(timeouts.head)
        .client_disconnect_timeout(LINGERING)
        // Whoever hangs up waits for no answer, and leaves the queue.
        .h1_allow_half_closed(false)
        .graceful_shutdown_signal(stopping)
        .on_connect_ext(|connection: &Connection<_>, data| {
            data.insert(connection.turn.clone());
            framing::connected(data);
        })
        .h1(map_config(app, |()| AppConfig::default()));
    let slots = Arc::clone(slots);
    fn_service(move |(stream, peer)| ready(Ok((Connection::new(stream, timeouts, &slots), peer))))
        .and_then(http)
}

/// The layers, outermost first: what the others need is noted, then the request is logged, checked
/// for its framing, and given its CORS headers. They are one function, since the framework would box
/// a future for each layer of its own.
async fn layers<B: MessageBody + 'static>(
    request: ServiceRequest,
    handlers: middleware::Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let Now(now) = Now::stamp(&request);
    if let Ok(bridge) = bridge(request.request()) {
        let trusted = &bridge.config().server.trusted_proxies;
        forwarded::warn_of_untrusted_peer(request.request(), trusted, now);
    }
    let _handling = request.conn_data().map(Turn::take);
    let cors =
        async |request| cors::layer(request, async |request| handlers.call(request).await).await;
    request_log::layer(request, async |request| framing::layer(request, cors).await).await
}
