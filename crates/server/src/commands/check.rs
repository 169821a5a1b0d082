//! `motcua check`.

use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use domain::catalogue::{Catalogue, Exchange};
use domain::language::Language;
use domain::procedure::{Authority, Mark, Procedure, cells_by_mark};

use super::{print, words};
use crate::config::Config;
use crate::{Failure, catalogue, preflight};

/// Read configuration and catalogue, and print what motcua understood.
///
/// Exit code 2 for whatever would stop a start, as far as it can be told without the database.
#[derive(Debug, Args)]
pub struct Check {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// List each cell of the newest versions that no legal text confirms yet.
    #[arg(long)]
    pub unconfirmed: bool,
}

/// Prints what motcua understood of configuration and catalogue, without secrets.
pub fn run(flags: &Check, language: Language) -> Result<ExitCode, Failure> {
    let config = Config::read(flags.config.as_deref())?;
    preflight::check(&config)?;
    let catalogue = catalogue::read(config.catalogue.as_deref())?;
    if flags.unconfirmed {
        print(unconfirmed(&catalogue, language).concat())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut unknown = preflight::unknown(&config.remote, &catalogue);
    unknown.extend(preflight::unknown_units(&config.reader, &catalogue));
    let unused = words(language, "không dùng được", "not in use");
    let unknown = unknown.into_iter().map(|missing| {
        let line = missing.in_language(language);
        (unused, line)
    });
    let rows = configured(&config, language).into_iter();
    let rows = rows.chain(known(&catalogue, language));
    let rows = rows.chain(unknown);
    let lines: Vec<String> = rows
        .map(|(name, value)| format!("{name:<17} {value}\n"))
        .collect();
    print(lines.concat())?;
    Ok(ExitCode::SUCCESS)
}

type Row = (&'static str, String);

fn configured(config: &Config, language: Language) -> Vec<Row> {
    let folder = match &config.catalogue {
        Some(folder) => folder.display().to_string(),
        None => words(
            language,
            "bản nằm trong chương trình này",
            "the one inside this binary",
        )
        .to_owned(),
    };
    let none = words(language, "không có", "none");
    let secret = config.secret_file.display();
    vec![
        ("database", store::shown(&config.database)),
        ("listen", config.listen.to_string()),
        (
            "certificate",
            config
                .tls_certificate
                .as_ref()
                .map_or_else(|| none.to_owned(), |file| file.display().to_string()),
        ),
        (
            "secret_file",
            format!("{secret} ({})", words(language, "không in ra", "not shown")),
        ),
        ("reflection", config.reflection.to_string()),
        ("queue", config.queue.to_string()),
        ("readers", config.readers.to_string()),
        (
            "on_time_target",
            match language {
                Language::Vietnamese => format!("{}%", config.on_time_target),
                Language::English => format!("{} per cent", config.on_time_target),
            },
        ),
        ("shutdown_seconds", config.shutdown_seconds.to_string()),
        ("log", format!("{} ({:?})", config.log, config.log_format)),
        ("remotes", remotes(config, language)),
        ("catalogue", folder),
    ]
}

fn known(catalogue: &Catalogue, language: Language) -> Vec<Row> {
    let procedures = newest(catalogue);
    let ours = |authority: &Authority| *authority == Authority::Ours;
    let mirrored = procedures
        .iter()
        .filter(|procedure| !ours(&procedure.authority))
        .count();
    let outlines = procedures
        .iter()
        .filter(|procedure| procedure.is_outline() && ours(&procedure.authority))
        .count();
    let with_steps = procedures.len() - outlines - mirrored;
    let calendar = catalogue.calendars.national();
    let units = &catalogue.units;
    let today = units.iter().filter(|unit| unit.until.is_none()).count();
    let intake = &catalogue.intake;
    let (ended, all) = (units.len() - today, procedures.len());
    let (id, first, last) = (calendar.id(), calendar.first_day(), calendar.last_day());
    let mark = intake.answer_mark.map(|mark| named_mark(mark, language));
    let mark = mark.map_or_else(String::new, |mark| format!(" ({mark})"));
    let exchange = exchanged(&catalogue.exchange, language);
    let cells = marked(&procedures, language);
    match language {
        Language::Vietnamese => vec![
            ("đơn vị", format!("{today}, và {ended} đã kết thúc")),
            (
                "thủ tục",
                format!(
                    "{all}: {with_steps} có các bước, {outlines} sơ lược, {mirrored} theo hệ thống khác"
                ),
            ),
            ("lịch làm việc", format!("{id} từ {first} đến {last}")),
            (
                "trả lời trong",
                intake.answer.map_or_else(
                    || "chưa có quy định".to_owned(),
                    |limit| format!("{limit} kể từ khi nộp trực tuyến{mark}"),
                ),
            ),
            ("trao đổi", exchange),
            ("ô dữ liệu", cells),
        ],
        Language::English => vec![
            ("units", format!("{today}, and {ended} that ended")),
            (
                "procedures",
                format!("{all}: {with_steps} with steps, {outlines} outlines, {mirrored} mirrored"),
            ),
            ("calendar", format!("{id} from {first} to {last}")),
            (
                "answer within",
                intake.answer.map_or_else(
                    || "no rule".to_owned(),
                    |limit| format!("{limit} of an online submission{mark}"),
                ),
            ),
            ("exchange", exchange),
            ("cells", cells),
        ],
    }
}

/// The other systems by name, each with what goes on between it and us.
fn remotes(config: &Config, language: Language) -> String {
    let names = config.remote.iter().map(|remote| {
        let goes_out = (!remote.address.is_empty()).then_some(words(language, "gửi đi", "out"));
        let comes_in = remote.inbound_key_file.is_some();
        let comes_in = comes_in.then_some(words(language, "nhận vào", "in"));
        let ways: Vec<&str> = goes_out.into_iter().chain(comes_in).collect();
        format!("{} ({})", remote.name, ways.join(", "))
    });
    let readers = config.reader.iter();
    let read = words(language, "đọc", "read");
    let readers = readers.map(|reader| format!("{} ({read})", reader.name));
    let names: Vec<String> = names.chain(readers).collect();
    if names.is_empty() {
        words(language, "không có", "none").to_owned()
    } else {
        names.join(", ")
    }
}

/// How fast systems have to exchange.
fn exchanged(exchange: &Exchange, language: Language) -> String {
    let said = |what: &str, within: Option<String>| match within {
        Some(within) => format!("{what} {within}"),
        None => format!("{what} {}", words(language, "chưa rõ", "unknown")),
    };
    let minutes = words(language, "phút", "min");
    let sync = exchange.sync.map(|time| time.num_minutes());
    let acknowledge = exchange.acknowledge.map(|limit| limit.to_string());
    let alert = exchange.alert.map(|limit| limit.to_string());
    [
        said(
            words(language, "đồng bộ", "sync"),
            sync.map(|time| format!("{time} {minutes}")),
        ),
        said(words(language, "xác nhận", "acknowledge"), acknowledge),
        said(words(language, "cảnh báo", "alert"), alert),
    ]
    .join(", ")
}

/// A mark in words.
fn named_mark(mark: Mark, language: Language) -> String {
    let vietnamese = match mark {
        Mark::Statute => "theo luật, nghị định, quyết định",
        Mark::Circular => "theo thông tư, biểu phí",
        Mark::Dataset => "theo dữ liệu công khai",
        Mark::Recalled => "nhớ lại, phải kiểm tra",
        Mark::Derived => "suy ra",
        Mark::Template => "mẫu tạm",
        Mark::Unknown => "chưa rõ",
    };
    match language {
        Language::Vietnamese => vietnamese.to_owned(),
        Language::English => mark.to_string(),
    }
}

/// A kind of cell in words.
fn named_cell(kind: &'static str, language: Language) -> &'static str {
    let vietnamese = match kind {
        "authority" => "thẩm quyền",
        "clock" => "cách tính khi dừng",
        "online" => "mức trực tuyến",
        "components" => "thành phần hồ sơ",
        "steps" => "các bước",
        "cutoff" => "giờ chốt nhận",
        "expiry" => "quá hạn bổ sung",
        "limit" => "thời hạn",
        "verification" => "xác minh",
        "fee" => "phí, lệ phí",
        "leg" => "phần việc nơi khác",
        other => other,
    };
    words(language, vietnamese, kind)
}

/// The newest version of each procedure that no other one has replaced.
fn newest(catalogue: &Catalogue) -> Vec<&Arc<Procedure>> {
    let newest = |procedure: &&Arc<Procedure>| {
        let versions = catalogue.procedures.versions(&procedure.code);
        versions.last() == Some(*procedure) && procedure.replaced_by.is_empty()
    };
    catalogue.procedures.iter().filter(newest).collect()
}

/// How many cells of each kind have each mark, one kind a line.
fn marked(procedures: &[&Arc<Procedure>], language: Language) -> String {
    let counts = cells_by_mark(procedures.iter().map(|it| &***it));
    let lines: Vec<String> = counts
        .iter()
        .map(|(kind, marks)| {
            let marks: Vec<String> = marks
                .iter()
                .map(|(mark, count)| format!("{count} {}", named_mark(*mark, language)))
                .collect();
            format!("{}: {}", named_cell(kind, language), marks.join(", "))
        })
        .collect();
    lines.join("\n                  ")
}

/// One line a cell: the procedure, its version, the cell, and its mark.
fn unconfirmed(catalogue: &Catalogue, language: Language) -> Vec<String> {
    let of = |procedure: &Procedure| {
        let (code, version) = (procedure.code.clone(), procedure.version);
        let open = procedure.cells().into_iter();
        let open = open.filter(|cell| !cell.mark.is_confirmed());
        let lines = open.map(move |cell| {
            let of = if cell.of.is_empty() {
                String::new()
            } else {
                format!(" {}", cell.of)
            };
            let kind = named_cell(cell.kind, language);
            let mark = named_mark(cell.mark, language);
            format!("{code} v{version} {kind}{of}: {mark}\n")
        });
        lines.collect::<Vec<_>>()
    };
    newest(catalogue)
        .into_iter()
        .flat_map(|procedure| of(procedure.as_ref()))
        .collect()
}
