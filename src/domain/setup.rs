//! Mistakes of the set-up that only requests show. Each is logged once by a process, and stored for
//! `nox doctor`, which says when it was seen last.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

use crate::domain::App;
use crate::domain::principal::Device;
use crate::error::Result;
use crate::storage::observations::{self, Kind};
use crate::time::Timestamp;

/// How many logins in a row must come from one address, which no proxy names, before that is
/// noticed.
const LOGINS: u32 = 20;
/// How often it is stored at most that browsers use https.
const HTTPS_INTERVAL: Duration = Duration::from_hours(1);

/// What a running server has noticed.
#[derive(Default)]
pub(crate) struct Noticed {
    /// When it was last stored that browsers use https, in milliseconds.
    https_at: AtomicI64,
    is_https_logged: AtomicBool,
    logins: Mutex<Logins>,
}

/// The last logins.
#[derive(Default)]
struct Logins {
    /// Their address, if it was the same one and no proxy named it.
    ip: Option<IpAddr>,
    count: u32,
    is_logged: bool,
    /// Whether nothing is stored about them.
    is_mended: bool,
}

/// What a login tells of the set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Nothing,
    /// Every client seems to have one address. False after the first time.
    OneClient(bool),
    /// They have several, or a proxy names them.
    SeveralClients,
}

impl Noticed {
    /// Whether it is time to store again that browsers use https.
    pub(crate) fn is_https_due(&self, now: Timestamp) -> bool {
        let last = self.https_at.load(Ordering::Relaxed);
        !Timestamp::from_millis(last).is_recent(HTTPS_INTERVAL, now)
    }
}

impl Logins {
    fn add(&mut self, device: &Device) -> Told {
        let ip = Some(device.ip).filter(|_| !device.is_forwarded);
        if ip.is_some() && ip == self.ip {
            self.count += 1;
            if !self.count.is_multiple_of(LOGINS) {
                return Told::Nothing;
            }
            self.is_mended = false;
            let is_first = !self.is_logged;
            self.is_logged = true;
            return Told::OneClient(is_first);
        }
        let differs = ip.is_none() || self.ip.is_some();
        (self.ip, self.count) = (ip, 1);
        if !differs || self.is_mended {
            return Told::Nothing;
        }
        self.is_mended = true;
        Told::SeveralClients
    }
}

/// A proxy says that a browser uses https, although the public URL is http.
pub(crate) fn note_https(app: &App, now: Timestamp) -> Result<()> {
    app.noticed.https_at.store(now.millis(), Ordering::Relaxed);
    let url = &app.config.server.public_url;
    if !app.noticed.is_https_logged.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            %url,
            "browsers use https, but server.public_url does not: cookies are not Secure, and links \
             lead to the wrong address; set it to the address that browsers use"
        );
    }
    app.db.write(|connection| {
        observations::put(connection, Kind::HttpsInFront, &url.to_string(), now)
    })
}

/// Watches from which addresses logins come, where clients are not all on this machine.
pub(crate) fn note_login(app: &App, device: &Device, now: Timestamp) {
    if app.config.is_local() {
        return;
    }
    let told = app.noticed.logins.lock().add(device);
    let ip = device.ip;
    let stored = match told {
        Told::Nothing => Ok(()),
        Told::SeveralClients => {
            app.db.write(|connection| observations::delete(connection, Kind::OneClient))
        }
        Told::OneClient(is_first) => {
            if is_first {
                tracing::warn!(
                    %ip,
                    "{LOGINS} logins in a row came from one address, without X-Forwarded-For: if \
                     that is your proxy, let it send the address of the client (see \
                     docs/operating.md), or all users share one rate limit"
                );
            }
            let text = ip.to_string();
            app.db.write(|connection| observations::put(connection, Kind::OneClient, &text, now))
        }
    };
    if let Err(error) = stored {
        tracing::warn!(%error, "what logins tell of the set-up is not stored for nox doctor");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_told_after_twenty_logins_until_another_one_comes() {
        let device = |last, is_forwarded| Device {
            ip: [192, 0, 2, last].into(),
            is_forwarded,
            user_agent: None,
            language: None,
            browser: None,
        };
        let mut logins = Logins::default();
        let mut add = |last, is_forwarded| logins.add(&device(last, is_forwarded));
        for is_first in [true, false] {
            assert!((0..19).all(|_| add(1, false) == Told::Nothing));
            assert_eq!(add(1, false), Told::OneClient(is_first));
        }
        assert_eq!(add(2, false), Told::SeveralClients);
        assert_eq!(add(1, false), Told::Nothing, "nothing is stored any more");
        assert!((0..18).all(|_| add(1, false) == Told::Nothing));
        assert_eq!(add(1, false), Told::OneClient(false));
        assert_eq!(add(1, true), Told::SeveralClients);
        assert!((0..60).all(|_| add(1, true) == Told::Nothing), "a proxy names the client");
        // A new process does not know what an earlier one has stored.
        assert_eq!(Logins::default().add(&device(1, true)), Told::SeveralClients);
        assert_eq!(Logins::default().add(&device(1, false)), Told::Nothing);
    }
}
