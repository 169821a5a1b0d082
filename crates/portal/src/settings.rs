//! What an operator says of a remote.

use std::path::PathBuf;
use std::time::Duration;

use domain::id::{ProcedureCode, ProvinceCode, UnitCode};
use serde::Deserialize;

use crate::hours::Hours;
use crate::outbound::{Begins, Terms};
use crate::patience::Patience;

/// The protocol that a remote speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// `DongBoHoSoMC` and its siblings.
    Adapter,
    /// The REST flow of a ministry's adapter.
    Rest,
}

/// A remote in the configuration: `[[remote]]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoteSettings {
    /// Its name, in commands and logs; it signs what it hands in.
    pub name: String,
    /// The province whose dossiers it is told of, by statistics code.
    pub province: ProvinceCode,
    /// The protocol.
    #[serde(default = "adapter")]
    pub protocol: Protocol,
    /// Its address; without one nothing goes out.
    #[serde(default)]
    pub address: String,
    /// Under which identifier we speak (`madonvi`).
    #[serde(default)]
    pub organisation: String,
    /// The system in front of it that the call is for (`dstcode`); left out when empty.
    #[serde(default)]
    pub destination: String,
    /// Who signs in there.
    #[serde(default)]
    pub username: String,
    /// The file with the password.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// The password itself, of a portal that is made up; no configuration can have it.
    #[serde(skip)]
    pub made_up_password: String,
    /// The file with the key that signs what the remote hands in; without one nothing comes in.
    #[serde(default)]
    pub inbound_key_file: Option<PathBuf>,
    /// A map instead of the shipped one.
    #[serde(default)]
    pub map: Option<PathBuf>,
    /// Only dossiers of these procedures.
    #[serde(default)]
    pub procedures: Vec<ProcedureCode>,
    /// Only dossiers that these units decide.
    #[serde(default)]
    pub units: Vec<UnitCode>,
    /// A remote that is worked for the first time is told what happens from then on; the first comparison
    /// at night tells it the rest.
    #[serde(default)]
    pub from_now: bool,
    /// When all dossiers are compared, once a day.
    #[serde(default = "small_hours")]
    pub compare: Hours,
    /// How many dossiers are told at the same time.
    #[serde(default = "eight")]
    pub parallel: usize,
    /// How long a call may take.
    #[serde(default = "half_a_minute")]
    pub timeout_seconds: u64,
    /// How long a process may work for the remote without renewing its lease.
    #[serde(default = "two_minutes")]
    pub lease_seconds: u64,
    /// How long the first pause after a failure is.
    #[serde(default = "two_seconds")]
    pub first_pause_ms: u64,
    /// How long the longest pause is.
    #[serde(default = "five_minutes")]
    pub longest_pause_seconds: u64,
    /// After how many failures a parcel is parked.
    #[serde(default = "twelve")]
    pub tries: u32,
}

fn adapter() -> Protocol {
    Protocol::Adapter
}
fn small_hours() -> Hours {
    Hours::between(1, 4)
}
fn eight() -> usize {
    8
}
fn half_a_minute() -> u64 {
    30
}
fn two_minutes() -> u64 {
    120
}
fn two_seconds() -> u64 {
    2_000
}
fn five_minutes() -> u64 {
    300
}
fn twelve() -> u32 {
    12
}

/// Whether a name can stand in commands, logs and keys.
pub(crate) fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=40).contains(&name.len()) && name.bytes().all(plain)
}

/// Whether a call keeps its secrets: encrypted, or within this machine.
pub(crate) fn may_be_called(address: &str) -> bool {
    let local = ["http://127.0.0.1", "http://[::1]", "http://localhost"];
    let is_local = local.iter().any(|begins| address.starts_with(begins));
    is_local || address.starts_with("https://")
}

impl RemoteSettings {
    /// Refuses what cannot work.
    ///
    /// Errors: the key, and what was expected.
    pub fn check(&self) -> Result<(), String> {
        let name = &self.name;
        let wrong = |problem: &str| Err(format!("remote {name}: {problem}"));
        if !is_plain(name) {
            return wrong("name: expected at most 40 of a-z, 0-9 and -");
        }
        if !self.address.is_empty() && !may_be_called(&self.address) {
            return wrong("address: expected https://; http:// only to this machine");
        }
        if self.parallel == 0 || self.timeout_seconds == 0 || self.tries == 0 {
            return wrong("parallel, timeout_seconds and tries must be at least 1");
        }
        // A process that was stopped for longer than its lease must find no call of its own open.
        if self.lease_seconds < 2 * self.timeout_seconds {
            return wrong("lease_seconds: expected at least twice timeout_seconds");
        }
        Ok(())
    }

    /// How a worker deals with it.
    #[must_use]
    pub fn terms(&self) -> Terms {
        Terms {
            name: self.name.clone(),
            province: self.province.clone(),
            parallel: self.parallel,
            compare: Some(self.compare),
            lease: Duration::from_secs(self.lease_seconds),
            begins: if self.from_now {
                Begins::Now
            } else {
                Begins::AtFirst
            },
            patience: Patience {
                first: Duration::from_millis(self.first_pause_ms),
                longest: Duration::from_secs(self.longest_pause_seconds),
                tries: self.tries,
                ..Patience::default()
            },
        }
    }
}
