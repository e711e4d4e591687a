//! What monitors ask.

use actix_web::web::Data;

use super::bridge::Bridge;
use super::envelope::Failure;
use crate::domain::App;

/// `GET /healthz`: the process lives.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers.
pub(super) async fn readyz(bridge: Data<Bridge>) -> Result<&'static str, Failure> {
    bridge.read(App::check_ready)?;
    Ok("ok\n")
}
