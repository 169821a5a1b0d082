//! `motcua restore`.

use std::path::PathBuf;
use std::process::ExitCode;

use app::restoration::Restored;
use clap::Args;
use domain::language::Language;
use domain::time;

use super::{Database, outlive_full_files, print, verify};
use crate::Failure;
use crate::backup::{self, Return};
use crate::progress::Progress;

/// Put a backup back where no database is.
///
/// Refuses a database that is there, a backup of another schema, and one of another key. What was
/// written after the backup is lost: its numbers are skipped, its readers learn of it by their cursors
/// (CURSOR_EXPIRED), and all sessions end. Exit code 0: it is back; 1: it could not be written, or
/// something in it differs from what its events say; 2: it was refused, and nothing was written.
#[derive(Debug, Args)]
pub struct Restore {
    /// What `motcua backup` wrote.
    #[arg(value_name = "FILE", required_unless_present = "already")]
    pub backup: Option<PathBuf>,
    /// The database is back already, by cp, pgBackRest or a snapshot: only skip numbers and end the
    /// sessions. No server may run.
    #[arg(long, conflicts_with = "backup")]
    pub already: bool,
    /// How many numbers each unit skips today. Without it: ten times as many as the busiest unit ever
    /// gave on a day, 1000 at least, and five more for every minute of the day.
    #[arg(long, value_name = "NUMBERS")]
    pub skip: Option<u32>,
    /// Skip them on the 31 days ahead at all units, not only at those that have reserved blocks before.
    #[arg(long)]
    pub all_ahead: bool,
    #[command(flatten)]
    pub database: Database,
}

/// Puts a backup back and prints what was lost and skipped.
pub async fn run(flags: Restore, language: Language) -> Result<ExitCode, Failure> {
    let config = flags.database.configuration()?;
    let how = Return {
        skip: flags.skip,
        all_ahead: flags.all_ahead,
    };
    outlive_full_files()?;
    let progress = Progress::new();
    let mut shows = |done, of| progress.show(done, of, &verify::progress(language, done, of));
    let (look, restored) = match &flags.backup {
        Some(file) => backup::restore(&config, file, how, &mut shows).await?,
        None => backup::after_another(&config, how, &mut shows).await?,
    };
    drop(progress);
    let mut lines = told(&store::shown(&config.database), &restored, language);
    lines.extend(look.differences.iter().cloned());
    let differences = look.differences.len();
    lines.push(verify::summary(language, look.dossiers, differences as u64));
    lines.push(String::new());
    print(lines.join("\n"))?;
    Ok(if differences == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

/// What came back, and what was skipped and ended for it.
fn told(database: &str, restored: &Restored, language: Language) -> Vec<String> {
    let Restored {
        numbers,
        units,
        sessions,
        ..
    } = restored;
    let newest = restored.newest.map(time::rfc3339);
    match language {
        Language::Vietnamese => vec![
            format!("đã khôi phục {database}"),
            match newest {
                Some(newest) => {
                    format!("bản ghi mới nhất lúc {newest}; những gì ghi sau đó đã mất")
                }
                None => "chưa có bản ghi nào".to_owned(),
            },
            format!(
                "mỗi đơn vị bỏ qua {numbers} số ({units} đơn vị), kết thúc {sessions} phiên đăng nhập"
            ),
            "thẻ truy cập và tài khoản trở lại như lúc sao lưu: hãy thu hồi lại những gì đã thu hồi sau đó"
                .to_owned(),
        ],
        Language::English => vec![
            format!("restored {database}"),
            match newest {
                Some(newest) => {
                    format!("the newest record is of {newest}; what was written after it is lost")
                }
                None => "it has no record yet".to_owned(),
            },
            format!(
                "{numbers} numbers skipped at each of {units} units, {sessions} sessions ended"
            ),
            "tokens and accounts are as they were at the backup: revoke again what was revoked since"
                .to_owned(),
        ],
    }
}
