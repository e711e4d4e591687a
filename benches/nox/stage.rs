//! What most measurements share: a server with some users, and who asks it.

use std::rc::Rc;

use anyhow::Result;
use serde_json::json;

use crate::Measure;
use crate::bare;
use crate::figures::Figures;
use crate::fill;
use crate::http::get;
use crate::server::{Instance, Server};
use crate::turns;
use crate::wrk::{By, Target};

pub const USERS: u32 = 1024;
/// Sessions that are checked in turn: more than the server remembers.
const MANY: u32 = 256;
pub const ME: &str = "/api/users/@me";

pub struct Stage {
    pub server: Server,
    /// Outlives the server.
    _instance: Instance,
    /// A session check.
    pub check: Vec<u8>,
    pub me: Target,
    many: Target,
    relays: Target,
    is_quick: bool,
}

impl Stage {
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

    /// How long something is measured.
    pub const fn seconds(&self, whole: u64) -> u64 {
        if self.is_quick { 1 } else { whole }
    }
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// Requests a second: of the bare handler, of one session, of many, of a relay.
pub struct Requests {
    stage: Rc<Stage>,
    bare: Target,
    _server: Server,
}

impl Requests {
    pub fn new(stage: &Rc<Stage>) -> Result<Self> {
        let mut connection = stage.server.connect()?;
        let server = bare::start(connection.send(&stage.check)?.0)?;
        let bare = Target { url: server.url(ME), by: stage.me.by.clone() };
        Ok(Self { stage: Rc::clone(stage), bare, _server: server })
    }
}

impl Measure for Requests {
    fn round(&mut self, figures: &mut Figures) -> Result<()> {
        let stage = &self.stage;
        turns::take(figures, &["bare", "me", "me-many", "relays"], |name| {
            let target = match name {
                "bare" => &self.bare,
                "me" => &stage.me,
                "me-many" => &stage.many,
                _ => &stage.relays,
            };
            target.rate(turns::SECONDS)
        })
    }
}
