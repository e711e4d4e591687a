//! Devices that users have logged in from. A login from a new device is notified to the user.
//! Guesses from unknown devices do not lock the recognized ones out, since those have limits of
//! their own.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::domain::App;
use crate::domain::network::network;
use crate::domain::principal::{Client, Device};
use crate::error::Result;
use crate::storage::users::UserId;
use crate::storage::{Connection, clock, devices};
use crate::time::Timestamp;

/// How long a device is recognized after its last login.
const LIFETIME: Duration = Duration::from_hours(24 * 180);

/// What a device is recognized by.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RecognizedBy {
    /// The secret in a browser's cookie. Holds a hash of it, which names the browser without
    /// telling the secret.
    Browser(String),
    /// The network of its address.
    Network,
}

/// What a user's device is recognized by; `None` if the user has not logged in from it for long.
pub(crate) fn find(
    app: &App,
    connection: &Connection,
    user: UserId,
    device: &Device,
    now: Timestamp,
) -> Result<Option<RecognizedBy>> {
    let since = now.before(LIFETIME);
    if let Some(hash) = browser_hash(app, user, device)
        && devices::exists(connection, user, &hash, since)?
    {
        return Ok(Some(RecognizedBy::Browser(BASE64_URL_SAFE_NO_PAD.encode(hash))));
    }
    let has_network = devices::exists(connection, user, &network_hash(app, user, device), since)?;
    Ok(has_network.then_some(RecognizedBy::Network))
}

/// Stores the device that a user logs in from, and returns whether it is new: the user has logged
/// in before, but not with this program. A program is recognized by its browser's secret, by its
/// public key, or by its address and user agent.
pub(crate) fn touch(
    app: &App,
    connection: &Connection,
    user: UserId,
    client: &Client,
    now: Timestamp,
) -> Result<bool> {
    let has_logged_in = devices::exists_any_of(connection, user)?;
    let mut programs = vec![program_hash(app, user, client)];
    programs.extend(browser_hash(app, user, &client.device));
    let mut is_known = false;
    for hash in &programs {
        is_known |= devices::exists(connection, user, hash, now.before(LIFETIME))?;
        devices::put(connection, user, hash, now)?;
    }
    devices::put(connection, user, &network_hash(app, user, &client.device), now)?;
    if clock::is_trusted(connection, now)? {
        devices::delete_older(connection, user, now.before(LIFETIME))?;
    }
    Ok(has_logged_in && !is_known)
}

fn network_hash(app: &App, user: UserId, device: &Device) -> [u8; 32] {
    app.keyed_hash("network", user, &network(device.ip).to_string())
}

fn browser_hash(app: &App, user: UserId, device: &Device) -> Option<[u8; 32]> {
    device.browser.as_ref().map(|secret| app.keyed_hash("browser", user, secret))
}

fn program_hash(app: &App, user: UserId, client: &Client) -> [u8; 32] {
    let device = &client.device;
    let identity = client.public_key.as_ref().map_or_else(
        || format!("{} {}", device.ip, device.user_agent.as_deref().unwrap_or_default()),
        |key| BASE64_URL_SAFE_NO_PAD.encode(key.fingerprint()),
    );
    app.keyed_hash("device", user, &identity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::{add_user, app_with};
    use std::net::{IpAddr, Ipv4Addr};

    const NOW: Timestamp = Timestamp::from_millis(1_750_936_113_726);
    const DEVICE: Device = Device {
        ip: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
        is_forwarded: false,
        user_agent: None,
        language: None,
        browser: None,
    };

    fn client(device: Device) -> Client {
        Client { device, public_key: None }
    }

    #[test]
    fn device_without_a_login_for_half_a_year_is_new_again() {
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
        assert!(touch(0), "the user has not logged in from there");
        assert!(!touch(180));
        assert!(touch(361));
        // A login from a new device after a long pause is notified as well.
        let elsewhere = Device { ip: [192, 0, 2, 77].into(), ..DEVICE };
        let later = NOW.after(Duration::from_hours(24 * 1000));
        let login =
            |connection: &_| super::touch(&app, connection, ada, &client(elsewhere.clone()), later);
        assert!(app.db.write(login).unwrap());
    }
}
