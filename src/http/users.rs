//! `/api/users`.

use actix_web::web::Data;

use super::bridge::Bridge;
use super::envelope::{Failure, Reply};
use super::extract::Reader;
use super::observe::Now;
use crate::domain::users::{Profile, profile};

/// `GET /api/users/@me`
pub(super) async fn me(
    bridge: Data<Bridge>,
    Now(now): Now,
    Reader(principal): Reader,
) -> Result<Reply<Profile>, Failure> {
    Ok(Reply::new(bridge.read(|app| Ok(profile(app, principal.user, now)))?))
}
