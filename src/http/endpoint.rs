//! One path of the server with its methods and their handlers.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use actix_web::dev::{AppService, HttpServiceFactory, Payload};
use actix_web::guard::{self, Guard};
use actix_web::http::Method;
use actix_web::http::header::ALLOW;
use actix_web::web;
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder};
use futures_util::FutureExt;
use futures_util::future::{CatchUnwind, LocalBoxFuture, Map};

use super::cors::{self, AnyOrigin};
use super::envelope::Failure;
use super::openapi::operation::Operation;
use crate::error::Error;

/// Adds a handler for some methods.
macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident: $methods:expr, $guard:expr;)*) => {$(
        $(#[$doc])*
        pub(super) fn $name<F, Args>(self, handler: F, operation: Operation) -> Self
        where
            F: Handler<Args, Output: Responder + 'static>,
            Args: FromRequest + 'static,
        {
            self.route(&$methods, $guard, handler, operation)
        }
    )*};
}

/// A path with its methods. `OPTIONS` is answered with their names, and every other method with
/// 405.
pub(super) struct Endpoint {
    /// The path below the prefix.
    pub path: String,
    /// Each method that the document describes.
    pub operations: Vec<(&'static str, Operation)>,
    /// The methods that are taken.
    pub allow: Vec<&'static str>,
    resource: Resource,
}

impl Endpoint {
    pub(super) fn at(path: impl Into<String>) -> Self {
        let path = path.into();
        let resource = web::resource(path.clone());
        Self { path, operations: Vec::new(), allow: Vec::new(), resource }
    }

    methods! {
        /// A read: HEAD asks for the same without the body.
        get: ["GET", "HEAD"], guard::Any(guard::Get()).or(guard::Head());
        /// A change that older programs ask for with GET.
        get_change: ["GET"], guard::Get();
        post: ["POST"], guard::Post();
        patch: ["PATCH"], guard::Patch();
        delete: ["DELETE"], guard::Delete();
    }

    /// Lets the pages of every origin read the answers, since they are public.
    pub(super) fn for_any_origin(mut self) -> Self {
        self.resource = self.resource.app_data(AnyOrigin);
        self
    }

    fn route<F, Args>(
        mut self,
        methods: &[&'static str],
        guard: impl Guard + 'static,
        handler: F,
        operation: Operation,
    ) -> Self
    where
        F: Handler<Args, Output: Responder + 'static>,
        Args: FromRequest + 'static,
    {
        self.allow.extend(methods);
        // HEAD is GET without the body.
        self.operations.extend(
            methods.iter().filter(|method| **method != "HEAD").map(|method| (*method, operation)),
        );
        self.resource = self.resource.route(web::route().guard(guard).to(Guarded(handler)));
        self
    }
}

impl HttpServiceFactory for Endpoint {
    fn register(self, config: &mut AppService) {
        let allow = self.allow.join(", ");
        let otherwise = move |request: HttpRequest| {
            let answer = answer_other_method(&request, &allow);
            async move { answer }
        };
        self.resource.default_service(web::to(otherwise)).register(config);
    }
}

/// A handler whose panic is an error, and that of its extractors: the request is answered, and the
/// connection stays.
#[derive(Clone)]
struct Guarded<F>(F);

/// What a panic becomes. What a handler shares with others is safe across threads, and so after a
/// panic as well: locks are poisoned, and a unit of work is rolled back.
type Caught<F> = Map<
    CatchUnwind<AssertUnwindSafe<F>>,
    fn(thread::Result<<F as Future>::Output>) -> Result<<F as Future>::Output, Failure>,
>;

fn catch<F: Future>(future: F) -> Caught<F> {
    AssertUnwindSafe(future).catch_unwind().map(|done| done.map_err(panicked))
}

impl<F: Handler<Args>, Args> Handler<Extracted<Args>> for Guarded<F> {
    type Output = Result<F::Output, Failure>;
    type Future = Caught<F::Future>;

    fn call(&self, Extracted(args): Extracted<Args>) -> Self::Future {
        catch(self.0.call(args))
    }
}

/// What the extractors of a handler found.
struct Extracted<Args>(Args);

impl<Args: FromRequest + 'static> FromRequest for Extracted<Args> {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        // Most extractors do all of their work before there is a future.
        let begun = catch_unwind(AssertUnwindSafe(|| Args::from_request(request, payload)));
        Box::pin(async {
            let found = catch(begun.map_err(panicked)?).await?;
            found.map(Self).map_err(Into::into)
        })
    }
}

/// The fault of a handler that panicked. The panic itself was reported on stderr.
#[expect(clippy::needless_pass_by_value, reason = "the error of a caught panic is owned")]
fn panicked(panic: Box<dyn Any + Send>) -> Failure {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Error::internal("answer the request", text.unwrap_or("the handler panicked")).into()
}

/// The answer to a method that no handler of a path takes. `OPTIONS` asks for the others (RFC 9110,
/// 9.3.7); a preflight request that comes here is refused by its origin.
fn answer_other_method(request: &HttpRequest, allow: &str) -> Result<HttpResponse, Failure> {
    let is_question = request.method() == Method::OPTIONS && !cors::is_preflight(request.head());
    if is_question {
        let allow = (ALLOW, format!("{allow}, OPTIONS"));
        return Ok(HttpResponse::NoContent().insert_header(allow).finish());
    }
    let method = printable(request.method());
    Err(Error::MethodNotAllowed { method, allow: allow.into() }.into())
}

/// A method as it may be shown. The client chooses it: it is a token (RFC 9110, 9.1), but of any
/// length.
fn printable(method: &Method) -> String {
    method.as_str().chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, rt};

    async fn panic_over(request: HttpRequest) -> &'static str {
        assert!(request.path().is_empty(), "as the test wants");
        ""
    }

    /// An extractor that panics, at once or when it is awaited.
    struct Panicking<const AT_ONCE: bool>;

    impl<const AT_ONCE: bool> FromRequest for Panicking<AT_ONCE> {
        type Error = Failure;
        type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

        fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
            let is_bug = !request.path().is_empty();
            assert!(!AT_ONCE || !is_bug, "as the test wants");
            Box::pin(async move {
                assert!(!is_bug, "as the test wants");
                Ok(Self)
            })
        }
    }

    async fn take<T>(_: T) -> &'static str {
        ""
    }

    #[test]
    fn panic_of_a_handler_or_an_extractor_is_answered_500() {
        rt::System::new().block_on(async {
            for endpoint in [
                Endpoint::at("/x").get(panic_over, Operation::UNLISTED),
                Endpoint::at("/x").get(take::<Panicking<true>>, Operation::UNLISTED),
                Endpoint::at("/x").get(take::<Panicking<false>>, Operation::UNLISTED),
            ] {
                let app = init_service(App::new().service(endpoint)).await;
                let answer = call_service(&app, TestRequest::with_uri("/x").to_request()).await;
                assert_eq!(answer.status().as_u16(), 500);
                let failure =
                    answer.response().error().and_then(|error| error.as_error::<Failure>());
                let is_internal = |failure: &Failure| {
                    matches!(failure.error(), Error::InternalError { source, .. }
                        if source.to_string() == "as the test wants")
                };
                assert!(failure.is_some_and(is_internal));
            }
        });
    }
}
