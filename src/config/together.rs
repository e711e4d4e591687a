//! What no key can check by itself, since it depends on another one.

use super::{Config, ConfigError};

impl Config {
    /// Checks the keys that need each other.
    ///
    /// # Errors
    /// `users.require_email` is set, and no mail can be sent.
    pub(super) fn check_together(&self) -> Result<(), ConfigError> {
        if !self.users.require_email || self.mail.host.is_some() {
            return Ok(());
        }
        let key = "users.require_email";
        let location = self.origins.find(key).unwrap_or(key).to_owned();
        let message = format!(
            "{key} = true needs a mail server, since a mailed link confirms the address: set \
             mail.host and mail.from, or {key} = false"
        );
        Err(ConfigError::Invalid { location, message })
    }
}
