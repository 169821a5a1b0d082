//! `motcua doctor`.

use std::process::ExitCode;

use clap::Args;
use domain::language::Language;

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
pub async fn run(flags: Doctor, language: Language) -> Result<ExitCode, Failure> {
    let file = flags.database.config.as_deref();
    let findings = examine(file, flags.database.database.as_deref()).await;
    let is_well = findings.iter().all(|finding| finding.state != State::Fail);
    if flags.json {
        let told = serde_json::json!({ "ok": is_well, "checks": findings });
        print(format!("{told:#}\n"))?;
    } else {
        let lines: Vec<String> = findings.iter().map(|it| line(it, language)).collect();
        print(lines.concat())?;
    }
    Ok(if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn line(finding: &Finding, language: Language) -> String {
    let Finding {
        name,
        state,
        found,
        remedy,
    } = finding;
    let name = match language {
        Language::Vietnamese => vietnamese(name),
        Language::English => name,
    };
    let (found, remedy) = (found.in_language(language), remedy.in_language(language));
    let mut line = format!("{} {name:<20} {found}\n", state.mark());
    if !remedy.is_empty() {
        line.push_str(&format!("     {:<20} -> {remedy}\n", ""));
    }
    line
}

/// A thing in Vietnamese. Keys of the configuration have no other name.
fn vietnamese(name: &str) -> &str {
    match name {
        "configuration" => "cấu hình",
        "everything else" => "các mục khác",
        "catalogue" => "danh mục",
        "file modes" => "quyền đọc tệp",
        "disk of the database" => "đĩa dữ liệu",
        "disk of the backups" => "đĩa sao lưu",
        "database" => "cơ sở dữ liệu",
        "schema" => "lược đồ",
        "settings" => "thiết lập an toàn",
        "key" => "khóa",
        "clock" => "đồng hồ",
        "calendar" => "lịch làm việc",
        "certificate" => "chứng thư",
        "backups" => "sao lưu",
        key => key,
    }
}
