//! `motcua man`, which packages call.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_mangen::Man as Page;

use super::Cli;
use crate::Failure;

/// Write the manual pages, one a command.
#[derive(Debug, Args)]
pub struct Man {
    /// The folder to write into.
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}

/// Writes them.
pub fn run(flags: &Man) -> Result<ExitCode, Failure> {
    let mut all = Cli::command();
    all.build();
    write(&flags.folder, &all, "motcua")?;
    Ok(ExitCode::SUCCESS)
}

fn write(folder: &Path, command: &clap::Command, name: &str) -> Result<(), Failure> {
    let path = folder.join(format!("{name}.1"));
    let cannot = |error| Failure::work(format!("cannot write {}", path.display()), error);
    let mut text = Vec::new();
    Page::new(command.clone())
        .render(&mut text)
        .map_err(cannot)?;
    std::fs::write(&path, text).map_err(cannot)?;
    for below in command.get_subcommands() {
        if !below.is_hide_set() && below.get_name() != "help" {
            write(folder, below, &format!("{name}-{}", below.get_name()))?;
        }
    }
    Ok(())
}
