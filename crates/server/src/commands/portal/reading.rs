//! `motcua portal read`, `readings` and `dates`: the one-stop product that a province already runs, as motcua
//! follows it.

use std::process::ExitCode;
use std::sync::Arc;

use app::import::{Archive, rehearse_update};
use app::page::PageQuery;
use app::portal::{DueQuery, ReadingStatus};
use domain::dossier::Dossier;
use domain::id::UnitCode;
use domain::import::DueDifference;
use domain::language::Language;
use domain::time::rfc3339;
use serde_json::{Value, json};

use super::{Place, open, refused};
use crate::clock::SystemIds;
use crate::commands::{PlainFormat, print, words};
use crate::import::{Findings, Reading};
use crate::{Failure, readers, remotes};

/// Reads a product once, and prints what came of it as an import does.
pub async fn read(
    place: &Place,
    name: &str,
    dry_run: bool,
    format: PlainFormat,
    language: Language,
) -> Result<ExitCode, Failure> {
    let config = place.database.configuration()?;
    let settings = config.reader.iter().find(|reader| reader.name == name);
    let settings = settings.ok_or_else(|| {
        Failure::Input(format!(
            "there is no [[reader]] {name} in the configuration"
        ))
    })?;
    let (here, _) = open(place).await?;
    let archive = Arc::clone(&here.store) as Arc<dyn Archive>;
    let process = remotes::this_process(false);
    let reader = readers::open(&here.engine, &archive, settings, process)?;
    let stopped = |words: String| Failure::Work {
        message: format!("reader {name}: {words}"),
        source: None,
    };
    let before = reader.before().await.map_err(stopped)?;
    let heard = reader.hear(before.as_ref()).await.map_err(stopped)?;
    let map = Arc::clone(&heard.plan.map);
    let reading = Reading {
        gathered: heard.gathered.clone(),
        files: Vec::new(),
        hash: heard.plan.files.clone(),
    };
    let unanswered = heard.failed.clone();
    let outcome = if dry_run {
        let rehearsed = rehearse_update(archive.as_ref(), heard.plan, &SystemIds).await;
        rehearsed.map_err(|error| Failure::work("the dry run stopped", error))?
    } else {
        reader.take(heard, before).await.map_err(stopped)?.0
    };
    let findings = Findings::new(&map, &reading, &outcome, dry_run);
    match format {
        PlainFormat::Table => print(findings.table(language))?,
        PlainFormat::Json => print(findings.json())?,
    }
    for finding in &unanswered {
        eprintln!("{}", finding.words);
    }
    here.close().await?;
    let is_complete = findings.is_complete() && unanswered.is_empty();
    Ok(ExitCode::from(u8::from(!is_complete)))
}

/// What came of the last reading of each product.
pub async fn readings(
    place: &Place,
    format: PlainFormat,
    language: Language,
) -> Result<ExitCode, Failure> {
    let (here, caller) = open(place).await?;
    let readings = here.engine.readings(&caller).await.map_err(refused)?;
    let text = match format {
        PlainFormat::Json => {
            let all: Vec<Value> = readings.iter().map(reading_json).collect();
            format!("{}\n", Value::from(all))
        }
        PlainFormat::Table if readings.is_empty() => {
            let none = words(
                language,
                "chưa đọc hệ thống nào\n",
                "nothing was read yet\n",
            );
            none.to_owned()
        }
        PlainFormat::Table => readings
            .iter()
            .map(|one| reading_lines(one, language))
            .collect(),
    };
    print(text)?;
    here.close().await?;
    let is_wrong = |one: &ReadingStatus| one.late || !one.reading.findings.is_empty();
    Ok(ExitCode::from(u8::from(readings.iter().any(is_wrong))))
}

fn reading_json(status: &ReadingStatus) -> Value {
    let ReadingStatus { reading, late } = status;
    json!({
        "system": reading.system, "begin_time": rfc3339(reading.begun), "end_time": rfc3339(reading.ended),
        "next_time": rfc3339(reading.next), "whole_time": reading.whole.map(rfc3339), "late": late,
        "rows": reading.rows, "added": reading.added, "updated": reading.updated, "known": reading.known,
        "failed": reading.failed, "findings": reading.findings,
    })
}

fn reading_lines(status: &ReadingStatus, language: Language) -> String {
    let ReadingStatus { reading, late } = status;
    let at = rfc3339(reading.begun);
    let (rows, added, updated) = (reading.rows, reading.added, reading.updated);
    let mut text = match language {
        Language::Vietnamese => format!(
            "{}: đọc lúc {at}, {rows} dòng, {added} hồ sơ mới, {updated} hồ sơ đổi\n",
            reading.system
        ),
        Language::English => format!(
            "{}: read at {at}, {rows} rows, {added} dossiers new, {updated} changed\n",
            reading.system
        ),
    };
    if *late {
        text.push_str(words(language, "  CHẬM\n", "  LATE\n"));
    }
    for finding in &reading.findings {
        let kind = finding.kind.as_str();
        text.push_str(&format!("  {kind} {} {}\n", finding.name, finding.words));
    }
    text
}

/// The due times of other systems that are not the law's, each with the arithmetic.
pub async fn dates(
    place: &Place,
    unit: Option<&str>,
    with_ended: bool,
    format: PlainFormat,
    language: Language,
) -> Result<ExitCode, Failure> {
    let unit = unit.map(|code| {
        UnitCode::parse(code).map_err(|wrong| Failure::Input(format!("--unit: {wrong}")))
    });
    let unit = unit.transpose()?;
    let (here, caller) = open(place).await?;
    let mut all = Vec::new();
    let mut token = String::new();
    loop {
        let query = DueQuery {
            unit: unit.clone(),
            with_ended,
            page: PageQuery { size: 200, token },
        };
        let page = here.engine.due_differences(&caller, query).await;
        let page = page.map_err(refused)?;
        all.extend(page.items);
        token = page.next;
        if token.is_empty() {
            break;
        }
    }
    let text = match format {
        PlainFormat::Json => {
            let rows: Vec<Value> = all.iter().map(|row| date_json(row, language)).collect();
            format!("{}\n", Value::from(rows))
        }
        PlainFormat::Table if all.is_empty() => {
            let none = words(
                language,
                "không hồ sơ nào hẹn khác luật\n",
                "no due time differs from the law's\n",
            );
            none.to_owned()
        }
        PlainFormat::Table => all.iter().map(|row| date_lines(row, language)).collect(),
    };
    print(text)?;
    here.close().await?;
    Ok(ExitCode::from(u8::from(!all.is_empty())))
}

fn date_json((dossier, difference): &(Dossier, DueDifference), language: Language) -> Value {
    let DueDifference { given, law } = difference;
    json!({
        "dossier": format!("dossiers/{}", dossier.id), "code": dossier.label(), "unit": dossier.resolving,
        "procedure": dossier.procedure, "limit": law.limit.to_string(), "given_time": rfc3339(*given),
        "law_time": rfc3339(law.due), "arithmetic": law.lines(language),
    })
}

fn date_lines((dossier, difference): &(Dossier, DueDifference), language: Language) -> String {
    let DueDifference { given, law } = difference;
    let (given, due) = (rfc3339(*given), rfc3339(law.due));
    let mut text = match language {
        Language::Vietnamese => format!("{}: hẹn {given}, theo luật {due}\n", dossier.label()),
        Language::English => format!("{}: promised {given}, by the law {due}\n", dossier.label()),
    };
    for line in law.lines(language) {
        text.push_str(&format!("  {line}\n"));
    }
    text
}
