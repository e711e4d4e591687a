//! Health checks for monitors.

use actix_web::web::Data;

use super::bridge::Bridge;
use super::envelope::Failure;
use crate::domain::App;

/// `GET /healthz`: the process is alive.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database can be read.
pub(super) async fn readyz(bridge: Data<Bridge>) -> Result<&'static str, Failure> {
    bridge.read(App::check_ready)?;
    Ok("ok\n")
}
