//! The latency with 1,000,000 users and sessions, compared with 1,000.

use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::Measure;
use crate::figures::{Figures, quantile, sorted};
use crate::fill::{self, Age};
use crate::fixture::{Fixture, ME};
use crate::http::{Connection, get, login};
use crate::load::at_once;
use crate::server::{Instance, Server};

const SMALL: u32 = 1000;
const LARGE: u32 = 1_000_000;
/// Users that send requests, spread over all users.
const ASKING: u32 = 500;
/// Concurrent logins that open the sessions of these users.
const CLIENTS: usize = 8;
const LIST: &str = "/api/users/@me/sessions";

/// The same requests to a server with a small database and to one with a large database.
pub struct Growth {
    fixture: Rc<Fixture>,
    small: Side,
    large: Side,
}

struct Side {
    server: Server,
    /// Dropped after the server.
    _instance: Instance,
    /// Logins, session checks and session lists, one of each for each user that sends requests.
    requests: [Vec<Vec<u8>>; 3],
}

impl Growth {
    pub fn new(fixture: &Rc<Fixture>) -> Result<Self> {
        Ok(Self { fixture: Rc::clone(fixture), small: Side::new(SMALL)?, large: Side::new(LARGE)? })
    }
}

impl Measure for Growth {
    fn round(&mut self, figures: &mut Figures) -> Result<()> {
        let names = [
            ("login-small", "login-large"),
            ("check-small", "check-large"),
            ("list-small", "list-large"),
        ];
        for (kind, (name_small, name_large)) in names.into_iter().enumerate() {
            if !figures.wants(name_small) {
                continue;
            }
            // New connections in each round, since the server closes idle ones.
            let mut to_small = self.small.server.connect()?;
            let mut to_large = self.large.server.connect()?;
            let mut small = Vec::new();
            let mut large = Vec::new();
            let end = Instant::now() + Duration::from_secs(self.fixture.seconds(3));
            for user in (0..ASKING as usize).cycle() {
                small.push(self.small.latency(&mut to_small, kind, user)?);
                large.push(self.large.latency(&mut to_large, kind, user)?);
                if Instant::now() > end {
                    break;
                }
            }
            figures.record(name_small, quantile(&sorted(small), 0.5));
            figures.record(name_large, quantile(&sorted(large), 0.5));
        }
        Ok(())
    }
}

impl Side {
    /// A server with `rows` users and `rows` sessions.
    fn new(rows: u32) -> Result<Self> {
        let instance = Instance::new()?;
        fill::users(&instance, rows)?;
        fill::sessions(&instance, rows, Age::Active)?;
        let server = instance.serve()?;
        let users: Vec<u32> = (0..ASKING).map(|number| 1 + number * (rows / ASKING)).collect();
        let tokens = log_in_all(&server, &users)?;
        Ok(Self {
            server,
            _instance: instance,
            requests: [
                users.iter().map(|user| login(*user, "192.0.2.2")).collect(),
                tokens.iter().map(|token| get(ME, token)).collect(),
                tokens.iter().map(|token| get(LIST, token)).collect(),
            ],
        })
    }

    /// The latency of one request in milliseconds.
    fn latency(&self, connection: &mut Connection, kind: usize, user: usize) -> Result<f64> {
        let start = Instant::now();
        connection.send(&self.requests[kind][user])?;
        Ok(start.elapsed().as_secs_f64() * 1000.0)
    }
}

/// Logs users in; returns their tokens in the same order.
fn log_in_all(server: &Server, users: &[u32]) -> Result<Vec<String>> {
    let parts: Vec<&[u32]> = users.chunks(users.len().div_ceil(CLIENTS)).collect();
    let log_in = |part: u32| -> Result<Vec<String>> {
        let mut connection = server.connect()?;
        parts[part as usize].iter().map(|user| connection.log_in(*user)).collect()
    };
    Ok(at_once(u32::try_from(parts.len())?, log_in)?.concat())
}
