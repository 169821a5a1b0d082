//! The server under test: a process of its own, configured as `serve` is.

use std::path::Path;
use std::process::Command;

use super::kept::Kept;
use super::process::Process;
use super::scratch::Scratch;
use crate::Failure;

/// A running server. Stops with this value.
pub struct Serving {
    /// Where it answers.
    pub address: String,
    /// What it uses.
    pub process: Process,
    _server: Kept,
}

impl Serving {
    /// Starts this very program as a server on a database that is ready.
    pub fn start(
        database: &str,
        config: Option<&Path>,
        scratch: &Scratch,
    ) -> Result<Self, Failure> {
        let program = std::env::current_exe()
            .map_err(|error| Failure::work("cannot find this program", error))?;
        let mut command = Command::new(program);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--database", database])
            .env("MOTCUA_SECRET_FILE", secret_file(scratch));
        if let Some(config) = config {
            command.arg("--config").arg(config);
        }
        let mut server = Kept::start(include_str!("keeper.sh"), &mut command)?;
        let pid = server.line("pid ")?;
        let address = server.line("grpc ")?;
        Ok(Self {
            address,
            process: Process::new(pid.parse().expect("the shell prints a number")),
            _server: server,
        })
    }
}

/// Where the server's secret is, which the preloaded dossiers were made with.
pub fn secret_file(scratch: &Scratch) -> std::path::PathBuf {
    scratch.path("motcua.key")
}
