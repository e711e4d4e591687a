//! Devices: by what they are known, so that a user is told of a login from a new one, and so that
//! strangers who guess lock nobody out of where they live.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::domain::App;
use crate::domain::network::network;
use crate::domain::principal::{Client, Device};
use crate::error::Result;
use crate::storage::Connection;
use crate::storage::devices;
use crate::storage::users::UserId;
use crate::time::Timestamp;

/// How long a device is remembered after its last login.
const MEMORY: Duration = Duration::from_hours(24 * 180);

/// By what a user's device is known from earlier logins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RecognizedBy {
    /// By the secret that its browser keeps: a name for it, which does not tell the secret.
    Browser(String),
    /// By its network.
    Network,
}

/// By what a device is known to a user, where they have logged in from there before.
pub(crate) fn find(
    app: &App,
    connection: &Connection,
    user: UserId,
    device: &Device,
) -> Result<Option<RecognizedBy>> {
    if let Some(hash) = browser(app, user, device)
        && devices::exists(connection, user, &hash)?
    {
        return Ok(Some(RecognizedBy::Browser(BASE64_URL_SAFE_NO_PAD.encode(hash))));
    }
    let lives_there = devices::exists(connection, user, &home(app, user, device))?;
    Ok(lives_there.then_some(RecognizedBy::Network))
}

/// Remembers from where a user logs in, and tells whether they have logged in before, but never
/// with that program. A program is known by its browser's secret, by its own public key, or by its
/// address and its name for itself.
pub(crate) fn touch(
    app: &App,
    connection: &Connection,
    user: UserId,
    client: &Client,
    now: Timestamp,
) -> Result<bool> {
    // Before the sweep: whoever comes back after a long time is told, too.
    let has_logged_in = devices::exists_any_of(connection, user)?;
    devices::delete_older(connection, user, now.before(MEMORY))?;
    devices::touch(connection, user, &home(app, user, &client.device), now)?;
    let mut is_known = devices::touch(connection, user, &program(app, user, client), now)?;
    if let Some(hash) = browser(app, user, &client.device) {
        is_known |= devices::touch(connection, user, &hash, now)?;
    }
    Ok(has_logged_in && !is_known)
}

fn home(app: &App, user: UserId, device: &Device) -> [u8; 32] {
    app.keyed_hash("network", user, &network(device.ip).to_string())
}

fn browser(app: &App, user: UserId, device: &Device) -> Option<[u8; 32]> {
    device.browser.as_ref().map(|secret| app.keyed_hash("browser", user, secret))
}

fn program(app: &App, user: UserId, client: &Client) -> [u8; 32] {
    let device = &client.device;
    let mark = client.public_key.as_ref().map_or_else(
        || format!("{} {}", device.ip, device.user_agent.as_deref().unwrap_or_default()),
        |key| BASE64_URL_SAFE_NO_PAD.encode(key.fingerprint()),
    );
    app.keyed_hash("device", user, &mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::{add_user, app_with};
    use std::net::{IpAddr, Ipv4Addr};

    const NOW: Timestamp = Timestamp::from_millis(1_750_936_113_726);
    const DEVICE: Device = Device {
        ip: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
        user_agent: None,
        language: None,
        browser: None,
    };

    fn client(device: Device) -> Client {
        Client { device, public_key: None }
    }

    #[test]
    fn a_device_is_forgotten_after_half_a_year() {
        let (_folder, app) = app_with("");
        let ada = add_user(&app, "ada", "hunter22");
        let touch = |days: u64| {
            let now = NOW.after(Duration::from_hours(24 * days));
            app.db
                .write(|connection| super::touch(&app, connection, ada, &client(DEVICE), now))
                .unwrap();
            let elsewhere = Device { ip: [192, 0, 2, 9].into(), ..DEVICE };
            app.db
                .write(|connection| {
                    super::touch(&app, connection, ada, &client(elsewhere.clone()), now)
                })
                .unwrap()
        };
        assert!(touch(0), "it was never there");
        assert!(!touch(180));
        assert!(touch(361));
        // Whoever comes back after a long time is told, too.
        let elsewhere = Device { ip: [192, 0, 2, 77].into(), ..DEVICE };
        let later = NOW.after(Duration::from_hours(24 * 1000));
        let noted =
            |connection: &_| super::touch(&app, connection, ada, &client(elsewhere.clone()), later);
        assert!(app.db.write(noted).unwrap());
    }
}
