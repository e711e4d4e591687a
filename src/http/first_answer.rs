//! What the mail server says of a mail while the request that asked for it is still waiting.

use std::time::Duration;

use tokio::time::timeout;

use crate::domain::mail::Sending;
use crate::error::Result;

/// How long a request waits. A mail server that is slow or down delays it so much, and the mail is
/// on its way.
const FIRST_ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// Waits for the first attempt to send a mail, for a moment.
///
/// # Errors
/// The mail was refused for good.
pub(super) async fn first_answer(sending: Sending) -> Result<()> {
    let refusal = timeout(FIRST_ANSWER_TIMEOUT, sending.refusal()).await;
    refusal.ok().flatten().map_or(Ok(()), Err)
}
