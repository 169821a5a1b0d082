//! `motcua`: the engine behind the one-stop shop.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match server::Cli::parse().run() {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}
