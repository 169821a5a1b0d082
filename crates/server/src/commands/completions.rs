//! `motcua completions`, which packages call.

use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, print};
use crate::Failure;

/// Print the completions of a shell.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell.
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Prints them.
pub fn run(flags: &Completions) -> Result<ExitCode, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(flags.shell, &mut Cli::command(), "motcua", &mut text);
    print(String::from_utf8_lossy(&text).into_owned())?;
    Ok(ExitCode::SUCCESS)
}
