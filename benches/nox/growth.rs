//! What a thousand times the users and sessions change.

use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::Measure;
use crate::figures::{Figures, quantile, sorted};
use crate::fill::{self, Age};
use crate::http::{Connection, get, login};
use crate::load::at_once;
use crate::server::{Instance, Server};
use crate::stage::{ME, Stage};

const SMALL: u32 = 1000;
const LARGE: u32 = 1_000_000;
/// Users who ask, spread over all of them.
const ASKING: u32 = 500;
/// Logins at once that open their sessions.
const CLIENTS: usize = 8;
const LIST: &str = "/api/users/@me/sessions";

/// The same questions to a small database and to a large one.
pub struct Growth {
    stage: Rc<Stage>,
    small: Side,
    large: Side,
}

struct Side {
    server: Server,
    /// Outlives the server.
    _instance: Instance,
    /// Logins, checks and lists of the users who ask.
    questions: [Vec<Vec<u8>>; 3],
}

impl Growth {
    pub fn new(stage: &Rc<Stage>) -> Result<Self> {
        Ok(Self { stage: Rc::clone(stage), small: Side::new(SMALL)?, large: Side::new(LARGE)? })
    }
}

impl Measure for Growth {
    fn round(&mut self, figures: &mut Figures) -> Result<()> {
        let names = [
            ("login-small", "login-large"),
            ("check-small", "check-large"),
            ("list-small", "list-large"),
        ];
        for (question, (name_small, name_large)) in names.into_iter().enumerate() {
            if !figures.wants(name_small) {
                continue;
            }
            // New ones in each round: the server closes what is idle.
            let (mut to_small, mut to_large) =
                (self.small.server.connect()?, self.large.server.connect()?);
            let (mut small, mut large) = (Vec::new(), Vec::new());
            let end = Instant::now() + Duration::from_secs(self.stage.seconds(3));
            for user in (0..ASKING as usize).cycle() {
                small.push(self.small.ask(&mut to_small, question, user)?);
                large.push(self.large.ask(&mut to_large, question, user)?);
                if Instant::now() > end {
                    break;
                }
            }
            figures.note(name_small, quantile(&sorted(small), 0.5));
            figures.note(name_large, quantile(&sorted(large), 0.5));
        }
        Ok(())
    }
}

impl Side {
    /// With so many users and sessions.
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
            questions: [
                users.iter().map(|user| login(*user, "192.0.2.2")).collect(),
                tokens.iter().map(|token| get(ME, token)).collect(),
                tokens.iter().map(|token| get(LIST, token)).collect(),
            ],
        })
    }

    /// How many milliseconds an answer takes.
    fn ask(&self, connection: &mut Connection, question: usize, user: usize) -> Result<f64> {
        let start = Instant::now();
        connection.send(&self.questions[question][user])?;
        Ok(start.elapsed().as_secs_f64() * 1000.0)
    }
}

/// Their tokens, in their order.
fn log_in_all(server: &Server, users: &[u32]) -> Result<Vec<String>> {
    let parts: Vec<&[u32]> = users.chunks(users.len().div_ceil(CLIENTS)).collect();
    let log_in = |part: u32| -> Result<Vec<String>> {
        let mut connection = server.connect()?;
        parts[part as usize].iter().map(|user| connection.log_in(*user)).collect()
    };
    Ok(at_once(u32::try_from(parts.len())?, log_in)?.concat())
}
