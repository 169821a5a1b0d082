//! `motcua calendar what-if`.

use super::{Database, Format};
use chrono::NaiveDate;
use clap::{ArgGroup, Args, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

use app::ports::Clock;
use app::publication::calendar::{self, ChangeCounts, Days, DueChange, Effects};
use app::publication::checked;
use domain::catalogue::Catalogue;
use domain::dossier::change::recalculation::Unmoved;
use domain::id::ProvinceCode;
use domain::language::Language;
use domain::time::{self, Instant};
use serde::Serialize;

use super::{Installation, print, words};
use crate::clock::SystemClock;
use crate::{Failure, text};

/// Try calendars on open dossiers, without writing anything.
#[derive(Debug, Args)]
pub struct Calendar {
    #[command(subcommand)]
    pub command: CalendarCommand,
}

/// What to do with calendars.
#[derive(Debug, Subcommand)]
pub enum CalendarCommand {
    /// List the open dossiers whose due times would move, and why others would stay: with days off,
    /// with make-up days, or with a whole calendar.
    #[command(
        after_help = "Example: motcua calendar what-if --province 08 --off 2026-12-24 --make-up 2026-12-26 \
        --database sqlite:motcua.db\n\nA date that was promised never moves earlier, and what is overdue stays overdue."
    )]
    WhatIf(WhatIf),
}

