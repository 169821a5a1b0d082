//! `motcua portal nights`: the sheets that were kept of a remote.

use std::process::ExitCode;

use app::page::PageQuery;
use app::portal::Counts;
use domain::language::Language;
use domain::time::rfc3339;
use serde_json::{Value, json};

use super::{Place, open, refused};
use crate::Failure;
use crate::commands::{PlainFormat, print, words};

/// Prints the last nights, the latest first. Status 1 if anything differed in the last one.
pub(super) async fn run(
    place: &Place,
    remote: &str,
    nights: u8,
    format: PlainFormat,
    language: Language,
) -> Result<ExitCode, Failure> {
    let (here, caller) = open(place).await?;
    let query = PageQuery {
        size: nights.into(),
        token: String::new(),
    };
    let kept = here.engine.kept_sheets(&caller, remote, &query).await;
    let kept = kept.map_err(refused)?.items;
    let differs = kept.first().is_some_and(|last| last.found.differ > 0);
    let side =
        |counts: &Counts| format!("{}/{}/{}", counts.received, counts.ended, counts.pending());
    let text = match format {
        PlainFormat::Json => {
            let rows: Vec<Value> = kept
                .iter()
                .map(|one| {
                    json!({
                        "night": one.night, "create_time": rfc3339(one.made), "found": one.found,
                    })
                })
                .collect();
            format!("{}\n", Value::from(rows))
        }
        PlainFormat::Table if kept.is_empty() => words(language, "chưa có\n", "none\n").to_owned(),
        PlainFormat::Table => {
            let head = words(
                language,
                "đêm: tiếp nhận/đã giải quyết/đang giải quyết ở đây – bên kia; lệch; chậm; chậm nhất (giây)\n",
                "night: received/ended/pending here – there; differ; late; slowest (seconds)\n",
            );
            let lines = kept.iter().map(|one| {
                let found = &one.found;
                format!(
                    "{}: {} – {}; {}; {}; {}\n",
                    one.night,
                    side(&found.here),
                    side(&found.there),
                    found.differ,
                    found.late,
                    found.slowest_ms / 1_000,
                )
            });
            std::iter::once(head.to_owned()).chain(lines).collect()
        }
    };
    print(text)?;
    here.close().await?;
    Ok(ExitCode::from(u8::from(differs)))
}
