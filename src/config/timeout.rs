//! The timeouts of the configuration.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// How long the server waits for a client or for another server: from one second to one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Timeout(Span);

impl Timeout {
    const MAX_SECS: u64 = 60 * 60;

    /// For defaults. A value outside the range does not compile.
    pub(super) const fn from_secs(seconds: u64) -> Self {
        assert!(1 <= seconds && seconds <= Self::MAX_SECS, "a default must be within its range");
        Self(Span::from_secs(seconds))
    }
}

impl TryFrom<String> for Timeout {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let span: Span = text.parse()?;
        if span.seconds() > Self::MAX_SECS {
            return Err(format!("{text:?} is not between \"1s\" and \"1h\""));
        }
        Ok(Self(span))
    }
}

impl From<Timeout> for String {
    fn from(timeout: Timeout) -> Self {
        timeout.0.into()
    }
}

impl From<Timeout> for Duration {
    fn from(timeout: Timeout) -> Self {
        timeout.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_from_one_second_to_one_hour() {
        let read = |text: &str| Timeout::try_from(text.to_owned());
        for (text, seconds) in [("1s", 1), ("90s", 90), ("30m", 1800), ("60m", 3600), ("1h", 3600)]
        {
            assert_eq!(read(text).map(Duration::from), Ok(Duration::from_secs(seconds)));
        }
        for text in ["3601s", "61m", "2h", "1d"] {
            assert!(read(text).unwrap_err().contains("between \"1s\" and \"1h\""), "{text}");
        }
        for text in ["0s", "", "15", "-1s", "soon"] {
            assert!(read(text).unwrap_err().contains("such as \"45s\""), "{text}");
        }
    }
}
