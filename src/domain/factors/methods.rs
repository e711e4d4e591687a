//! The methods that a client is told about when the second factor is due.

use serde::Serialize;

use super::{challenge, email};
use crate::domain::App;
use crate::domain::sessions::Device;
use crate::error::{Error, Result};
use crate::storage::users::User;
use crate::time::Timestamp;

/// One way to prove a login a second time, as a client is told about it.
#[derive(Debug, Serialize)]
pub struct Method {
    /// `totp` or `email`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// For people.
    pub name: &'static str,
    /// For people.
    pub description: &'static str,
    /// Whether the user has it.
    pub enabled: bool,
    /// Whether the server can send a code this way.
    pub can_send: bool,
    /// What clients send along when they ask for a code.
    pub send_data: SendData,
    /// The same again for newer clients, with what a code looks like.
    pub details: MethodDetails,
}

impl Method {
    /// What names the login that waits for this.
    #[must_use]
    pub fn challenge(&self) -> &str {
        &self.send_data.challenge
    }
}

/// What names the login for which a code is asked.
#[derive(Clone, Debug, Serialize)]
pub struct SendData {
    challenge: String,
}

/// What clients of 2026 look for.
#[derive(Debug, Serialize)]
pub struct MethodDetails {
    pub sendable: bool,
    pub data: SendData,
    pub code: CodeShape,
}

/// What a code looks like.
#[derive(Debug, Serialize)]
pub struct CodeShape {
    pub length: u32,
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// Every method that the server knows, for a user whose second factor is due. Where mail is the only one that is enabled,
/// a code goes out at once: some clients cannot ask for it.
pub(super) fn demand(app: &App, user: &User, device: &Device, now: Timestamp) -> Result<[Method; 2]> {
    let can_mail = app.mailer.is_on();
    if can_mail && user.has_email_factor && !user.has_totp {
        match email::mail_code(app, user, device, now) {
            // The one before is on its way or there.
            Ok(()) | Err(Error::TooManyRequests { .. }) => (),
            Err(error) => return Err(error),
        }
    }
    let data = SendData { challenge: challenge::make(app, user, now)? };
    let method = |kind, name, description, (enabled, can_send)| Method {
        kind,
        name,
        description,
        enabled,
        can_send,
        send_data: data.clone(),
        details: MethodDetails {
            sendable: can_send,
            data: data.clone(),
            code: CodeShape { length: 6, kind: "numeric" },
        },
    };
    let app = "Use an authenticator app to generate a verification code";
    let mail = "Receive a verification code via email";
    let mails = (user.has_email_factor && can_mail, can_mail);
    Ok([
        method("totp", "Authenticator App", app, (user.has_totp, false)),
        method("email", "Email Verification", mail, mails),
    ])
}
