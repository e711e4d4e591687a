//! By what a login is known that its browser sends twice.

use zeroize::Zeroizing;

use crate::domain::factors::Code;
use crate::domain::principal::Client;
use crate::domain::sessions::repeat::SentLogin;

/// By what it is known that a browser has sent the same login before. Without the secret in the
/// browser's cookie, it never is.
pub(crate) enum Repeat {
    /// Each right login opens a session, as the contract's API says.
    Never,
    /// A form of the pages: its browser alone, since the password is checked again.
    Form,
    /// A registration by the pages: its browser, and the account that it has made.
    Registration,
    /// This challenge and the code, which opens nothing else any more.
    Challenge(String),
}

impl Repeat {
    pub(super) fn sent(&self, client: &Client, code: Option<&Code>) -> Option<SentLogin> {
        let proof = match (self, code) {
            (Self::Form, _) => None,
            (Self::Registration, _) => Some(Zeroizing::new("registration".into())),
            (Self::Challenge(challenge), Some(code)) => {
                Some(Zeroizing::new(format!("{challenge} {}", code.normalized())))
            }
            (Self::Never, _) | (Self::Challenge(_), None) => return None,
        };
        let browser = client.device.browser.clone()?;
        Some(SentLogin { browser, proof })
    }
}
