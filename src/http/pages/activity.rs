//! What happened on an account, as its user reads it: the newest lines of the audit log on the
//! account page, and all of them at `/account/activity`.

use actix_web::HttpResponse;
use askama::Template;

use super::frame::{Frame, Message, fault_response};
use super::moment::Moment;
use super::visitor::Visitor;
use crate::domain::App;
use crate::domain::accounts::UserId;
use crate::domain::audit::{self, Line};
use crate::domain::event::Event;
use crate::error::Result;
use crate::words::{Events, fill};

/// Which lines are shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Those before the line with this id; the newest ones where there is none.
    before: Option<i64>,
    most: u32,
}

impl Part {
    /// Those on the account page.
    pub(super) const OF_ACCOUNT: Self = Self { before: None, most: 10 };
}

/// Lines, and the id of the last of them if older ones follow.
pub(super) struct Activity {
    pub rows: Vec<Row>,
    pub older: Option<i64>,
}

/// A line of the log in the words of its reader.
pub(super) struct Row {
    pub text: String,
    /// How often it happened on that day, if more than once.
    pub times: Option<String>,
    /// The old and the new value.
    pub values: Option<String>,
    pub at: Moment,
    /// Who did it, if another than the user, with which device, and from where.
    pub by: Vec<String>,
}

#[derive(Template)]
#[template(path = "activity.html")]
struct ActivityPage<'a> {
    frame: Frame<'a>,
    activity: Activity,
}

/// `GET /account/activity?before=`
pub(in crate::http) async fn show_activity(visitor: Visitor) -> HttpResponse {
    let Some(principal) = &visitor.principal else {
        return visitor.redirect("/login?return_to=/account/activity");
    };
    let part = Part { before: visitor.query("before").parse().ok(), most: 50 };
    match visitor.bridge.read(|app| Activity::load(app, &visitor, principal.user.id, part)) {
        Ok(activity) => {
            let frame = visitor.frame(visitor.t.recent_activity, Message::None);
            visitor.show(200, ActivityPage { frame, activity }.render())
        }
        Err(error) => fault_response(error),
    }
}

impl Activity {
    pub(super) fn load(app: &App, visitor: &Visitor, user: UserId, part: Part) -> Result<Self> {
        let found = audit::list_newest(app, user, part.before, part.most)?;
        let rows = found.lines.into_iter().map(|line| Row::new(visitor, line)).collect();
        Ok(Self { rows, older: found.older })
    }
}

impl Row {
    fn new(visitor: &Visitor, line: Line) -> Self {
        let t = visitor.t;
        let words = Event::named(&line.event)
            .and_then(|event| words(&visitor.language.words().events, event));
        let actor = match line.by.split(':').next() {
            Some("operator") => Some(t.by_operator.to_owned()),
            Some("server") => Some(t.by_server.to_owned()),
            _ => None,
        };
        let device =
            line.ip.is_some().then(|| visitor.language.program(line.user_agent.as_deref()));
        Self {
            values: ["username", "email"].into_iter().find_map(|field| values(&line, field)),
            // An event of a later version has no words here.
            text: words.map_or(line.event, ToOwned::to_owned),
            times: (line.count > 1).then(|| fill(t.times, line.count)),
            at: Moment::new(visitor, line.at),
            by: actor.into_iter().chain(device).chain(line.ip).collect(),
        }
    }
}

/// The old and the new value of a field, where one is to be read.
fn values(line: &Line, field: &str) -> Option<String> {
    let [old, new] = line.changes.get(field)?.as_array()?.as_slice() else { return None };
    match (old.as_str(), new.as_str()) {
        (None, None) => None,
        (None, Some(new)) => Some(new.into()),
        (Some(old), new) => Some(format!("{old} → {}", new.unwrap_or("–"))),
    }
}

/// The words for an event; `None` for those that no user sees on an account: events of the
/// instance, and the end of an account.
#[expect(clippy::too_many_lines, reason = "it is a table")]
const fn words(events: &Events, event: Event) -> Option<&'static str> {
    Some(match event {
        Event::AccountCreated => events.account_created,
        Event::AccountImported => events.account_imported,
        Event::AccountRenamed => events.account_renamed,
        Event::AccountDisabled => events.account_disabled,
        Event::AccountEnabled => events.account_enabled,
        Event::AccountExported => events.account_exported,
        Event::PasswordChanged => events.password_changed,
        Event::PasswordLinkMade => events.password_link_made,
        Event::PasswordReset => events.password_reset,
        Event::EmailChanged => events.email_changed,
        Event::EmailConfirmed => events.email_confirmed,
        Event::EmailUnconfirmed => events.email_unconfirmed,
        Event::ProfileChanged => events.profile_changed,
        Event::PresenceChanged => events.presence_changed,
        Event::TagsChanged => events.tags_changed,
        Event::RankChanged => events.rank_changed,
        Event::AdminChanged => events.admin_changed,
        Event::LoginFailed => events.login_failed,
        Event::SessionOpened => events.session_opened,
        Event::SessionOpenedElsewhere => events.session_opened_elsewhere,
        Event::SessionEnded => events.session_ended,
        Event::SessionsEnded => events.sessions_ended,
        Event::TotpEnabled => events.totp_enabled,
        Event::TotpDisabled => events.totp_disabled,
        Event::EmailFactorEnabled => events.email_factor_enabled,
        Event::EmailFactorDisabled => events.email_factor_disabled,
        Event::PasskeyAdded => events.passkey_added,
        Event::PasskeyRenamed => events.passkey_renamed,
        Event::PasskeyRemoved => events.passkey_removed,
        Event::PasskeyCloned => events.passkey_cloned,
        Event::PasskeyFactorEnabled => events.passkey_factor_enabled,
        Event::PasskeyFactorDisabled => events.passkey_factor_disabled,
        Event::RecoveryCodeUsed => events.recovery_code_used,
        Event::RecoveryCodesRenewed => events.recovery_codes_renewed,
        Event::RecoveryCodesLost => events.recovery_codes_lost,
        Event::CodeIssued => events.code_issued,
        Event::LockoutCleared => events.lockout_cleared,
        Event::AccountRemoved
        | Event::AccountDeleted
        | Event::AccountExpired
        | Event::KeyRotated
        | Event::KeyReplaced
        | Event::BackupRestored
        | Event::ConfigReloaded
        | Event::AddressChanged
        | Event::InvitationAdded
        | Event::InvitationRemoved
        | Event::RelayAdded
        | Event::RelayRemoved
        | Event::LockoutsCleared => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    /// The events that no account shows.
    const OTHERS: &[&str] = &[
        "account.removed",
        "account.deleted",
        "account.expired",
        "key.rotated",
        "key.replaced",
        "backup.restored",
        "config.reloaded",
        "address.changed",
        "invitation.added",
        "invitation.removed",
        "relay.added",
        "relay.removed",
        "lockouts.cleared",
    ];

    #[test]
    fn every_event_that_an_account_can_have_has_words_of_its_own() {
        for language in Language::ALL {
            let mut seen = Vec::new();
            for event in Event::ALL {
                let text = words(&language.words().events, *event);
                assert_eq!(text.is_none(), OTHERS.contains(&event.as_str()), "{event:?}");
                assert!(text.is_none() || !seen.contains(&text), "{event:?}");
                seen.push(text);
            }
        }
    }
}
