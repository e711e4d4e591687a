//! What most measurements share: a server with some users, and requests to it.

use std::rc::Rc;

use anyhow::Result;
use serde_json::json;

use crate::Measure;
use crate::bare;
use crate::figures::Figures;
use crate::fill;
use crate::http::get;
use crate::interleave;
use crate::server::{Instance, Server};
use crate::wrk::{By, Target};

pub const USERS: u32 = 1024;
/// Sessions that are checked one after the other: more than the session cache of the server has
/// room for.
const MANY: u32 = 256;
pub const ME: &str = "/api/users/@me";

pub struct Fixture {
    pub server: Server,
    /// Dropped after the server.
    _instance: Instance,
    /// The bytes of a session check.
    pub check: Vec<u8>,
    pub me: Target,
    many: Target,
    relays: Target,
    is_quick: bool,
}

impl Fixture {
    pub fn new(is_quick: bool) -> Result<Self> {
        let instance = Instance::new()?;
        fill::users(&instance, USERS)?;
        let relay = instance.run(&["relay", "add", "relay", "--quiet"], "")?;
        let server = instance.serve()?;
        let mut connection = server.connect()?;
        let tokens: Vec<String> =
            (1..=MANY).map(|user| connection.log_in(user)).collect::<Result<_>>()?;
        let token = &tokens[0];
        let body =
            json!({ "access_token": token, "user_id": 1, "token_type": "bearer" }).to_string();
        let relays = Target {
            url: server.url("/api/relays/checkbearer"),
            by: By::Post(format!("Badger {}", relay.trim()), body),
        };
        let me = Target { url: server.url(ME), by: By::One(bearer(token)) };
        let many = Target {
            url: server.url(ME),
            by: By::Many(tokens.iter().map(|token| bearer(token)).collect()),
        };
        Ok(Self { server, _instance: instance, check: get(ME, token), me, many, relays, is_quick })
    }

    /// How long a measurement takes: one second in a quick run.
    pub const fn seconds(&self, full: u64) -> u64 {
        if self.is_quick { 1 } else { full }
    }
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// Requests per second: to the bare handler, with one session, with many sessions, and of a relay.
pub struct Requests {
    fixture: Rc<Fixture>,
    bare: Target,
    _server: Server,
}

impl Requests {
    pub fn new(fixture: &Rc<Fixture>) -> Result<Self> {
        let mut connection = fixture.server.connect()?;
        let server = bare::start(connection.send(&fixture.check)?.0)?;
        let bare = Target { url: server.url(ME), by: fixture.me.by.clone() };
        Ok(Self { fixture: Rc::clone(fixture), bare, _server: server })
    }
}

impl Measure for Requests {
    fn round(&mut self, figures: &mut Figures) -> Result<()> {
        let fixture = &self.fixture;
        interleave::measure(figures, &["bare", "me", "me-many", "relays"], |name| {
            let target = match name {
                "bare" => &self.bare,
                "me" => &fixture.me,
                "me-many" => &fixture.many,
                _ => &fixture.relays,
            };
            target.rate(interleave::SLICE_SECONDS)
        })
    }
}
