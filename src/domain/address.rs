//! The Nox address (`server.address`) that the server has had over time.
//!
//! It is the issuer of every token, so a session that was opened under another address is refused.
//! It is not ended: once the server has that address again, its token is valid as before.

use std::fmt::Write as _;

use crate::domain::App;
use crate::domain::audit::{Differences, Record};
use crate::domain::event::Event;
use crate::domain::principal::By;
use crate::error::Result;
use crate::storage::observations::{self, Kind};
use crate::storage::{Connection, schema_version, session_counts};
use crate::time::Timestamp;

/// How many changes are remembered: more than anyone makes while a session lasts.
const MAX_PERIODS: usize = 20;

/// An address, until the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Period {
    since: Timestamp,
    address: String,
}

/// The addresses, the first one first. None are known before the first start.
#[derive(Debug, Default)]
pub(crate) struct Addresses(Vec<Period>);

/// The sessions that are refused because of their address.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub count: u32,
    /// The last address under which one of them was opened.
    pub address: String,
}

impl Addresses {
    /// Reads them from a database of any schema version.
    pub(crate) fn find(connection: &Connection) -> Result<Self> {
        if schema_version(connection)? < observations::SINCE_VERSION {
            return Ok(Self::default());
        }
        let text = observations::find_text(connection, Kind::NoxAddress)?;
        Ok(Self::parse(&text.unwrap_or_default()))
    }

    /// Each line has the instant since when, in milliseconds, and the address.
    fn parse(text: &str) -> Self {
        let period = |line: &str| {
            let (since, address) = line.split_once(' ')?;
            let since = Timestamp::from_millis(since.parse().ok()?);
            Some(Period { since, address: address.into() })
        };
        Self(text.lines().filter_map(period).collect())
    }

    fn to_text(&self) -> String {
        let mut text = String::new();
        for Period { since, address } in &self.0 {
            // Writing to a text does not fail.
            let _ = writeln!(text, "{} {address}", since.millis());
        }
        text
    }

    /// The last one.
    fn current(&self) -> Option<&str> {
        self.0.last().map(|period| period.address.as_str())
    }

    /// Adds one that holds from `now` on. The first one holds for all sessions before, too.
    fn push(&mut self, address: &str, now: Timestamp) {
        // The clock may have been ahead.
        self.0.iter_mut().for_each(|period| period.since = period.since.min(now));
        let since = if self.0.is_empty() { Timestamp::from_millis(0) } else { now };
        self.0.push(Period { since, address: address.into() });
        self.0.drain(..self.0.len().saturating_sub(MAX_PERIODS));
    }

    /// Whether the token of a session that was opened then is refused by a server that has this
    /// address.
    pub(crate) fn refuses(&self, address: &str, opened_at: Timestamp) -> bool {
        let period = self.0.iter().rev().find(|period| period.since <= opened_at);
        period.is_some_and(|period| period.address != address)
    }

    /// Counts the sessions that a server with this address refuses.
    pub(crate) fn find_refused(
        &self,
        connection: &Connection,
        address: &str,
        now: Timestamp,
    ) -> Result<Option<Refused>> {
        let mut refused: Option<Refused> = None;
        for (period, end) in self.with_ends().filter(|(period, _)| period.address != address) {
            let count = session_counts::count_opened(connection, period.since..end, now)?;
            if count > 0 {
                let before = refused.map_or(0, |refused| refused.count);
                refused = Some(Refused { count: before + count, address: period.address.clone() });
            }
        }
        Ok(refused)
    }

    /// Counts the sessions that were opened under this address.
    fn count_valid(&self, connection: &Connection, address: &str, now: Timestamp) -> Result<u32> {
        let own = self.with_ends().filter(|(period, _)| period.address == address);
        own.map(|(period, end)| session_counts::count_opened(connection, period.since..end, now))
            .sum()
    }

    /// Each period, and when it ended.
    fn with_ends(&self) -> impl Iterator<Item = (&Period, Timestamp)> {
        let ends = self.0.iter().skip(1).map(|next| next.since);
        self.0.iter().zip(ends.chain([Timestamp::from_millis(i64::MAX)]))
    }
}

