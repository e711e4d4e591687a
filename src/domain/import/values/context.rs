//! What the meaning of a row depends on, besides the row.

use super::Assets;
use crate::config::Config;
use crate::domain::import::dump::Shape;
use crate::time::Timestamp;

/// What the meaning of a row depends on, besides the row.
pub(in crate::domain::import) struct Context<'a> {
    pub config: &'a Config,
    pub shape: Shape,
    /// The folder with the pictures of the old server.
    pub assets: Option<&'a Assets>,
    /// Whether an account whose hash is of an unknown form is taken without a password.
    pub skip_passwords: bool,
    /// When the import runs.
    pub now: Timestamp,
}
