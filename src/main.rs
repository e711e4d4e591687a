//! The binary: the command line, and its exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    nox::cli::run()
}
