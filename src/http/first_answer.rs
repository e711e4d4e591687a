//! What the mail server says of a mail while the request that asked for it is still waiting.

use std::time::Duration;

use tokio::time::timeout;

use crate::domain::email_confirmation::LinkMail;
use crate::domain::mail::{Mailed, Sending};
use crate::error::Result;

/// How long a request waits. A mail server that is slow or down delays it so much, and the mail is
/// on its way.
const FIRST_ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// Waits for the first attempt to send a mail, for a moment.
///
/// # Errors
/// The mail was refused for good.
pub(super) async fn first_answer(sending: Sending) -> Result<Mailed> {
    timeout(FIRST_ANSWER_TIMEOUT, sending.first_answer()).await.unwrap_or(Ok(Mailed::OnItsWay))
}

/// Waits for the first attempt to send a mail, for a moment, so that the page which is shown next
/// knows whether it is delayed. A code that is refused is deleted, and the page says so.
pub(super) async fn wait_for(sending: Option<Sending>) {
    if let Some(sending) = sending {
        let _ = first_answer(sending).await;
    }
}

/// What became of the link that confirms a new address, for the user who waits for it; `None` where
/// the address needs no link.
pub(super) async fn of_link(link: LinkMail) -> Option<String> {
    let mailed = match link {
        LinkMail::None => return None,
        LinkMail::Sending(sending) => first_answer(sending).await,
        LinkMail::NotMailed(error) => Err(error),
    };
    Some(match mailed {
        Ok(Mailed::OnItsWay) => {
            "The address is set, and a link that confirms it is on its way.".into()
        }
        Ok(Mailed::Delayed) => {
            "The address is set. The mail server takes no mail at the moment; a link that confirms \
             the address is mailed as soon as it does."
                .into()
        }
        Err(error) => {
            format!("The address is set; no link that confirms it could be sent now. {error}")
        }
    })
}
