//! The pages that may use passkeys: those of `server.public_url` and of the configured origins.

use std::iter;

use url::Url;

use super::check_on;
use crate::config::{Config, Origin};

fn all(config: &Config) -> impl Iterator<Item = &Origin> {
    let server = &config.server;
    let others = server.allowed_origins.iter().chain(&server.numeric_origins);
    iter::once(&server.public_url).chain(others)
}

/// Whether pages of this origin, as a browser writes it, may use passkeys. It must be configured:
/// neither a header nor the host that a request was sent to counts.
pub(super) fn is_origin(config: &Config, origin: &str) -> bool {
    let Ok(url) = Url::parse(origin) else { return false };
    let sent = url.origin().ascii_serialization();
    all(config).any(|allowed| allowed.as_str() == sent)
}

/// The origins that are not of the domain of passkeys, nor of one below it.
pub(in crate::domain) fn outside<'a>(config: &'a Config, rp_id: &str) -> Vec<&'a Origin> {
    let is_inside = |origin: &&Origin| {
        let host = origin.host();
        let above = host.strip_suffix(rp_id);
        above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
    };
    all(config).filter(|origin| !is_inside(origin)).collect()
}

/// The origins of which browsers take passkeys though they are of another domain (WebAuthn Level 3,
/// 5.11). `None` where that changes nothing: passkeys are off, or all origins are of the domain.
pub(crate) fn related_origins(config: &Config) -> Option<Vec<&Origin>> {
    let rp_id = check_on(config).ok()?;
    (!outside(config, &rp_id).is_empty()).then(|| all(config).collect())
}
