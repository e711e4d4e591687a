//! The binary: parse, dispatch, exit status.

use std::process::ExitCode;

use clap::Parser;
use nox::cli::{Cli, output};

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => output::fail(&error),
    }
}
