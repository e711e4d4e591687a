//! The server: its workers, the settings of each connection, and the layers around the handlers.

use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, KeepAlive};
use actix_server::{Server, ServerBuilder};
use actix_service::{ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderValue, STRICT_TRANSPORT_SECURITY};
use actix_web::middleware::{self, from_fn};
use actix_web::rt::net::{TcpStream, UnixStream};
use actix_web::{App, Error, HttpRequest};
use tokio::io::{AsyncRead, AsyncWrite};

use super::bridge::Bridge;
use super::clock::Now;
use super::connection::{Connection, Timeouts};
use super::current::{Current, PerWorker};
use super::listener::{Listener, SocketFile};
use super::phase::SharedPhase;
use super::slots::Slots;
use super::{cors, forwarded, framing, pages, prefix, request_log, routes};
use crate::descriptors;
use crate::domain::setup;
use crate::time::Timestamp;

/// How long a client may go on sending a body after its answer, before the connection is cut.
const LINGER_TIMEOUT: Duration = Duration::from_secs(1);
/// How much of an answer the system keeps, in bytes. It reports that there is room again once a
/// third of the buffer has been read. A slow client would not read a third of the system's own
/// largest buffer within `limits.write_timeout`.
const SEND_BUFFER: usize = 128 * 1024;
/// Length of the `listen(2)` backlog. The standard library's is 128.
const BACKLOG: i32 = 1024;

/// Threads that serve connections: one for each core.
fn workers() -> usize {
    descriptors::cores()
}

/// Builds the server on a listener. Also returns the socket's file where there is one, which must
/// be kept until the server ends.
pub(super) fn listen(
    listener: Listener,
    current: Arc<Current>,
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
                fn_service(with_peer).and_then(service(&current, &slots, shutdown.clone()))
            })?;
            Ok((server, None))
        }
        Listener::Unix { socket, file, .. } => {
            let server = server.listen_uds("http", socket, move || {
                let without_peer = |stream: UnixStream| ready(Ok((stream, None)));
                fn_service(without_peer).and_then(service(&current, &slots, shutdown.clone()))
            })?;
            Ok((server, file))
        }
    }
}

/// Serves the requests on streams of one kind. Each worker calls this once, on its own thread.
fn service<S, Shutdown, Notified>(
    current: &Arc<Current>,
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
    let worker = PerWorker::new(Arc::clone(current));
    let bridge = worker.bridge();
    bridge.prepare();
    current.watchdog.watch_this_worker();
    let app =
        App::new().app_data(Rc::clone(&worker)).wrap(from_fn(layers)).configure(routes::configure);
    let http = HttpService::build()
        // A connection times its pauses itself, by the configuration of when it began.
        .keep_alive(KeepAlive::Os)
        .client_request_timeout(bridge.config().limits.head_timeout.into())
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
    let connection = move |(stream, peer)| {
        let timeouts = Timeouts::new(&worker.bridge().config().limits);
        ready(Ok((Connection::new(stream, timeouts, &slots, &worker), peer)))
    };
    fn_service(connection).and_then(http)
}

/// Notes that a browser uses https, where the public URL is http.
fn note_https(request: &HttpRequest, bridge: &Bridge, now: Timestamp) {
    let config = bridge.config();
    if !config.is_https()
        && bridge.app().noticed.is_https_due(now)
        && forwarded::scheme(request, &config.server)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
    {
        bridge.run_in_background(move |app| setup::note_https(app, now));
    }
}

/// The layers, outermost first: what the others need is noted, then the request is logged, checked
/// for its framing, and given its CORS headers. They are one function, since the framework would
/// box a future for each layer of its own.
async fn layers<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    handlers: middleware::Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let in_progress = request.app_data::<Rc<PerWorker>>().cloned().map(|worker| {
        worker.attach(&mut request);
        worker.in_progress.clone()
    });
    prefix::skip(&mut request);
    let Now(now) = Now::stamp(&request);
    if let Ok(bridge) = Bridge::of(request.request()) {
        let trusted = &bridge.config().server.trusted_proxies;
        forwarded::warn_of_untrusted_peer(request.request(), trusted, now);
        note_https(request.request(), bridge, now);
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
    let value =
        Bridge::of(response.request()).ok().and_then(|bridge| bridge.config().strict_transport());
    if let Some(value) = value {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, value);
    }
    Ok(match in_progress {
        Some(in_progress) => in_progress.empty(response),
        None => response,
    })
}
