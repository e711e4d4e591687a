//! The binary: the command line, and its exit status.

use std::process::ExitCode;

/// It gives freed pages back to the system wherever they lie, and glibc only those at the end of a
/// heap. Its settings are in `.cargo/config.toml`, see "Where the memory goes" in
/// `docs/performance.md`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    nox::cli::run()
}
