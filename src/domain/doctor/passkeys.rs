//! Whether passkeys can be used, and whether those that there are still log in.

use super::Finding;
use crate::config::Config;
use crate::domain::passkeys::{outside, rp_id};
use crate::error::{Result, causes};
use crate::storage::passkeys::{self as rows, OfDomain};
use crate::storage::{Connection, schema_version};

const ABOUT: &str = "passkeys";

/// What the configuration and the stored passkeys tell; nothing where passkeys are switched off.
pub(super) fn examine(config: &Config, connection: Option<&Connection>) -> Vec<Finding> {
    if !config.passkeys.enabled {
        return Vec::new();
    }
    let stored = match connection.map(count).transpose() {
        Ok(stored) => stored.unwrap_or_default(),
        Err(error) => return vec![Finding::fault(ABOUT, causes(&error))],
    };
    let Some(rp_id) = rp_id(config) else { return vec![unfit(config, &stored)] };
    let mut found: Vec<Finding> = others(config, &rp_id).into_iter().collect();
    found.extend(stranded(&rp_id, &stored));
    if found.is_empty() {
        found.push(Finding::ok(ABOUT, format!("they belong to {rp_id}")));
    }
    found
}

fn count(connection: &Connection) -> Result<Vec<OfDomain>> {
    if schema_version(connection)? < rows::SINCE_VERSION {
        return Ok(Vec::new());
    }
    rows::count_by_domain(connection)
}

/// A public URL for which browsers know no passkeys. That is a fault of nothing else, so that it
/// counts only where users have some.
fn unfit(config: &Config, stored: &[OfDomain]) -> Finding {
    let url = &config.server.public_url;
    let count: u32 = stored.iter().map(|of| of.count).sum();
    let text = format!(
        "browsers use none at {url}, so that none are offered: they need https and a host name \
         instead of an IP address, or http://localhost for a test"
    );
    if count == 0 {
        return Finding::ok(ABOUT, text);
    }
    Finding::warning(ABOUT, format!("{text}; {count} passkey(s) of users log nobody in"))
}

/// Pages outside the domain, where browsers ask the domain itself whether they may use passkeys.
fn others(config: &Config, rp_id: &str) -> Option<Finding> {
    let outside = outside(config, rp_id);
    let named = outside.iter().map(|origin| origin.as_str()).collect::<Vec<_>>().join(", ");
    let asked = format!(
        "they belong to {rp_id}; for pages of {named}, browsers ask \
         https://{rp_id}/.well-known/webauthn, and some know no such pages"
    );
    match outside.len() {
        0 => None,
        _ if config.host() == rp_id => Some(Finding::ok(ABOUT, asked)),
        _ => {
            let url = &config.server.public_url;
            let text = format!("{asked}: let that address answer as {url}/.well-known/webauthn");
            Some(Finding::warning(ABOUT, text))
        }
    }
}

/// Passkeys that were made for another domain.
fn stranded(rp_id: &str, stored: &[OfDomain]) -> Option<Finding> {
    let stranded: Vec<&OfDomain> = stored.iter().filter(|of| of.rp_id != rp_id).collect();
    let most = stranded.iter().max_by_key(|of| of.count)?;
    let listed = stranded.iter().map(|of| format!("{} of {}", of.count, of.rp_id));
    let listed = listed.collect::<Vec<_>>().join(", ");
    let here = stored.iter().find(|of| of.rp_id == rp_id);
    let price =
        here.map_or_else(String::new, |here| format!(" instead of the {} of {rp_id}", here.count));
    let text = format!(
        "there are passkeys of other domains, which log nobody in: {listed}; passkeys.rp_id = \
         \"{}\" revives them{price}",
        most.rp_id
    );
    Some(Finding::warning(ABOUT, text))
}
