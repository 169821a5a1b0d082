//! Logs: text for people, JSON for machines. No names, addresses or id numbers of citizens.
//!
//! With the feature `otlp`, calls and log lines also go to a collector of OpenTelemetry.

#[cfg(feature = "otlp")]
mod otlp;

use std::io::IsTerminal;

use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::Failure;
use crate::config::{Config, LogFormat};

/// What goes on as long as something is told; dropped, it sends what is not sent yet.
pub struct Telemetry {
    #[cfg(feature = "otlp")]
    _collector: Option<otlp::Collector>,
}

/// What the log tells, as the configuration says.
pub fn filter(config: &Config) -> Result<Targets, Failure> {
    let filter = &config.log;
    let parsed = filter.parse();
    parsed.map_err(|error| Failure::Input(format!("log = \"{filter}\": {error}")))
}

/// Starts logging to standard error, and to a collector if the configuration names one.
pub fn start(config: &Config) -> Result<Telemetry, Failure> {
    let filter = filter(config)?;
    let logs = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        // In a file, colour codes are noise.
        .with_ansi(std::io::stderr().is_terminal());
    let lines = match config.log_format {
        LogFormat::Text => logs.boxed(),
        LogFormat::Json => logs.json().boxed(),
    };
    let lines = lines.with_filter(filter.clone()).boxed();
    #[cfg(not(feature = "otlp"))]
    {
        tracing_subscriber::registry().with(vec![lines]).init();
        Ok(Telemetry {})
    }
    #[cfg(feature = "otlp")]
    {
        let mut layers = vec![lines];
        let collector = match &config.otlp {
            Some(address) => {
                let (layer, collector) = otlp::layer(address, filter)?;
                layers.push(layer);
                Some(collector)
            }
            None => None,
        };
        tracing_subscriber::registry().with(layers).init();
        Ok(Telemetry {
            _collector: collector,
        })
    }
}
