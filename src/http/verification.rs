//! The data of a refusal that asks for the second factor (contract, clients.md 4).

use serde::Serialize;
use utoipa::ToSchema;

use super::dialect::Dialect;
use crate::domain::factors::email::MAIL_EVERY;
use crate::error::Challenge;

/// The data of the failure 428.
#[derive(Serialize, ToSchema)]
pub(super) struct VerificationData<'a> {
    verification_required: bool,
    /// The enabled methods first; the dialect of names lists no others.
    methods: Vec<Method<'a>>,
}

/// A method that proves the second factor.
#[derive(Serialize, ToSchema)]
struct Method<'a> {
    /// `totp` or `email`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Shown to people.
    name: &'static str,
    /// Shown to people.
    description: &'static str,
    /// Whether it is on.
    enabled: bool,
    /// Whether the server can send its code.
    can_send: bool,
    /// The shortest time between two codes, in seconds.
    cooldown: u64,
    /// What a client sends back to ask for a code.
    send_data: SendData<'a>,
    details: Details<'a>,
}

/// An object that clients send back as it is.
#[derive(Clone, Copy, Serialize, ToSchema)]
struct SendData<'a> {
    challenge: &'a str,
}

/// The method as clients of 2026 read it, with the form of its codes.
#[derive(Serialize, ToSchema)]
struct Details<'a> {
    sendable: bool,
    data: SendData<'a>,
    code: CodeShape,
    cooldown: u64,
}

#[derive(Serialize, ToSchema)]
struct CodeShape {
    length: u32,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl<'a> VerificationData<'a> {
    pub(super) fn of(challenge: &'a Challenge, dialect: Dialect) -> Self {
        let data = SendData { challenge: &challenge.token };
        let method = |kind, name, description, enabled, can_send| Method {
            kind,
            name,
            description,
            enabled,
            can_send,
            cooldown: MAIL_EVERY.as_secs(),
            send_data: data,
            details: Details {
                sendable: can_send,
                data,
                code: CodeShape { length: 6, kind: "numeric" },
                cooldown: MAIL_EVERY.as_secs(),
            },
        };
        let app = "Use an authenticator app to generate a verification code";
        let mail = "Receive a verification code via email";
        let mut methods = vec![
            method("totp", "Authenticator App", app, challenge.totp, false),
            method("email", "Email Verification", mail, challenge.email, challenge.can_mail),
        ];
        // A front takes the first method for the one that is on.
        methods.sort_by_key(|method| !method.enabled);
        if dialect.has_names() {
            methods.retain(|method| method.enabled);
        }
        Self { verification_required: true, methods }
    }
}
