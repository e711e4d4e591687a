//! The prefixes of the API. They decide the dialect of the answers, and nothing else: a request is
//! routed by what follows its prefix.

use actix_web::HttpRequest;
use actix_web::dev::{ServiceRequest, Url};
use actix_web::guard::GuardContext;

/// The prefix whose dialect has names.
pub(super) const NAMES: &str = "/api/v2";
/// All prefixes. Each comes before those that it begins with.
const ALL: [&str; 3] = ["/api/v2/api", NAMES, "/api"];

/// The prefix by which a path belongs to the API.
pub(super) fn of(path: &str) -> Option<&'static str> {
    let is_below = |prefix: &&str| {
        let rest = path.strip_prefix(*prefix);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    ALL.into_iter().find(is_below)
}

/// Takes the prefix away from what is left to be routed. This precedes the routing.
pub(super) fn skip(request: &mut ServiceRequest) {
    let length = of(request.match_info().as_str()).map_or(0, str::len);
    request.match_info_mut().skip(u16::try_from(length).unwrap_or(u16::MAX));
}

/// Whether a request is routed to the API, whose scope does not see the prefix.
pub(super) fn is_api(context: &GuardContext<'_>) -> bool {
    let uri = &context.head().uri;
    // A path may be percent-encoded, and is routed without that. To decode it takes time, which
    // most paths do not need.
    of(uri.path()).is_some()
        || (uri.path().contains('%') && of(Url::new(uri.clone()).path()).is_some())
}

/// The route of a request with its prefix, which is none where there is nothing at its path.
pub(super) fn route(request: &HttpRequest) -> Option<String> {
    let prefix = of(request.match_info().as_str()).unwrap_or_default();
    request.match_pattern().map(|pattern| format!("{prefix}{pattern}"))
}
