//! `motcua`: the engine behind the one-stop shop.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

/// A transition allocates some hundred small pieces in one thread and frees them in another, which
/// took a quarter of the server's time with the C library's own (docs/performance.md).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match server::cli::Cli::parse().run() {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}
