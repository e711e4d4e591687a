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
            agent: device(visitor, session.user_agent.as_deref()),
            ip: session.ip,
            last_seen: Moment::new(visitor, session.last_seen_at),
        }
    }
}

/// A device in words, by the user agent of its program.
pub(super) fn device(visitor: &Visitor, agent: Option<&str>) -> String {
    let agent = agent.filter(|agent| !agent.is_empty());
    agent.map_or_else(|| visitor.t.unknown_device.into(), program_name)
}

/// What most people would call the program: browser and system, where a user agent tells them, else
/// its first word.
fn program_name(agent: &str) -> String {
    let find = |marks: &[(&str, &'static str)]| {
        marks.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(browser), None) => browser.into(),
        _ => agent.split_whitespace().next().unwrap_or(agent).into(),
    }
}
