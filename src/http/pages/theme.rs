//! What the pages wear: the operator's picture and colour, and the style sheet and the
//! script.

use super::asset::Asset;
use super::logo::Logo;
use crate::config::Config;

const STYLE: &str = include_str!("../../../static/nox.css");
const SCRIPT: &str = include_str!("../../../static/nox.js");
const ACCOUNT_STYLE: &str = include_str!("../../../static/account.css");
const ACCOUNT_SCRIPT: &str = include_str!("../../../static/account.js");
const PASSKEY_SCRIPT: &str = include_str!("../../../static/passkeys.js");
const ACCOUNT_PASSKEY_SCRIPT: &str = include_str!("../../../static/account_passkeys.js");
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The theme of all pages, read once at the start.
pub struct Theme {
    pub(super) logo: Logo,
    pub(super) style: Asset,
    pub(super) script: Asset,
    /// What the account page has beyond the others.
    pub(super) account_style: Asset,
    pub(super) account_script: Asset,
    /// What the pages have that use passkeys.
    pub(super) passkey_script: Asset,
    pub(super) account_passkey_script: Asset,
}

impl Theme {
    /// Reads the picture and dresses the style sheet in the operator's colour.
    ///
    /// # Errors
    /// The picture cannot be read, or is none that can be used; the text says what to change.
    pub fn new(config: &Config) -> Result<Self, String> {
        let accent = config.instance.accent.as_str();
        let style = format!(":root{{--brand:{accent}}}\n{STYLE}");
        Ok(Self {
            logo: Logo::read(config.instance.logo.as_deref()).map_err(|message| {
                let key = "instance.logo";
                let place = config.place(key).map(|place| format!("{place}: "));
                format!("{}{key}: {message}", place.unwrap_or_default())
            })?,
            style: Asset::new("nox", "css", CSS, style.into())?,
            script: Asset::new("nox", "js", JAVASCRIPT, SCRIPT.into())?,
            account_style: Asset::new("account", "css", CSS, ACCOUNT_STYLE.into())?,
            account_script: Asset::new("account", "js", JAVASCRIPT, ACCOUNT_SCRIPT.into())?,
            passkey_script: Asset::new("passkeys", "js", JAVASCRIPT, PASSKEY_SCRIPT.into())?,
            account_passkey_script: Asset::new(
                "account-passkeys",
                "js",
                JAVASCRIPT,
                ACCOUNT_PASSKEY_SCRIPT.into(),
            )?,
        })
    }

    /// The file of this name, if there is one.
    pub(super) fn asset(&self, name: &str) -> Option<&Asset> {
        let account = [&self.account_style, &self.account_script, &self.account_passkey_script];
        let assets = [&self.style, &self.script, &self.passkey_script].into_iter().chain(account);
        assets.into_iter().find(|asset| asset.name == name)
    }
}
