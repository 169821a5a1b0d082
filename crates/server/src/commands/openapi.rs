//! `motcua openapi`.

use std::process::ExitCode;

use clap::Args;

use super::print;
use crate::Failure;

/// Print the contract as OpenAPI 3.1: all methods as they are called in JSON,
/// and the road on which portals hand dossiers in.
///
/// A server shows the same at /openapi.json.
#[derive(Debug, Args)]
pub struct Openapi {
    /// The address of the server that the document names.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:7080")]
    pub address: String,
}

/// Prints it.
pub fn run(flags: &Openapi) -> Result<ExitCode, Failure> {
    let document = grpc::openapi::with(&flags.address, &portal::inbound::describe());
    print(format!("{document:#}\n"))?;
    Ok(ExitCode::SUCCESS)
}
