//! What a refusal says that asks for the second factor.

/// Names the login, or the change, that waits for a second factor, and the factors that prove it.
#[derive(Debug, Default)]
pub struct Challenge {
    /// Stands for the login when a code is asked for; empty where a session does.
    pub token: String,
    /// Whether an authenticator app can prove it.
    pub totp: bool,
    /// Whether a code by mail can prove it, or what goes into the same field: recovery codes, and
    /// codes from the operator.
    pub email: bool,
    /// Whether a code can be mailed.
    pub can_mail: bool,
}
