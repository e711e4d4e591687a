//! Every path of the server: the only file with paths.

use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::guard::{self, Guard};
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, HttpRequest, Resource, Responder};

use super::envelope::{self, Failure};
use super::{auth, pages, users};
use crate::error::Error;

/// Lays out the whole server.
pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(
            web::scope("/api")
                .wrap(from_fn(envelope::layer))
                .service(Endpoint::at("/auth/login").post(auth::login))
                .service(Endpoint::at("/auth/logout").get(auth::logout).post(auth::logout))
                .service(Endpoint::at("/users/@me").get(users::me))
                .default_service(web::to(not_implemented)),
        )
        .service(Endpoint::at("/").get(pages::index))
        .service(Endpoint::at("/login").get(pages::login))
        .service(Endpoint::at("/account").get(pages::account))
        .service(Endpoint::at("/static/nox.css").get(pages::style))
        .service(Endpoint::at("/static/nox.js").get(pages::script))
        .service(Endpoint::at("/static/icon.svg").get(pages::icon))
        .service(Endpoint::at("/healthz").get(pages::healthz))
        .service(Endpoint::at("/readyz").get(pages::readyz))
        .default_service(web::to(pages::nothing_here));
}

async fn not_implemented() -> Result<&'static str, Failure> {
    Err(Error::NotImplemented.into())
}

/// A path with its methods; every other method is answered 405 with an `Allow` header.
struct Endpoint {
    resource: Resource,
    allow: Vec<&'static str>,
}

impl Endpoint {
    fn at(path: &str) -> Self {
        Self { resource: web::resource(path), allow: Vec::new() }
    }

    fn get<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args, Output: Responder + 'static>,
        Args: FromRequest + 'static,
    {
        self.route(&["GET", "HEAD"], guard::Any(guard::Get()).or(guard::Head()), handler)
    }

    fn post<F, Args>(self, handler: F) -> Self
    where
        F: Handler<Args, Output: Responder + 'static>,
        Args: FromRequest + 'static,
    {
        self.route(&["POST"], guard::Post(), handler)
    }

    fn route<F, Args>(mut self, methods: &[&'static str], guard: impl Guard + 'static, handler: F) -> Self
    where
        F: Handler<Args, Output: Responder + 'static>,
        Args: FromRequest + 'static,
    {
        self.allow.extend(methods);
        self.resource = self.resource.route(web::route().guard(guard).to(handler));
        self
    }
}

impl HttpServiceFactory for Endpoint {
    fn register(self, config: &mut AppService) {
        let allow = self.allow.join(", ");
        let refuse = move |request: HttpRequest| {
            let error = Error::MethodNotAllowed { method: printable(request.method()), allow: allow.clone() };
            async move { Err::<&str, _>(Failure::from(error)) }
        };
        self.resource.default_service(web::to(refuse)).register(config);
    }
}

/// A method as it may be shown: they are tokens (RFC 9110, 9.1), but of any length.
fn printable(method: &Method) -> String {
    method.as_str().chars().take(32).collect()
}
