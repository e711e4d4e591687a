//! New recovery codes that the pages show until their user says that they are kept. The answer to
//! the form that made them may never be seen: a second click makes a browser drop it.
//!
//! They are stored sealed, since the server may be started again meanwhile, and by a key that needs
//! the secret in the browser's cookie: the database and the key file alone do not open them.
//! They belong to the session that made them, and end with it.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::crypto::{hmac_sha256, open_with, seal_with};
use crate::domain::App;
use crate::domain::factors::recovery::{self, RecoveryCodes};
use crate::domain::principal::Principal;
use crate::error::Result;
use crate::storage::{Connection, shown_codes};
use crate::time::Timestamp;

/// How long they are shown.
pub(in crate::domain) const SHOWN_FOR: Duration = Duration::from_mins(15);

/// How a user gets new recovery codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// In the response, once.
    Response,
    /// By the page that shows them until they are kept.
    Page,
}

/// Makes new codes for the principal, and stores them where a page shows them. Part of the
/// caller's transaction.
pub(in crate::domain) fn renew(
    app: &App,
    connection: &Connection,
    principal: &Principal,
    delivery: Delivery,
    now: Timestamp,
) -> Result<RecoveryCodes> {
    let codes = recovery::renew(app, connection, principal.user.id)?;
    if delivery == Delivery::Page {
        let text = joined(&codes);
        let sealed = seal_with(&key(app, principal), &context(principal), text.as_bytes())?;
        let of = principal.session_ref();
        shown_codes::put(connection, of, &sealed, now, now.after(SHOWN_FOR))?;
    }
    Ok(codes)
}

/// The codes that the principal's session shows; empty if there are none.
pub(crate) fn shown(app: &App, principal: &Principal, now: Timestamp) -> Result<RecoveryCodes> {
    app.db.read(|connection| find(app, connection, principal, now))
}

fn find(
    app: &App,
    connection: &Connection,
    principal: &Principal,
    now: Timestamp,
) -> Result<RecoveryCodes> {
    let sealed = shown_codes::find_active(connection, principal.session_ref(), now)?;
    // Codes that do not open were made for another browser.
    let opened = sealed
        .and_then(|sealed| open_with(&key(app, principal), &context(principal), &sealed).ok());
    let text = opened.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok());
    Ok(text.unwrap_or_default().lines().map(|code| Zeroizing::new(code.into())).collect())
}

/// Names codes, so that the page which shows them can say which ones its user has kept.
pub(crate) fn mark(app: &App, principal: &Principal, codes: &RecoveryCodes) -> String {
    let hash = app.keyed_hash("shown codes", principal.user.id, &joined(codes));
    BASE64_URL_SAFE_NO_PAD.encode(hash)
}

/// Deletes the codes that the principal's session shows, which the user has kept, by their mark.
/// Returns false if it shows other codes by now, such as those of another tab: they stay.
pub(crate) fn hide(app: &App, principal: &Principal, kept: &str, now: Timestamp) -> Result<bool> {
    app.db.write(|connection| {
        let codes = find(app, connection, principal, now)?;
        let is_kept = codes.is_empty() || kept.is_empty() || kept == mark(app, principal, &codes);
        if is_kept {
            shown_codes::delete(connection, principal.session_ref())?;
        }
        Ok(is_kept)
    })
}

fn joined(codes: &RecoveryCodes) -> Zeroizing<String> {
    Zeroizing::new(codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join("\n"))
}

fn key(app: &App, principal: &Principal) -> Zeroizing<[u8; 32]> {
    let browser = principal.device.browser.as_deref().unwrap_or_default();
    Zeroizing::new(hmac_sha256(&app.key.derive("shown codes"), browser.as_bytes()))
}

fn context(principal: &Principal) -> String {
    format!("shown codes of the session {}", principal.session)
}
