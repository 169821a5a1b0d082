//! `motcua bench`: what this machine gives, for whoever asks whether it is big enough.
//!
//! The server runs in a process of its own, configured as `serve` is; this process makes the
//! calls over gRPC. The database alone is measured in the same run on the same disk, so that
//! every figure is also a ratio, which holds on a busy machine too.

mod case;
mod cluster;
mod ground;
mod kept;
mod latency;
mod load;
mod preload;
mod process;
mod progress;
mod province;
mod questions;
mod reading;
mod scratch;
mod serving;
mod table;
mod writing;

use std::process::ExitCode;

use crate::Failure;
use crate::commands::bench::{BenchRead, BenchWrite};

/// Measures writing.
pub async fn write(flags: BenchWrite) -> Result<ExitCode, Failure> {
    until_asked_to_stop(writing::run(flags)).await
}

/// Measures reading.
pub async fn read(flags: BenchRead) -> Result<ExitCode, Failure> {
    until_asked_to_stop(reading::run(flags)).await
}

/// Does the work, or gives it up when asked to; what was made for it goes either way.
async fn until_asked_to_stop(
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<ExitCode, Failure> {
    tokio::select! {
        done = work => done.map(|()| ExitCode::SUCCESS),
        () = crate::commands::asked_to_stop() => Ok(ExitCode::from(130)),
    }
}
