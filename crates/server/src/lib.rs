//! The binary: configuration, telemetry, commands, lifecycle.
//!
//! The only crate that knows the environment, the wall clock and chance.

mod backup;
pub mod catalogue;
pub mod clock;
mod commands;
pub mod config;
mod demo_portal;
mod doctor;
pub mod import;
mod observe;
mod preflight;
mod progress;
mod readers;
mod remotes;
mod retention;
mod scratch;
mod secret;
mod supervisor;
mod telemetry;
mod text;

use std::process::ExitCode;

pub use commands::Cli;

/// The failure of a command, as the operator sees it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file, a flag or the configuration is wrong: exit code 2.
    #[error("{0}")]
    Input(String),
    /// The request is valid, but the work failed: exit code 1.
    #[error("{message}")]
    Work {
        /// What was being done.
        message: String,
        /// Why it failed.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

impl Failure {
    fn work(
        message: impl Into<String>,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Failure::Work {
            message: message.into(),
            source: Some(Box::new(source)),
        }
    }

    /// The same failure, with the key of the configuration that it is about.
    fn about(self, key: &str) -> Self {
        match self {
            Failure::Input(wrong) => Failure::Input(format!("{key}: {wrong}")),
            Failure::Work { message, source } => Failure::Work {
                message: format!("{key}: {message}"),
                source,
            },
        }
    }

    /// Prints the failure with its causes, one a line, and gives the exit code.
    pub fn report(&self) -> ExitCode {
        eprintln!("motcua: {self}");
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            eprintln!("  because: {error}");
            cause = error.source();
        }
        match self {
            Failure::Input(_) => ExitCode::from(2),
            Failure::Work { .. } => ExitCode::FAILURE,
        }
    }
}
