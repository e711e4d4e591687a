//! How often the server makes backups.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::time::Span;

/// The server looks once a minute whether a backup is due.
const SHORTEST: Span = Span::from_secs(60);

pub(super) fn deserialize<'de, D>(deserializer: D) -> Result<Option<Span>, D::Error>
where
    D: Deserializer<'de>,
{
    let text = String::deserialize(deserializer)?;
    let span: Span = text.parse().map_err(D::Error::custom)?;
    if span.seconds() < SHORTEST.seconds() {
        let message = format!("{text:?} is shorter than \"1m\", the shortest time between backups");
        return Err(D::Error::custom(message));
    }
    Ok(Some(span))
}
