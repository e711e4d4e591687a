//! The challenge: what a client needs to know to ask for a code of the second factor.

/// The login or the change that needs a code, and the factors whose codes are accepted.
#[derive(Debug, Default)]
pub struct Challenge {
    /// The token of the login, for the request with the code. Empty where the request has a
    /// session.
    pub token: String,
    /// A code from an authenticator app is accepted.
    pub totp: bool,
    /// A mailed code is accepted, and so are recovery codes and codes from the operator, which are
    /// sent in the same field.
    pub email: bool,
    /// The server can mail a code.
    pub can_mail: bool,
    /// Whether a passkey takes the place of a code; `None` where the user has none.
    pub passkey: Option<bool>,
}