/// What it means for an operator that sessions are refused.
pub(crate) fn describe(refused: &Refused, address: &str) -> String {
    let Refused { count, address: former } = refused;
    format!(
        "{count} session(s) were opened while server.address was {former}, and are refused while \
         it is {address}: their users log in again, or server.address is changed back"
    )
}

/// Remembers the address when the server starts, and warns if it is another one than before.
///
/// # Errors
/// The database cannot be read or written.
pub(crate) fn start(app: &App, now: Timestamp) -> Result<()> {
    let address = app.config.server.address.as_str();
    let mut known = app.db.read(Addresses::find)?;
    let former = known.current().filter(|former| *former != address).map(str::to_owned);
    if known.current() != Some(address) {
        known.push(address, now);
        app.db.write(|connection| {
            observations::put(connection, Kind::NoxAddress, &known.to_text(), now)?;
            let Some(former) = &former else { return Ok(()) };
            let changes = Differences::none().with("server.address", former.as_str(), address);
            let record =
                Record { event: Event::AddressChanged, user: None, by: By::Operator, changes };
            record.store(connection, now)
        })?;
    }
    let refused = app.db.read(|connection| known.find_refused(connection, address, now))?;
    if let Some(former) = former {
        let sessions = refused.as_ref().map_or(0, |refused| refused.count);
        let valid = app.db.read(|connection| known.count_valid(connection, address, now))?;
        tracing::warn!("{}", describe_change(&former, address, [sessions, valid]));
    } else if let Some(refused) = refused {
        tracing::warn!("{}", describe(&refused, address));
    }
    Ok(())
}

/// What the change costs: `sessions` are those that are refused, and those that are valid again.
fn describe_change(former: &str, address: &str, sessions: [u32; 2]) -> String {
    let [refused, valid] = sessions;
    let again = if valid == 0 {
        String::new()
    } else {
        format!(" {valid} session(s) that were opened under {address} are valid again.")
    };
    format!(
        "server.address is now {address}, and was {former} until now: every token that was issued \
         under {former} is refused, so {refused} session(s) are gone until it is changed back.\
         {again} Users log in again with the same passwords and second factors, and other servers \
         know them by the new address, as other users"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::app_with;
    use crate::storage::sessions::{self, NewSession, SessionId};
    use crate::storage::users::UserId;
    use uuid::Uuid;

    #[test]
    fn sessions_are_refused_by_the_address_under_which_they_were_opened() {
        let (_folder, app) = app_with("");
        let ada = crate::domain::testing::add_user(&app, "ada", "hunter22");
        let at = Timestamp::from_millis;
        let open = |number: u128, opened_at: i64| {
            let new = session(number, ada, at(opened_at));
            app.db.write(|connection| sessions::insert(connection, &new)).unwrap();
        };
        let mut known = Addresses::default();
        let refused = |known: &Addresses, address: &str| {
            app.db.read(|connection| known.find_refused(connection, address, at(500))).unwrap()
        };
        open(1, 50);
        assert_eq!(refused(&known, "a.example"), None, "nothing is known yet");
        known.push("a.example", at(100));
        assert_eq!(refused(&known, "a.example"), None, "those before are of the first one");
        known.push("b.example", at(200));
        open(2, 250);
        let of = |count, address: &str| Some(Refused { count, address: address.into() });
        assert_eq!(refused(&known, "b.example"), of(1, "a.example"));
        // Changed back: the first session is valid again, the second one is not.
        known.push("a.example", at(300));
        open(3, 350);
        assert_eq!(refused(&known, "a.example"), of(1, "b.example"));
        assert_eq!(refused(&known, "c.example"), of(3, "a.example"));
        assert!(known.refuses("a.example", at(250)) && !known.refuses("a.example", at(350)));
        assert_eq!(Addresses::parse(&known.to_text()).0, known.0);
        // A change by a clock that was ahead counts from now on.
        known.push("b.example", at(9000));
        known.push("a.example", at(400));
        assert!(!known.refuses("a.example", at(450)));
    }

    fn session(number: u128, user_id: UserId, created_at: Timestamp) -> NewSession {
        NewSession {
            id: SessionId(Uuid::from_u128(number)),
            user_id,
            created_at,
            expires_at: Timestamp::from_millis(1000),
            ip: "192.0.2.1".into(),
            user_agent: None,
            public_key: None,
            public_key_sha256: None,
        }
    }
}
