//! Whether the instance is set up for those who use it: its addresses, its proxy and its users.

use super::{Finding, observed};
use crate::config::{Config, ServerAddress};
use crate::error::{Error, Result, causes};
use crate::storage::observations::Kind;
use crate::storage::{Connection, totals};
use crate::time::Timestamp;

const PUBLIC_URL: &str = "public URL";

/// What the configuration tells, beside what was found before.
pub(super) fn examine_settings(config: &Config, found: &[Finding]) -> Vec<Finding> {
    // What the server has noticed says more than the configuration.
    let is_told = found.iter().any(|finding| finding.about == PUBLIC_URL);
    let url = (!is_told).then(|| public_url(config));
    url.into_iter().chain(nox_address(config)).collect()
}

/// What the database tells, with what the server has noticed while it ran.
pub(super) fn examine_stored(
    config: &Config,
    connection: &Connection,
    now: Timestamp,
) -> Vec<Finding> {
    let failed = |about| move |error: Error| Some(Finding::fault(about, causes(&error)));
    let https = https_in_front(config, connection, now);
    let client = one_client(config, connection, now);
    let found = [
        https.unwrap_or_else(failed(PUBLIC_URL)),
        client.unwrap_or_else(failed("proxy")),
        users(connection, now).unwrap_or_else(failed("users")),
    ];
    found.into_iter().flatten().collect()
}

fn public_url(config: &Config) -> Finding {
    let url = &config.server.public_url;
    if config.is_https() || config.is_local() {
        Finding::ok(PUBLIC_URL, format!("{url}"))
    } else {
        let text = format!(
            "{url} is not https: the networks in between can read passwords; put a proxy with \
             https in front, and set server.public_url to its address"
        );
        Finding::warning(PUBLIC_URL, text)
    }
}

/// An instance that others reach, under the Nox address that every instance has by default.
fn nox_address(config: &Config) -> Option<Finding> {
    let address = &config.server.address;
    (*address == ServerAddress::default() && !config.is_local()).then(|| {
        let text = format!(
            "server.address is still {address}, as on every new instance: set it before users \
             register, since it is part of their identity"
        );
        Finding::warning("Nox address", text)
    })
}

/// Over once the public URL is https.
fn https_in_front(
    config: &Config,
    connection: &Connection,
    now: Timestamp,
) -> Result<Option<Finding>> {
    if config.is_https() {
        return Ok(None);
    }
    Ok(observed(connection, Kind::HttpsInFront, now)?.map(|seen| {
        let text = format!(
            "browsers use https (a proxy said so, last at {}), but server.public_url is {}: \
             cookies are not Secure, and links lead to the wrong address; set it to the address \
             that browsers use, and reload",
            seen.last_at, config.server.public_url
        );
        Finding::warning(PUBLIC_URL, text)
    }))
}

/// Over once a login comes from another address, or by a proxy that names the client.
fn one_client(config: &Config, connection: &Connection, now: Timestamp) -> Result<Option<Finding>> {
    if config.is_local() {
        return Ok(None);
    }
    Ok(observed(connection, Kind::OneClient, now)?.map(|seen| {
        let text = format!(
            "all logins until {} came from {}, without X-Forwarded-For: if that is the proxy, let \
             it send the address of the client, as docs/operating.md shows, or all users share one \
             rate limit",
            seen.last_at, seen.text
        );
        Finding::warning("proxy", text)
    }))
}

fn users(connection: &Connection, now: Timestamp) -> Result<Option<Finding>> {
    let none = totals::count(connection, now)?.users == 0;
    let text = "there is no user, so that no one can log in: run nox user add NAME --admin";
    Ok(none.then(|| Finding::warning("users", text)))
}
