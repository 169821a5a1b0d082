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

use std::io::Write;
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
        let mut lines = String::new();
        for (number, text) in told_once(self).iter().enumerate() {
            let begins = if number == 0 {
                "motcua: "
            } else {
                "  because: "
            };
            lines.push_str(&format!("{begins}{text}\n"));
        }
        // Who has stopped reading, as `head` does, wants no more.
        let _unread = std::io::stderr().write_all(lines.as_bytes());
        match self {
            Failure::Input(_) => ExitCode::from(2),
            Failure::Work { .. } => ExitCode::FAILURE,
        }
    }
}

/// An error and its causes, outermost first. Some errors end with the text of their cause; that is left out.
fn told_once(error: &dyn std::error::Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if let Some(outer) = texts.last_mut()
            && let Some(own) = outer.strip_suffix(&text)
        {
            *outer = own.trim_end_matches([':', ' ']).to_owned();
        }
        texts.push(text);
        cause = inner.source();
    }
    texts.retain(|text| !text.is_empty());
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Told(&'static str, #[source] Option<Box<Told>>);

    #[test]
    fn what_a_cause_says_is_told_once() {
        let inner = Told("the file is read-only", None);
        let outer = Told(
            "Execution Error: the file is read-only",
            Some(Box::new(inner)),
        );
        let whole = Told("cannot open m.db", Some(Box::new(outer)));
        assert_eq!(
            told_once(&whole),
            [
                "cannot open m.db",
                "Execution Error",
                "the file is read-only"
            ]
        );
    }
}
