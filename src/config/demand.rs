//! From whom the server demands a second factor.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::time::Span;

/// The accounts that must have a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Demanded {
    /// None: each user decides.
    Nobody,
    /// Those of administrators.
    Administrators,
    /// All.
    Everybody,
}

/// Reads how long an account may do without a second factor: a length of time, or none, such as
/// `0d`.
pub(super) fn grace<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
    let text = String::deserialize(deserializer)?;
    let is_none = text
        .strip_suffix(['s', 'm', 'h', 'd'])
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte == b'0'));
    if is_none { Ok(Span::from_secs(0)) } else { text.parse().map_err(D::Error::custom) }
}
