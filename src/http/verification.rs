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
    /// `totp`, `email`, or for users who have one `passkey`.
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
    input: Input,
    cooldown: u64,
}

#[derive(Serialize, ToSchema)]
struct CodeShape {
    length: u32,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// What a front asks its user for: a code, or a passkey, which it checks below `base`.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum Input {
    Code {
        #[serde(rename = "type")]
        kind: &'static str,
        length: u32,
        charset: &'static str,
    },
    Passkey {
        #[serde(rename = "type")]
        kind: &'static str,
        base: &'static str,
    },
}

impl<'a> VerificationData<'a> {
    pub(super) fn of(challenge: &'a Challenge, dialect: Dialect) -> Self {
        let data = SendData { challenge: &challenge.token };
        let method = |kind, [name, description]: [&'static str; 2], enabled, can_send| Method {
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
                input: match kind {
                    "passkey" => Input::Passkey { kind, base: "/auth/passkey/login" },
                    _ => Input::Code { kind: "code", length: 6, charset: "numeric" },
                },
                cooldown: MAIL_EVERY.as_secs(),
            },
        };
        let app = ["Authenticator App", "Use an authenticator app to generate a verification code"];
        let mail = ["Email Verification", "Receive a verification code via email"];
        let passkey = ["Passkey", "Approve with a passkey"];
        let mut methods = vec![
            method("totp", app, challenge.totp, false),
            method("email", mail, challenge.email, challenge.can_mail),
        ];
        methods.extend(challenge.passkey.map(|is_on| method("passkey", passkey, is_on, false)));
        // A front takes the first method for the one that is on.
        methods.sort_by_key(|method| !method.enabled);
        if dialect.has_names() {
            methods.retain(|method| method.enabled);
        }
        Self { verification_required: true, methods }
    }
}
