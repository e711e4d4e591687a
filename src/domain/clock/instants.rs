//! What each kind of stored instant means that is later than it can be.
//!
//! The end of a session, a suspension or a code lies in the future by its nature, and is only cut
//! to the longest that it can last from now. A start in the future counts as now, or its limit as
//! over. Dates that are only shown, as of the audit log, stay as they were written.

use crate::config::Config;
use crate::domain::email_confirmation::LINK_LIFETIME;
use crate::domain::factors::{ENROLLMENT_LIFETIME, SENT_CODE_LIFETIME, SHOWN_FOR, latest_step};
use crate::domain::present::Present;
use crate::domain::throttle::longest;
use crate::error::Result;
use crate::storage::rate_limits::{self, Kind};
use crate::storage::{
    Bound, Connection, devices, email_confirmations, invitations, observations, password_links,
    sent_codes, sessions, shown_codes, totp_enrollments, totp_factors, users,
};

/// The present, and the settings that say how late an instant can be.
pub(super) struct Rules<'a> {
    pub present: Present,
    pub config: &'a Config,
}

/// The instants of one kind of row.
pub(super) struct Instants {
    /// The rows, as a report counts them.
    pub rows: &'static str,
    /// What it means for the rows, as a report says it.
    pub meaning: &'static str,
    /// The first schema version with these columns.
    pub since: u32,
    /// Counts the rows with instants that are later than they can be.
    pub count: fn(&Connection, &Rules<'_>) -> Result<u32>,
    /// Gives these instants their meaning.
    pub settle: fn(&Connection, &Rules<'_>) -> Result<()>,
}

pub(super) const INSTANTS: [Instants; 13] = [
    Instants {
        rows: "session(s)",
        meaning: "which last session.lifetime from now on",
        since: 1,
        count: |connection, rules| sessions::count_later(connection, rules.present.past()),
        settle: |connection, rules| sessions::update_later(connection, rules.present.past()),
    },
    Instants {
        rows: "rate limit(s)",
        meaning: "which are over",
        since: 5,
        count: |connection, rules| {
            let count = |kind| rate_limits::count_later(connection, kind, rules.limit(kind));
            Kind::ALL.into_iter().map(count).sum()
        },
        settle: |connection, rules| {
            let settle = |kind| rate_limits::delete_later(connection, kind, rules.limit(kind));
            Kind::ALL.into_iter().try_for_each(settle)
        },
    },
    Instants {
        rows: "authenticator app(s)",
        meaning: "whose codes are accepted again, except for those that were used",
        since: 1,
        count: |connection, rules| totp_factors::count_later(connection, rules.step()),
        settle: |connection, rules| totp_factors::update_later(connection, rules.step()),
    },
    Instants {
        rows: "app(s) being set up",
        meaning: "which wait an hour from now on",
        since: 5,
        count: |connection, rules| {
            totp_enrollments::count_later(connection, rules.present.end_of(ENROLLMENT_LIFETIME))
        },
        settle: |connection, rules| {
            totp_enrollments::update_later(connection, rules.present.end_of(ENROLLMENT_LIFETIME))
        },
    },
    Instants {
        rows: "list(s) of recovery codes that a page shows",
        meaning: "which are shown for fifteen minutes from now on",
        since: 6,
        count: |connection, rules| {
            shown_codes::count_later(connection, rules.present.end_of(SHOWN_FOR))
        },
        settle: |connection, rules| {
            shown_codes::update_later(connection, rules.present.end_of(SHOWN_FOR))
        },
    },
    Instants {
        rows: "code(s) by mail or of the operator",
        meaning: "which are valid for ten minutes from now on",
        since: 5,
        count: |connection, rules| {
            sent_codes::count_later(connection, rules.present.end_of(SENT_CODE_LIFETIME))
        },
        settle: |connection, rules| {
            sent_codes::update_later(connection, rules.present.end_of(SENT_CODE_LIFETIME))
        },
    },
    Instants {
        rows: "confirmation link(s)",
        meaning: "which are valid for a day from now on",
        since: 5,
        count: |connection, rules| {
            email_confirmations::count_later(connection, rules.present.end_of(LINK_LIFETIME))
        },
        settle: |connection, rules| {
            email_confirmations::update_later(connection, rules.present.end_of(LINK_LIFETIME))
        },
    },
    Instants {
        rows: "invitation(s)",
        meaning: "which last as long as they were to, from now on",
        since: 7,
        count: |connection, rules| invitations::count_later(connection, rules.present.past()),
        settle: |connection, rules| invitations::update_later(connection, rules.present.past()),
    },
    Instants {
        rows: "password link(s)",
        meaning: "which last as long as they were to, from now on",
        since: password_links::SINCE_VERSION,
        count: |connection, rules| password_links::count_later(connection, rules.present.past()),
        settle: |connection, rules| password_links::update_later(connection, rules.present.past()),
    },
    Instants {
        rows: "device(s)",
        meaning: "which count as seen now",
        since: 5,
        count: |connection, rules| devices::count_later(connection, rules.present.past()),
        settle: |connection, rules| devices::update_later(connection, rules.present.past()),
    },
    Instants {
        rows: "suspension(s)",
        meaning: "which last as long as they were to, from now on",
        since: 5,
        count: |connection, rules| users::count_suspended_later(connection, rules.present.past()),
        settle: |connection, rules| users::update_suspended_later(connection, rules.present.past()),
    },
    Instants {
        rows: "grace(s) without a second factor",
        meaning: "which begin now",
        since: 8,
        count: |connection, rules| users::count_demanded_later(connection, rules.present.past()),
        settle: |connection, rules| users::update_demanded_later(connection, rules.present.past()),
    },
    Instants {
        rows: "observation(s)",
        meaning: "which count as made now",
        since: 6,
        count: |connection, rules| observations::count_later(connection, rules.present.past()),
        settle: |connection, rules| observations::update_later(connection, rules.present.past()),
    },
];

impl Rules<'_> {
    fn limit(&self, kind: Kind) -> Bound {
        self.present.end_of(longest(kind))
    }

    fn step(&self) -> i64 {
        latest_step(self.present.past().tolerated, self.config.totp.skew.get().into())
    }
}
