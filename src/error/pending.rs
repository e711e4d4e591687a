//! A login that waits, though its password was right.

use zeroize::Zeroizing;

/// What a login waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginStep {
    /// The confirmation of the address.
    ConfirmAddress,
    /// The set-up of a second factor.
    SetUpFactor,
}

/// A login that opens no session before its user has done something else.
#[derive(Debug)]
pub struct PendingLogin {
    /// What it waits for.
    pub step: LoginStep,
    /// Proves to the pages that the password was right. No answer of the API has it.
    pub proof: Zeroizing<String>,
    /// The address of the page where the user can do it.
    pub page: String,
}

impl PendingLogin {
    /// What the user may not do, as a verb phrase.
    pub(super) fn action(&self) -> String {
        let page = &self.page;
        match self.step {
            LoginStep::ConfirmAddress => format!(
                "log in before the email address is confirmed: open the link that was mailed to \
                 it, or ask for another one at {page}"
            ),
            LoginStep::SetUpFactor => {
                format!("log in before a second factor is set up at {page}")
            }
        }
    }
}
