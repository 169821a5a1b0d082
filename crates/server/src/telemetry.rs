//! Logs: text for people, JSON for machines. No names, addresses or id numbers of citizens.

use std::io::IsTerminal;

use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::Failure;
use crate::config::LogFormat;

/// Starts logging to standard error.
pub fn start(filter: &str, format: LogFormat) -> Result<(), Failure> {
    let filter: Targets = filter
        .parse()
        .map_err(|error| Failure::Input(format!("log = \"{filter}\": {error}")))?;
    let logs = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        // In a file, colour codes are noise.
        .with_ansi(std::io::stderr().is_terminal());
    let lines = match format {
        LogFormat::Text => logs.boxed(),
        LogFormat::Json => logs.json().boxed(),
    };
    tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .init();
    Ok(())
}
