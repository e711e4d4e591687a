//! `GET /metrics`, on a listener of its own (`metrics.listen`) and a thread of its own, on which it
//! may wait for the database.

use std::io;
use std::sync::{Arc, Weak};

use actix_web::dev::Server;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};

use super::listener::{Listener, SocketFile};
use super::ready::Ready;
use crate::domain::Running;
use crate::domain::scrape::Scrape;
use crate::time::Timestamp;

const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// How many connections are open at once; more wait.
const MAX_CONNECTIONS: usize = 32;

/// What a scrape needs.
struct Source {
    running: Weak<Running>,
    scrape: Scrape,
    ready: Data<Ready>,
}

/// The server of the metrics, which must be spawned, and the file of its socket where there is one.
pub(super) struct Metrics {
    pub server: Server,
    pub socket_file: Option<SocketFile>,
}

/// Prepares the server.
pub(super) fn prepare(
    listener: Listener,
    running: &Arc<Running>,
    ready: Data<Ready>,
) -> io::Result<Metrics> {
    let scrape = Scrape::new(running);
    let source = Data::new(Source { running: Arc::downgrade(running), scrape, ready });
    let server = HttpServer::new(move || {
        let methods = web::resource("/metrics").route(web::get().to(metrics));
        let methods = methods.route(web::head().to(metrics));
        App::new().app_data(source.clone()).service(methods)
    });
    let server = server.workers(1).max_connections(MAX_CONNECTIONS).disable_signals();
    let server = server.shutdown_timeout(1);
    Ok(match listener {
        Listener::Tcp { socket, .. } => {
            Metrics { server: server.listen(socket)?.run(), socket_file: None }
        }
        Listener::Unix { socket, file, .. } => {
            Metrics { server: server.listen_uds(socket)?.run(), socket_file: file }
        }
    })
}

async fn metrics(source: Data<Source>) -> HttpResponse {
    let Some(running) = source.running.upgrade() else {
        return HttpResponse::ServiceUnavailable().finish();
    };
    let is_ready = source.ready.check(running.app()).await.is_ok();
    // The server ends when no reference to it is left.
    drop(running);
    match source.scrape.text(is_ready, Timestamp::now()) {
        Some(text) => HttpResponse::Ok().insert_header((CONTENT_TYPE, FORMAT)).body(text),
        None => HttpResponse::ServiceUnavailable().finish(),
    }
}
