//! What the mail server says of a mail while the request that asked for it is still waiting.

use std::time::Duration;

use tokio::time::timeout;

use crate::domain::email_confirmation::LinkMail;
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

/// What became of the link that confirms a new address, for the user who waits for it; `None` where
/// the address needs no link.
pub(super) async fn of_link(link: LinkMail) -> Option<String> {
    let refusal = match link {
        LinkMail::None => return None,
        LinkMail::Sending(sending) => first_answer(sending).await.err(),
        LinkMail::NotMailed(error) => Some(error),
    };
    Some(match refusal {
        None => "The address is set, and a link that confirms it is on its way.".into(),
        Some(error) => {
            format!("The address is set; no link that confirms it could be sent now. {error}")
        }
    })
}
