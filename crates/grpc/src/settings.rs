//! What an operator may set of the services.

use std::time::Duration;

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whether clients may ask for the contract itself.
    pub reflection: bool,
    /// How often an open stream looks without having been woken.
    pub poll: Duration,
    /// The on-time rate that units are to reach, from 0 to 1.
    pub target: f64,
    /// How many streams one token may have open.
    pub streams_per_token: usize,
    /// The sites whose scripts may call from a browser, such as `https://desk.example`.
    pub origins: Vec<String>,
    /// From how long on a call is slow, and is logged.
    pub slow: Duration,
    /// What other adapters put beside the contract at /openapi.json.
    pub beside: serde_json::Value,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            reflection: true,
            poll: Duration::from_secs(5),
            target: 0.95,
            streams_per_token: 16,
            origins: Vec::new(),
            slow: Duration::from_secs(1),
            beside: serde_json::Value::Null,
        }
    }
}
