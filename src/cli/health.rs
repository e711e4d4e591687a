//! `nox health`.

use anyhow::Result;

use super::output::{Output, Stop};
use crate::config::Config;
use crate::http::is_ready;

/// Asks the server at `server.listen` whether it is ready.
///
/// # Errors
/// It is not, or does not answer.
pub fn run(config: &Config, output: Output) -> Result<()> {
    let listen = &config.server.listen;
    match is_ready(listen) {
        Ok(true) => output.line("ok"),
        Ok(false) => {
            Err(Stop::failed(format!("the server at {listen} is not ready: look into its log"))
                .into())
        }
        Err(error) => Err(Stop::failed(format!("no server answers at {listen}: {error}")).into()),
    }
}
