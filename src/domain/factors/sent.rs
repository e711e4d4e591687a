//! Six-digit codes that the server makes, to be mailed, to be handed out by the operator, or to be
//! shown to a user with a passkey. Each is valid once, for ten minutes, and no longer after five
//! wrong codes.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::crypto::six_digits;
use crate::domain::App;
use crate::domain::factors::code::Proof;
use crate::domain::mail::messages::Message;
use crate::domain::mail::{Purpose, Sending};
use crate::domain::principal::Actor;
use crate::domain::throttle::{self, Limit};
use crate::error::Result;
use crate::storage::Connection;
use crate::storage::sent_codes::{self, Channel, NewSentCode};
use crate::storage::users::UserId;
use crate::time::Timestamp;

/// How long a code is valid.
pub(crate) const LIFETIME: Duration = Duration::from_mins(10);
/// How many wrong codes make a sent code invalid.
const TRIES: u32 = 5;
/// The purpose in the keyed hash of a code.
const PURPOSE: &str = "sent";

/// A code that is stored, and is to be delivered.
pub(crate) struct NewCode {
    pub code: Zeroizing<String>,
    /// The keyed hash of the code, as it is stored.
    pub hash: [u8; 32],
}

/// Makes a code, which replaces the earlier one of the same channel.
pub(in crate::domain) fn make(
    app: &App,
    connection: &Connection,
    user: UserId,
    channel: Channel,
    now: Timestamp,
) -> Result<NewCode> {
    let code = six_digits()?;
    let hash = app.keyed_hash(PURPOSE, user, &code);
    let new = NewSentCode {
        user_id: user,
        channel,
        hash: &hash,
        expires_at: now.after(LIFETIME),
        tries_left: TRIES,
    };
    sent_codes::put(connection, &new)?;
    Ok(NewCode { code, hash })
}

/// Mails a code to a user with a verified address. A rate limit allows one a minute and ten a day.
pub(super) fn mail(app: &App, actor: Actor<'_>, now: Timestamp) -> Result<Sending> {
    let Actor { user, device } = actor;
    let _counted = throttle::consume(app, Limit::mailed_code(user.id), now)?;
    let NewCode { code, hash } =
        app.db.write(|connection| make(app, connection, user.id, Channel::Email, now))?;
    let purpose = Purpose::Code { user: user.id, hash };
    let sending = app.mail_to(user, Some(device), &Message::Code(&code), purpose);
    tracing::info!(account = %user.id, ip = %device.ip, "a code is on its way by mail");
    Ok(sending)
}

/// The digits that a user typed, and the channels that may have delivered them.
pub(super) struct SentCode<'a> {
    pub user: UserId,
    pub channels: &'a [Channel],
    pub digits: &'a str,
}

/// Checks the digits against the active codes of the channels, and consumes the code that matches.
pub(super) fn consume(
    app: &App,
    connection: &Connection,
    shown: &SentCode<'_>,
    now: Timestamp,
) -> Result<Proof> {
    let hash = app.keyed_hash(PURPOSE, shown.user, shown.digits);
    for channel in shown.channels {
        let active = sent_codes::find_active(connection, shown.user, *channel, now)?;
        match active.filter(|code| code.hash == hash) {
            Some(code) if code.is_used => return Ok(Proof::Used),
            Some(_) => {
                sent_codes::update_used(connection, shown.user, *channel, now)?;
                return Ok(Proof::Right);
            }
            None => (),
        }
    }
    Ok(Proof::Wrong)
}
