//! What an operator says of a channel to citizens.

use std::path::PathBuf;

use domain::id::ProvinceCode;
use domain::notice::NoticeChannel;
use serde::Deserialize;

use crate::hours::Hours;

/// A channel in the configuration: `[[notice]]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeSettings {
    /// Its name.
    pub name: String,
    /// The province whose citizens it tells, by statistics code.
    pub province: ProvinceCode,
    /// Its kind.
    pub channel: NoticeChannel,
    /// A gateway's address, or `smtps://HOST:PORT` of a mail server.
    pub address: String,
    /// Who signs in at the mail server.
    #[serde(default)]
    pub username: String,
    /// The file with the mail server's password, or with the secret that signs what a gateway is told:
    /// `whsec_` and at least 24 bytes in base64.
    #[serde(default)]
    pub secret_file: Option<PathBuf>,
    /// From whom mail comes.
    #[serde(default)]
    pub from: String,
    /// When nobody is told.
    #[serde(default = "night")]
    pub quiet: Hours,
    /// How long a call may take.
    #[serde(default = "ten")]
    pub timeout_seconds: u64,
    /// How long the first pause after a failure is.
    #[serde(default = "five_seconds")]
    pub first_pause_ms: u64,
}

fn night() -> Hours {
    Hours::between(21, 7)
}
fn ten() -> u64 {
    10
}
fn five_seconds() -> u64 {
    5_000
}

impl NoticeSettings {
    /// Refuses what cannot work.
    ///
    /// Errors: the key, and what was expected.
    pub fn check(&self) -> Result<(), String> {
        let wrong = |problem: &str| Err(format!("notice {}: {problem}", self.name));
        if !app::portal::is_webhook_name(&self.name) {
            return wrong("name: expected at most 30 of a-z, 0-9 and -");
        }
        let mail = self.channel == NoticeChannel::Email;
        let (secure, plain) = if mail {
            ("smtps://", "smtp://")
        } else {
            ("https://", "http://")
        };
        let here = ["127.0.0.1", "[::1]", "localhost"];
        let is_here = (self.address.strip_prefix(plain))
            .is_some_and(|host| here.iter().any(|begins| host.starts_with(begins)));
        if !self.address.starts_with(secure) && !is_here {
            return wrong(&format!(
                "address: expected {secure}; {plain} only to this machine"
            ));
        }
        if mail && self.from.is_empty() {
            return wrong("from: expected from whom mail comes");
        }
        if self.timeout_seconds == 0 {
            return wrong("timeout_seconds: expected at least 1");
        }
        Ok(())
    }
}
