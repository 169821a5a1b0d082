//! `motcua audit`: the log of who changed who may do what, and of who saw or exported personal data.

use std::process::ExitCode;

use app::administration::LogQuery;
use app::page::PageQuery;
use clap::{Args, Subcommand};
use domain::id::ActorId;
use domain::language::Language;
use domain::time::rfc3339;

use super::{Database, Installation, grant, print, words};
use crate::Failure;

/// Read who changed the rights of whom, and who saw or exported personal data.
#[derive(Debug, Args)]
pub struct Audit {
    #[command(subcommand)]
    command: AuditCommand,
}

/// What to read.
#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// List the log of a province, the newest first.
    List(List),
}

#[derive(Debug, Args)]
struct List {
    /// The province, by statistics code.
    #[arg(long, value_name = "CODE")]
    province: String,
    /// Only what this user did, or what was done about them.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// At most so many lines.
    #[arg(long, default_value_t = 100)]
    most: usize,
    #[command(flatten)]
    database: Database,
}

/// Lists the log.
pub async fn run(flags: Audit, language: Language) -> Result<ExitCode, Failure> {
    let AuditCommand::List(flags) = flags.command;
    let user = flags.user.as_deref().map(ActorId::parse).transpose();
    let user = user.map_err(|wrong| Failure::Input(format!("--user: {wrong}")))?;
    let here = Installation::open(&flags.database).await?;
    let province = here.province(&flags.province)?;
    let operator = grant::operator(&here, &province)?;
    let mut text = format!(
        "{:<25} {:<18} {:<18} {:<20} {:<13} {}\n",
        words(language, "thời điểm", "when"),
        words(language, "việc", "what"),
        words(language, "người thực hiện", "by"),
        words(language, "người dùng", "user"),
        words(language, "mã truy cập", "token"),
        words(language, "nội dung", "detail"),
    );
    let mut left = flags.most;
    let mut token = String::new();
    while left > 0 {
        let query = LogQuery {
            user: user.clone(),
            page: PageQuery {
                size: i32::try_from(left).unwrap_or(i32::MAX),
                token,
            },
        };
        let page = here.engine.access_log(&operator, query).await;
        let page = page.map_err(|error| Failure::work("cannot read the log", error))?;
        left = left.saturating_sub(page.items.len());
        for event in page.items {
            text.push_str(&format!(
                "{:<25} {:<18} {:<18} {:<20} {:<13} {}\n",
                rfc3339(event.at),
                event.kind.as_str(),
                event.actor.as_str(),
                event.subject.as_str(),
                event.token.unwrap_or_default(),
                event.detail
            ));
        }
        token = page.next;
        if token.is_empty() {
            break;
        }
    }
    print(text)?;
    Ok(ExitCode::SUCCESS)
}
