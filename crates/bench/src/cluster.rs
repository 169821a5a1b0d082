//! A PostgreSQL server of the benchmark's own.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::Failure;
use crate::kept::Kept;
use crate::scratch::Scratch;

/// A server in the scratch folder, with the default settings of its package. It stops when this
/// value is dropped.
pub struct Cluster {
    url: String,
    _server: Kept,
}

impl Cluster {
    /// Starts one with the programs in a folder; each flush of its log takes `flush` longer.
    pub fn start(
        programs: &Path,
        scratch: &Scratch,
        flush: Option<Duration>,
    ) -> Result<Self, Failure> {
        // Another process may take the port between finding it free and using it.
        for _ in 0..2 {
            if let Ok(cluster) = Self::attempt(programs, scratch, flush) {
                return Ok(cluster);
            }
        }
        Self::attempt(programs, scratch, flush)
    }

    fn attempt(
        programs: &Path,
        scratch: &Scratch,
        flush: Option<Duration>,
    ) -> Result<Self, Failure> {
        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|free| free.local_addr())
            .map_err(|error| Failure::work("cannot find a free port", error))?
            .port();
        let folder = scratch.path("postgres");
        let mut command = Command::new(programs);
        let delay = flush.map_or(0, |flush| flush.as_micros());
        command
            .arg(folder)
            .arg(port.to_string())
            .arg(delay.to_string());
        let mut server = Kept::start(include_str!("cluster.sh"), &mut command)?;
        let url = server.line("ready ")?;
        Ok(Self {
            url,
            _server: server,
        })
    }

    /// The address of its empty database.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// The folder of PostgreSQL's programs: one in PATH, or the newest of Debian's own folders.
pub fn programs(path: &[PathBuf]) -> Option<PathBuf> {
    let mut places = path.to_vec();
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    places.extend(versions.into_iter().rev().map(|(_, place)| place));
    places
        .into_iter()
        .find(|place| place.join("initdb").is_file() && place.join("pg_ctl").is_file())
}
