//! The passkeys of a user as the account page lists them, what the script is told that asks a
//! browser for one, and the page with a code that one gives.

use actix_web::HttpResponse;
use askama::Template;

use super::form::Form;
use super::frame::{Frame, Message};
use super::moment::Moment;
use super::visitor::Visitor;
use crate::config::Config;
use crate::domain::App;
use crate::domain::passkeys::{
    MOST, PasskeyCode, PasskeyView, accepted, has_young_session, is_on, list, rp_id,
};
use crate::domain::principal::Principal;
use crate::error::{Error, Result};
use crate::http::passkeys::Signals;
use crate::words::fill;

/// What a page needs that asks its browser for a passkey.
pub(super) struct Ceremony {
    /// Where the page must be, as a browser writes it.
    pub origin: String,
    /// What the script says at another address.
    pub elsewhere: String,
}

impl Ceremony {
    /// `None` where passkeys are off.
    pub(super) fn of(visitor: &Visitor) -> Option<Self> {
        let config: &Config = visitor.bridge.config();
        let origin = config.server.public_url.to_string();
        let elsewhere = fill(visitor.t.passkey_elsewhere, &origin);
        is_on(config).then_some(Self { origin, elsewhere })
    }
}

/// The passkeys of the account page.
pub(super) struct Passkeys {
    /// What adds one; `None` where passkeys are off.
    pub ceremony: Option<Ceremony>,
    /// Whether no more can be added.
    pub is_full: bool,
    /// What the browser is told of the passkeys that there are, as JSON; empty where it is nothing.
    pub signals: String,
    pub rows: Vec<PasskeyRow>,
    /// What gets a code by one; `None` where none can be used.
    pub giver: Option<Ceremony>,
    /// Whether one is asked for after the password.
    pub is_factor: bool,
    /// Whether a change of them takes the password, where it takes no code.
    pub needs_password: bool,
    /// The name that was typed for a new one.
    pub new_name: String,
}

/// A passkey of the list.
pub(super) struct PasskeyRow {
    pub id: String,
    pub name: String,
    /// The name that was typed in its place.
    pub typed_name: String,
    pub is_synced: bool,
    /// The domain that it was made for, where that is another one.
    pub elsewhere: Option<String>,
    pub added: Moment,
    pub last_used: Option<Moment>,
    /// Whether the form that was refused is about this one.
    pub is_meant: bool,
    /// The ids of its fields.
    pub name_id: String,
    pub code_id: String,
    pub password_id: String,
}

impl Passkeys {
    pub(super) fn load(app: &App, visitor: &Visitor, principal: &Principal) -> Result<Self> {
        let found = list(app, principal.user.id)?;
        let own = rp_id(&app.config);
        let is_usable = found.iter().any(|passkey| passkey.is_usable);
        let rows = found.into_iter().enumerate();
        Ok(Self {
            ceremony: Ceremony::of(visitor),
            signals: signals(app, principal)?,
            is_full: principal.user.passkeys >= MOST,
            rows: rows
                .map(|(at, passkey)| PasskeyRow::new(visitor, at, passkey, own.as_ref()))
                .collect(),
            needs_password: !principal.user.has_second_factor()
                && !has_young_session(app, principal, visitor.now)?,
            new_name: String::new(),
            giver: Ceremony::of(visitor).filter(|_| is_usable),
            is_factor: principal.user.has_passkey_factor,
        })
    }

    /// Whether the removal of the only passkey switches the second factor off.
    pub(super) fn is_last_of_factor(&self) -> bool {
        self.is_factor && self.rows.len() == 1
    }

    /// Keeps what was typed into the form of a passkey that was refused, or into that of a new one.
    pub(super) fn keep(&mut self, typed: &Form) {
        let name = typed.text("name");
        match typed.get("passkey") {
            None => name.clone_into(&mut self.new_name),
            Some(id) => {
                if let Some(row) = self.rows.iter_mut().find(|row| row.id == id) {
                    row.mean(typed.get("name"));
                }
            }
        }
    }
}

fn signals(app: &App, principal: &Principal) -> Result<String> {
    let Some(accepted) = accepted(app, &principal.user)? else { return Ok(String::new()) };
    serde_json::to_string(&Signals::from(accepted))
        .map_err(|error| Error::internal("write what a browser is told", error))
}

impl PasskeyRow {
    fn new(visitor: &Visitor, at: usize, passkey: PasskeyView, own: Option<&String>) -> Self {
        let is_elsewhere = Some(&passkey.rp_id) != own;
        Self {
            id: passkey.id.to_string(),
            typed_name: passkey.name.clone(),
            name: passkey.name,
            is_synced: passkey.is_synced,
            elsewhere: is_elsewhere.then(|| fill(visitor.t.passkey_of_elsewhere, &passkey.rp_id)),
            added: Moment::new(visitor, passkey.created_at),
            last_used: passkey.last_used_at.map(|used| Moment::new(visitor, used)),
            is_meant: false,
            name_id: format!("passkey-{at}-name"),
            code_id: format!("passkey-{at}-code"),
            password_id: format!("passkey-{at}-current-password"),
        }
    }

    /// The refusal stands at the fields of this one, by their ids.
    fn mean(&mut self, typed_name: Option<&str>) {
        self.is_meant = true;
        self.name_id = "passkey-name".into();
        self.code_id = "passkey-code".into();
        self.password_id = "passkey-current-password".into();
        if let Some(name) = typed_name {
            name.clone_into(&mut self.typed_name);
        }
    }
}

#[derive(Template)]
#[template(path = "device_code.html")]
struct DeviceCodePage<'a> {
    frame: Frame<'a>,
    code: &'a str,
    /// How long it is good, in seconds and in words.
    seconds: u64,
    minutes: String,
    until: Moment,
}

/// The page with a code for another device. Nothing shows the code again.
pub(super) fn device_code_page(visitor: &Visitor, given: &PasskeyCode) -> HttpResponse {
    let seconds = visitor.now.seconds_until(given.expires_at);
    let page = DeviceCodePage {
        frame: visitor.frame(visitor.t.device_code, Message::None),
        code: &given.code,
        seconds,
        minutes: fill(visitor.t.minutes, seconds.div_ceil(60)),
        until: Moment::new(visitor, given.expires_at),
    };
    visitor.show(200, page.render())
}
