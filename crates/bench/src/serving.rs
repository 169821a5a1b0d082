//! The server under test: a process of its own, configured as `serve` is.

use std::path::Path;
use std::process::Command;

use app::ports::Ids;

use crate::kept::Kept;
use crate::process::Process;
use crate::scratch::Scratch;
use crate::{Failure, Setup};

/// A running server. It stops when this value is dropped.
pub struct Serving {
    /// Where it answers.
    pub address: String,
    /// What it uses.
    pub process: Process,
    _server: Kept,
}

impl Serving {
    /// Starts the program as a server on a prepared database.
    pub fn start(setup: &Setup, database: &str, scratch: &Scratch) -> Result<Self, Failure> {
        Self::program(setup, &setup.program, database, scratch)
    }

    /// The same with another program.
    pub fn program(
        setup: &Setup,
        program: &Path,
        database: &str,
        scratch: &Scratch,
    ) -> Result<Self, Failure> {
        let mut command = Command::new(program);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--database", database])
            .env("MOTCUA_SECRET_FILE", secret_file(scratch));
        if let Some(flush) = setup.flush {
            command.arg("--flush-ms").arg(flush.as_millis().to_string());
        }
        if let Some(config) = &setup.config {
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

/// Makes the secret of the preloaded dossiers; the server starts with the same one.
pub fn make_secret(scratch: &Scratch, ids: &dyn Ids) -> Result<Vec<u8>, Failure> {
    let secret = domain::digest::hex(&[ids.random(), ids.random()].concat());
    std::fs::write(secret_file(scratch), &secret)
        .map_err(|error| Failure::work("cannot write the server's secret", error))?;
    Ok(secret.into_bytes())
}

pub(crate) fn secret_file(scratch: &Scratch) -> std::path::PathBuf {
    scratch.path("motcua.key")
}
