//! What a client is told where a second factor is due (contract, clients.md 4).

use serde::Serialize;
use utoipa::ToSchema;

use super::dialect::Dialect;
use crate::domain::factors::email::MAIL_EVERY;
use crate::error::Challenge;

/// The data of the failure 428.
#[derive(Serialize, ToSchema)]
pub(super) struct VerificationData<'a> {
    verification_required: bool,
    /// The enabled ones first; with names for error codes, these alone.
    methods: Vec<Method<'a>>,
}

/// One way to prove it.
#[derive(Serialize, ToSchema)]
struct Method<'a> {
    /// `totp` or `email`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// For people.
    name: &'static str,
    /// For people.
    description: &'static str,
    /// Whether the user has it.
    enabled: bool,
    /// Whether the server can send a code this way.
    can_send: bool,
    /// Seconds between two codes that are sent.
    cooldown: u64,
    /// What clients send along when they ask for a code.
    send_data: SendData<'a>,
    details: Details<'a>,
}

/// What clients echo without looking inside.
#[derive(Clone, Copy, Serialize, ToSchema)]
struct SendData<'a> {
    challenge: &'a str,
}

/// The same again for clients of 2026, with what a code looks like.
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
        // A front takes the first for the one that is on.
        methods.sort_by_key(|method| !method.enabled);
        if dialect.has_names() {
            methods.retain(|method| method.enabled);
        }
        Self { verification_required: true, methods }
    }
}
