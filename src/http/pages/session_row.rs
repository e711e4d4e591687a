//! A session as the account page lists it.

use super::moment::Moment;
use super::visitor::Visitor;
use crate::domain::sessions::SessionView;

pub(super) struct SessionRow {
    pub id: String,
    pub is_current: bool,
    pub agent: String,
    pub ip: String,
    pub last_seen: Moment,
}

impl SessionRow {
    pub(super) fn new(visitor: &Visitor, session: SessionView) -> Self {
        Self {
            id: session.id.to_string(),
            is_current: session.is_current,
            agent: visitor.language.program(session.user_agent.as_deref()),
            ip: session.ip,
            last_seen: Moment::new(visitor, session.last_seen_at),
        }
    }
}
