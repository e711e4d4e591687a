//! The server: its workers, the settings of each connection, and the layers around the handlers.

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
use actix_web::http::header::{HeaderValue, STRICT_TRANSPORT_SECURITY};
use actix_web::middleware::{self, from_fn};
use actix_web::rt::net::{TcpStream, UnixStream};
use actix_web::web::Data;
use actix_web::{App, Error};
use tokio::io::{AsyncRead, AsyncWrite};

use super::bridge::Bridge;
use super::clock::Now;
use super::connection::{Connection, Timeouts};
use super::discovery::OpenApi;
use super::listener::{Listener, SocketFile};
use super::pages::{self, Theme};
use super::phase::SharedPhase;
use super::service_manager::Watchdog;
use super::slots::Slots;
use super::{cors, forwarded, framing, request_log, routes};
use crate::descriptors;

/// How long a client may go on sending a body after its answer, before the connection is cut.
const LINGER_TIMEOUT: Duration = Duration::from_secs(1);
/// How much of an answer the system keeps, in bytes. It reports that there is room again once a
/// third of the buffer has been read. A slow client would not read a third of the system's own
/// largest buffer within `limits.write_timeout`.
const SEND_BUFFER: usize = 128 * 1024;
/// The HSTS header (RFC 6797): two years, as the preload lists of browsers recommend.
const TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=63072000");
/// Length of the `listen(2)` backlog. The standard library's is 128.
const BACKLOG: i32 = 1024;

/// What every handler may ask for, shared by all workers.
#[derive(Clone)]
pub(super) struct Shared {
    pub bridge: Data<Bridge>,
    pub documents: Data<OpenApi>,
    pub theme: Data<Theme>,
    pub watchdog: Watchdog,
}

/// Threads that serve connections: one for each core.
fn workers() -> usize {
    descriptors::cores()
}

/// Builds the server on a listener. Also returns the socket's file where there is one, which must
/// be kept until the server ends.
pub(super) fn listen(
    listener: Listener,
    shared: Shared,
) -> io::Result<(ServerBuilder, Option<SocketFile>)> {
    let workers = workers();
    let each = descriptors::connections() / workers;
    let slots = Slots::new(each * workers);
    let server = Server::build().workers(workers).max_concurrent_connections(each);
    let signal = server.graceful_shutdown_signal();
    let shutdown = move || {
        let signal = signal.clone();
        async move { signal.notified().await }
    };
    match listener {
        Listener::Tcp { socket, .. } => {
            rustix::net::listen(&socket, BACKLOG)?;
            // Accepted connections inherit it.
            rustix::net::sockopt::set_socket_send_buffer_size(&socket, SEND_BUFFER)?;
            let server = server.listen("http", socket, move || {
                let with_peer = |stream: TcpStream| {
                    let peer = stream.peer_addr().ok();
                    ready(Ok((stream, peer)))
                };
                fn_service(with_peer).and_then(service(&shared, &slots, shutdown.clone()))
            })?;
            Ok((server, None))
        }
        Listener::Unix { socket, file, .. } => {
            let server = server.listen_uds("http", socket, move || {
                let without_peer = |stream: UnixStream| ready(Ok((stream, None)));
                fn_service(without_peer).and_then(service(&shared, &slots, shutdown.clone()))
            })?;
            Ok((server, file))
        }
    }
}

/// Serves the requests on streams of one kind. Each worker calls this once, on its own thread.
fn service<S, Shutdown, Notified>(
    shared: &Shared,
    slots: &Arc<Slots>,
    shutdown: Shutdown,
) -> impl ServiceFactory<
    (S, Option<SocketAddr>),
    Config = (),
    Response = (),
    Error = DispatchError,
    InitError = (),
> + use<S, Shutdown, Notified>
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
    Shutdown: Fn() -> Notified + 'static,
    Notified: Future<Output = ()> + 'static,
{
    shared.bridge.prepare();
    shared.watchdog.watch_this_worker();
    let app = App::new()
        .app_data(shared.bridge.clone())
        .app_data(shared.documents.clone())
        .app_data(shared.theme.clone())
        .wrap(from_fn(layers))
        .configure(routes::configure);
    let limits = &shared.bridge.config().limits;
    let timeouts = Timeouts {
        head: limits.head_timeout.into(),
        write: limits.write_timeout.into(),
        idle: limits.idle_timeout.into(),
    };
    let http = HttpService::build()
        .keep_alive(timeouts.idle)
        .client_request_timeout(timeouts.head)
        .client_disconnect_timeout(LINGER_TIMEOUT)
        // A client that hangs up waits for no answer: its request leaves the queue.
        .h1_allow_half_closed(false)
        .graceful_shutdown_signal(shutdown)
        .on_connect_ext(|connection: &Connection<_>, data| {
            data.insert(connection.phase.clone());
            framing::connected(data);
        })
        .h1(map_config(app, |()| AppConfig::default()));
    let slots = Arc::clone(slots);
    fn_service(move |(stream, peer)| ready(Ok((Connection::new(stream, timeouts, &slots), peer))))
        .and_then(http)
}

/// The layers, outermost first: what the others need is noted, then the request is logged, checked
/// for its framing, and given its CORS headers. They are one function, since the framework would
/// box a future for each layer of its own.
async fn layers<B: MessageBody + 'static>(
    request: ServiceRequest,
    handlers: middleware::Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let Now(now) = Now::stamp(&request);
    if let Ok(bridge) = Bridge::of(request.request()) {
        let trusted = &bridge.config().server.trusted_proxies;
        forwarded::warn_of_untrusted_peer(request.request(), trusted, now);
    }
    let _handling = request.conn_data().map(SharedPhase::handle);
    let cors =
        async |request| cors::layer(request, async |request| handlers.call(request).await).await;
    let framed = async |request| framing::layer(request, cors).await;
    let shown = async |request: ServiceRequest| {
        if routes::is_for_programs(request.path()) {
            return framed(request).await.map(ServiceResponse::map_into_left_body);
        }
        pages::layer(request, framed).await
    };
    let mut response = request_log::layer(request, shown).await?;
    if Bridge::of(response.request()).is_ok_and(|bridge| bridge.config().has_hsts()) {
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, TRANSPORT);
    }
    Ok(response)
}