/// List the open dossiers whose due times would move, and why others would stay: with days off,
/// with make-up days, or with a whole calendar.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("tried").required(true).multiple(true).args(["off", "make_up", "file"]))]
pub struct WhatIf {
    /// The province whose open dossiers to examine, by statistics code.
    #[arg(long, value_name = "CODE")]
    pub province: String,
    /// A working day to take off; may be repeated.
    #[arg(long, value_name = "DATE")]
    pub off: Vec<NaiveDate>,
    /// A weekend day to work; may be repeated.
    #[arg(long, value_name = "DATE")]
    pub make_up: Vec<NaiveDate>,
    /// A whole calendar instead: a file with the name national.csv or hours.csv.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["off", "make_up"])]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub database: Database,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// Tries a calendar out.
pub async fn run(flags: Calendar, language: Language) -> Result<ExitCode, Failure> {
    match flags.command {
        CalendarCommand::WhatIf(flags) => what_if(flags, language).await,
    }
}

/// How many dossiers the output for people lists.
const LISTED: usize = 40;

/// Prints what days off, make-up days or a whole calendar would do to open dossiers.
pub async fn what_if(flags: WhatIf, language: Language) -> Result<ExitCode, Failure> {
    let here = Installation::open(&flags.database).await?;
    let read = here.read().await?;
    let province = here.province(&flags.province)?;
    let base = here.catalogues().of(&province);
    let tried = tried(&base, &flags)?;
    let effects = calendar::effects(read.as_ref(), &province, &tried, SystemClock.now())
        .await
        .map_err(|error| Failure::work("cannot count the due times anew", error))?;
    match flags.format {
        Format::Json => {
            let text = serde_json::to_string_pretty(&Told::of(&province, &effects));
            print(text.expect("texts and numbers are JSON") + "\n")?;
        }
        Format::Csv => print(csv(&effects)?)?,
        Format::Table => print(table(&effects, language))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The catalogue with what is tried.
fn tried(base: &Catalogue, flags: &WhatIf) -> Result<Catalogue, Failure> {
    if let Some(file) = &flags.file {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let text = text::read(file)?;
        return checked(base, &format!("calendar/{name}"), &text).map_err(|wrong| {
            let lines = wrong.iter().map(|one| match one.field.as_str() {
                "path" => format!("--file {name}: expected national.csv or hours.csv"),
                _ => format!("{name}: {}", one.problem),
            });
            Failure::Input(lines.collect::<Vec<_>>().join("\n"))
        });
    }
    let days = Days {
        off: flags.off.clone(),
        make_up: flags.make_up.clone(),
    };
    calendar::with_days(base, &days).map_err(|error| match error {
        app::Error::Invalid(wrong) => {
            let lines = wrong.into_iter().map(|one| one.problem);
            Failure::Input(lines.collect::<Vec<_>>().join("\n"))
        }
        other => Failure::work("cannot try these days", other),
    })
}

/// The whole answer, for programs.
#[derive(Serialize)]
struct Told {
    province: String,
    seen: u64,
    later: u64,
    promised: u64,
    overdue: u64,
    beyond: u64,
    parts: u64,
    changes: Vec<Row>,
}

/// The names of a row, in order.
const TITLES: [&str; 10] = [
    "dossier",
    "code",
    "unit",
    "procedure",
    "old_due",
    "new_due",
    "legal_due",
    "promised_due",
    "kept",
    "parts",
];

/// One dossier.
#[derive(Serialize)]
struct Row {
    dossier: String,
    code: String,
    unit: String,
    procedure: String,
    old_due: Option<String>,
    new_due: Option<String>,
    legal_due: Option<String>,
    promised_due: Option<String>,
    kept: Option<&'static str>,
    /// The number of legs, consultations and hand-overs of papers that would be due later.
    parts: usize,
}

impl Told {
    fn of(province: &ProvinceCode, effects: &Effects) -> Self {
        let ChangeCounts {
            later,
            promised,
            overdue,
            beyond,
            parts,
        } = effects.sums();
        Self {
            province: province.to_string(),
            seen: effects.seen,
            later,
            promised,
            overdue,
            beyond,
            parts,
            changes: effects.changes.iter().map(Row::of).collect(),
        }
    }
}

impl Row {
    fn of(change: &DueChange) -> Self {
        let dossier = &change.dossier;
        let told = |at: Option<Instant>| at.map(time::rfc3339);
        let done = change.recalculation.as_ref();
        Self {
            dossier: dossier.id.to_string(),
            code: dossier
                .code
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            unit: dossier.resolving.to_string(),
            procedure: dossier.procedure.to_string(),
            old_due: told(dossier.due()),
            new_due: told(done.map_or(dossier.due(), |done| done.after)),
            legal_due: told(done.and_then(|done| done.legal)),
            promised_due: told(done.and_then(|done| done.promised)),
            kept: match done {
                None => Some("beyond"),
                Some(done) => done.kept.map(Unmoved::as_str),
            },
            parts: done.map_or(0, |done| {
                let parts = &done.parts;
                let papers = usize::from(parts.hand_over_by.is_some());
                parts.legs.len() + parts.consultations.len() + papers
            }),
        }
    }
}

fn csv(effects: &Effects) -> Result<Vec<u8>, Failure> {
    let cannot = |error: csv::Error| Failure::work("cannot print", error);
    // A result without changes also has the titles.
    let mut out = csv::WriterBuilder::new()
        .has_headers(false)
        .from_writer(Vec::new());
    out.write_record(TITLES).map_err(cannot)?;
    for change in &effects.changes {
        out.serialize(Row::of(change)).map_err(cannot)?;
    }
    Ok(out.into_inner().expect("writing to memory cannot fail"))
}

fn table(effects: &Effects, language: Language) -> String {
    let ChangeCounts {
        later,
        promised,
        overdue,
        beyond,
        parts,
    } = effects.sums();
    let seen = effects.seen;
    let of = |count: u64, vietnamese: &str, english: &str| {
        format!("{count:>7}  {}", words(language, vietnamese, english))
    };
    let mut lines = vec![
        match language {
            Language::Vietnamese => {
                format!("Đã xét {seen} hồ sơ đang xử lý; không ghi thay đổi nào.")
            }
            Language::English => format!("{seen} open dossiers looked at; nothing was written."),
        },
        of(later, "sẽ có hạn khác", "would be due later"),
        of(
            promised,
            "giữ hạn đã hẹn, dù lịch cho hạn sớm hơn",
            "keep the time they were promised, although the calendar gives an earlier one",
        ),
        of(
            overdue,
            "đã quá hạn và vẫn quá hạn",
            "are overdue and stay so",
        ),
        of(
            beyond,
            "giữ hạn cũ, vì lịch chưa có đến ngày đó",
            "keep their time, for the calendar does not reach far enough",
        ),
        of(
            parts,
            "có phần việc liên thông, câu hỏi hoặc bàn giao giấy tờ sẽ có hạn khác",
            "have a leg, a question or papers to hand over that would be due later",
        ),
    ];
    if !effects.changes.is_empty() {
        lines.push(String::new());
        lines.push(format!(
            "{:<26} {:<10} {:<17} {:<17} {}",
            words(language, "mã hồ sơ", "code"),
            words(language, "đơn vị", "unit"),
            words(language, "hạn hiện nay", "due now"),
            words(language, "hạn mới", "would be due"),
            words(language, "vì sao giữ nguyên", "why it stays"),
        ));
    }
    for change in effects.changes.iter().take(LISTED) {
        let done = change.recalculation.as_ref();
        let new = done.map_or(change.dossier.due(), |done| done.after);
        lines.push(format!(
            "{:<26} {:<10} {:<17} {:<17} {}",
            change.dossier.label(),
            change.dossier.resolving,
            wall(change.dossier.due()),
            wall(new),
            match done {
                None => words(language, "ngoài lịch", "beyond the calendar"),
                Some(done) => match done.kept {
                    None => "",
                    Some(Unmoved::Promised) => words(language, "đã hẹn", "promised"),
                    Some(Unmoved::Overdue) => words(language, "quá hạn", "overdue"),
                },
            }
        ));
    }
    if effects.changes.len() > LISTED {
        let more = effects.changes.len() - LISTED;
        lines.push(match language {
            Language::Vietnamese => format!("… và {more} hồ sơ nữa; --format csv in đủ"),
            Language::English => format!("… and {more} more; --format csv prints them all"),
        });
    }
    lines.join("\n") + "\n"
}

fn wall(at: Option<Instant>) -> String {
    at.map_or_else(
        || "–".to_owned(),
        |at| time::local(at).format("%d/%m/%Y %H:%M").to_string(),
    )
}
