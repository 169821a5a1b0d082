//! `motcua doctor`.

use std::process::ExitCode;

use clap::Args;

use super::{Database, print};
use crate::Failure;
use crate::doctor::{Finding, State, examine};

/// Check everything that a server needs, and say what to do.
///
/// Configuration, ports, database and its settings, schema, key, clock, disk, file modes, catalogue,
/// calendar and backups, one a line. Runs beside a server, prints no secret. Exit code 0: nothing
/// failed, though something may be worth a look (WARN); 1: something failed (FAIL).
#[derive(Debug, Args)]
pub struct Doctor {
    /// Print JSON: `ok`, and `checks` with name, state, found and remedy.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub database: Database,
}

/// Prints what was found.
pub async fn run(flags: Doctor) -> Result<ExitCode, Failure> {
    let file = flags.database.config.as_deref();
    let findings = examine(file, flags.database.database.as_deref()).await;
    let is_well = findings.iter().all(|finding| finding.state != State::Fail);
    if flags.json {
        let told = serde_json::json!({ "ok": is_well, "checks": findings });
        print(format!("{told:#}\n"))?;
    } else {
        let lines: Vec<String> = findings.iter().map(line).collect();
        print(lines.concat())?;
    }
    Ok(if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn line(finding: &Finding) -> String {
    let Finding {
        name,
        state,
        found,
        remedy,
    } = finding;
    let mut line = format!("{} {name:<20} {found}\n", state.mark());
    if !remedy.is_empty() {
        line.push_str(&format!("     {:<20} -> {remedy}\n", ""));
    }
    line
}
