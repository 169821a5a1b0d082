//! `motcua backup`.

use std::path::PathBuf;
use std::process::ExitCode;

use app::ports::Clock;
use clap::Args;
use domain::language::Language;

use super::{Database, outlive_full_files, print, verify};
use crate::Failure;
use crate::backup::{self, fingerprint};
use crate::clock::SystemClock;
use crate::progress::Progress;

/// Copy the database beside a running server, and check the copy.
///
/// An SQLite file is copied as it is at one moment; a database on a server is dumped by pg_dump. The
/// key is not in it: keep that apart. Exit code 0: the backup is there and whole; 1: it could not be
/// written, or something in it differs from what its events say; 2: the file is there already, or the
/// configuration is wrong.
#[derive(Debug, Args)]
pub struct Backup {
    /// A file that is not there yet, or a folder in which the backup gets a name of its own.
    #[arg(value_name = "FILE|FOLDER")]
    pub target: PathBuf,
    #[command(flatten)]
    pub database: Database,
}

/// Takes a backup and prints what it is.
pub async fn run(flags: Backup, language: Language) -> Result<ExitCode, Failure> {
    let config = flags.database.configuration()?;
    outlive_full_files()?;
    let progress = Progress::new();
    let mut shows = |done, of| progress.show(done, of, &verify::progress(language, done, of));
    let taken = backup::take(&config, &flags.target, SystemClock.now(), &mut shows).await?;
    drop(progress);
    let (file, bytes, schema) = (taken.file.display(), taken.bytes, store::schema());
    let mut lines = match language {
        Language::Vietnamese => vec![
            format!("bản sao lưu {file}"),
            format!("{bytes} byte"),
            format!("lược đồ {schema}"),
        ],
        Language::English => vec![
            format!("backup {file}"),
            format!("{bytes} bytes"),
            format!("schema {schema}"),
        ],
    };
    let mut code = ExitCode::SUCCESS;
    match &taken.look {
        Some(look) => {
            if let Some(check) = &look.key.check {
                let key = fingerprint(check);
                lines.push(match language {
                    Language::Vietnamese => {
                        format!("thuộc khóa có dấu {key}; khóa không nằm trong bản sao")
                    }
                    Language::English => {
                        format!("of the key with fingerprint {key}, which is not in it")
                    }
                });
            }
            lines.extend(look.differences.iter().cloned());
            let (dossiers, differences) = (look.dossiers, look.differences.len());
            lines.push(verify::summary(language, dossiers, differences as u64));
            if differences > 0 {
                code = ExitCode::from(1);
            }
        }
        None => lines.push(match language {
            Language::Vietnamese => "được kiểm tra khi khôi phục".to_owned(),
            Language::English => "it is checked when it is put back".to_owned(),
        }),
    }
    lines.push(String::new());
    print(lines.join("\n"))?;
    Ok(code)
}
