//! `motcua report ii06a` and `motcua report i766`.

use std::process::ExitCode;

use app::ports::Clock;
use app::report::RateUnits;
use app::statistics::Counted;
use documents::sheet::{FilledSheet, Layouts, Report};
use domain::indicator::{
    BRIDGE, Bridge, Column, I766, II06A, ITEM, Ii06a, Ii06aUnit, Item, MEMO, Value,
};
use domain::language::Language;
use serde::Serialize;

use super::{Asked, SheetFormat, Statistics, cells, csv_of, failed, percent, query, titles};
use crate::Failure;
use crate::clock::SystemClock;
use crate::commands::Installation;
use crate::commands::print;

/// What is counted, and what it needs to be shown.
pub(super) struct Reported {
    pub(super) counted: Counted,
    /// What the units together are called.
    pub(super) whose: String,
    /// The sheets of the catalogue.
    layouts: Layouts,
}

/// Counts what the flags ask for.
pub(super) async fn counted(flags: &Asked) -> Result<Reported, Failure> {
    let here = Installation::open(&flags.database).await?;
    let read = here.read().await?;
    let query = query(flags, &here)?;
    let whose = match &query.units {
        RateUnits::Province(province) => here
            .catalogues()
            .of(province)
            .units
            .province(province)
            .map_or_else(|| province.to_string(), |found| found.name.clone()),
        RateUnits::One(unit) => here.catalogues().find_unit(unit.as_str()).map_or_else(
            || unit.to_string(),
            |found| found.name_on(flags.to).to_owned(),
        ),
        RateUnits::All => "Tất cả đơn vị".to_owned(),
    };
    let now = SystemClock.now();
    let counted = app::statistics::statistics(read.as_ref(), here.catalogues(), &query, now)
        .await
        .map_err(failed)?;
    let layouts = Layouts::of(here.catalogues().shipped())
        .map_err(|fault| Failure::Input(fault.to_string()))?;
    Ok(Reported {
        counted,
        whose,
        layouts,
    })
}

/// Prints form II.06a.
pub async fn ii06a(flags: super::Ii06a) -> Result<ExitCode, Failure> {
    let super::Ii06a { statistics, sheet } = flags;
    let reported = counted(&statistics.asked).await?;
    let (layouts, whose) = (&reported.layouts, &reported.whose);
    let layout = layouts
        .on(&sheet, statistics.asked.to)
        .filter(|layout| layout.report == Report::Ii06a)
        .ok_or_else(|| {
            let known = layouts.on_day(statistics.asked.to);
            let known = known.filter(|layout| layout.report == Report::Ii06a);
            let known: Vec<&str> = known.map(|layout| layout.id.as_str()).collect();
            let known = known.join(" or ");
            Failure::Input(format!("--sheet: no sheet `{sheet}`; expected {known}"))
        })?;
    let report = reported.counted.ii06a();
    match statistics.format {
        SheetFormat::Json => print(json(&report))?,
        SheetFormat::Csv => print(ii06a_csv(&report)?)?,
        SheetFormat::Table => print(ii06a_table(&report))?,
        SheetFormat::Xlsx => print(xlsx(&FilledSheet::ii06a(layout, &report, whose))?)?,
        SheetFormat::Html => print(FilledSheet::ii06a(layout, &report, whose).page())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the items of the index.
pub async fn i766(flags: Statistics) -> Result<ExitCode, Failure> {
    let reported = counted(&flags.asked).await?;
    let (layouts, whose) = (&reported.layouts, &reported.whose);
    let layout = layouts.on("i766", flags.asked.to);
    let layout = layout.expect("the product ships the sheet");
    let report = reported.counted.i766();
    match flags.format {
        SheetFormat::Json => print(json(&report))?,
        SheetFormat::Csv => print(i766_csv(&report)?)?,
        SheetFormat::Table => print(i766_table(&report))?,
        SheetFormat::Xlsx => print(xlsx(&FilledSheet::i766(layout, &report, whose))?)?,
        SheetFormat::Html => print(FilledSheet::i766(layout, &report, whose).page())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn xlsx(sheet: &FilledSheet<'_>) -> Result<Vec<u8>, Failure> {
    let book = sheet.xlsx();
    book.map_err(|error| Failure::work("cannot make the workbook", error))
}

fn json(report: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(report);
    text.expect("a report is texts and numbers") + "\n"
}

/// One row a unit and one a field of it; the memo counts stand in the row of the unit.
fn ii06a_csv(report: &Ii06a) -> Result<Vec<u8>, Failure> {
    let total = &report.total;
    let mut names: Vec<String> = ["unit", "name", "field"].map(str::to_owned).to_vec();
    names.extend(titles(&II06A, &total.row));
    names.extend(titles(&BRIDGE, &total.bridge));
    names.extend(titles(&MEMO, &total.memo));
    let width = names.len();
    let mut rows = Vec::new();
    for unit in report.units.iter().chain([total]) {
        let head = |field: &str| vec![unit.unit.clone(), unit.name.clone(), field.to_owned()];
        let mut own = head("");
        own.extend(cells(&II06A, &unit.row));
        own.extend(cells(&BRIDGE, &unit.bridge));
        own.extend(cells(&MEMO, &unit.memo));
        rows.push(own);
        for field in &unit.fields {
            let mut row = head(&field.field);
            row.extend(cells(&II06A, &field.row));
            row.resize(width, String::new());
            rows.push(row);
        }
    }
    csv_of(&names, rows.into_iter())
}

fn i766_csv(report: &I766) -> Result<Vec<u8>, Failure> {
    let mut names: Vec<String> = ["unit", "name"].map(str::to_owned).to_vec();
    names.extend(ITEM.iter().map(|column| column.name.to_owned()));
    let units = report.units.iter().chain([&report.total]);
    let rows = units.flat_map(|unit| {
        unit.items.iter().map(|item| {
            let mut row = vec![unit.unit.clone(), unit.name.clone()];
            row.extend(cells(&ITEM, item));
            row
        })
    });
    csv_of(&names, rows)
}

/// How wide the first column is.
const NAME: usize = 44;

fn ii06a_table(report: &Ii06a) -> String {
    let mut lines = head(
        "Biểu II.06a: tình hình, kết quả giải quyết thủ tục hành chính",
        report.from,
        report.to,
        &report.as_of,
    );
    if report.units.is_empty() {
        lines.push("Không có hồ sơ.".to_owned());
        return lines.join("\n") + "\n";
    }
    let titles: Vec<&str> = II06A.iter().map(|column| column.vi).collect();
    for (number, title) in (3..).zip(&titles) {
        lines.push(format!("({number}) {title}"));
    }
    lines.push(String::new());
    let numbers = (3..).take(titles.len()).map(|number| format!("({number})"));
    lines.push(line("", numbers));
    for unit in report.units.iter().chain([&report.total]) {
        let name = if unit.unit.is_empty() {
            "Tổng".to_owned()
        } else {
            format!("{} {}", unit.unit, unit.name)
        };
        lines.push(line(&name, shown(&II06A, &unit.row).into_iter()));
        if unit.unit.is_empty() || report.units.len() == 1 {
            for field in &unit.fields {
                let name = format!("  {}", field.field);
                lines.push(line(&name, shown(&II06A, &field.row).into_iter()));
            }
        }
        if report.units.len() == 1 {
            break;
        }
    }
    let total = &report.total;
    beside(&mut lines, total);
    lines.join("\n") + "\n"
}

/// The lines under the form: the identities, which were checked, and the memo counts.
fn beside(lines: &mut Vec<String>, total: &Ii06aUnit) {
    lines.push(String::new());
    lines.push(
        "Đã kiểm tra từng dòng: (3) = (4) + (5) + (6) = (7) + (11); (7) = (8) + (9) + (10); \
         (11) = (12) + (13)."
            .to_owned(),
    );
    let Bridge {
        previous_pending,
        carried_away,
        carried_in,
        due_given,
    } = &total.bridge;
    lines.push(format!(
        "Kỳ trước để lại {previous_pending}, chuyển đơn vị đi {carried_away}, đến {carried_in}, được hẹn ngày sau \
         {due_given}: (6) = {previous_pending} − {carried_away} + {carried_in} + {due_given}."
    ));
    lines.push(String::new());
    for column in &MEMO {
        let value = match (column.value)(&total.memo) {
            Value::Count(0) => continue,
            Value::Rate(rate) if rate.den == 0 => continue,
            Value::Rate(rate) => format!("{}/{} = {}", rate.num, rate.den, percent(rate)),
            Value::Count(count) => count.to_string(),
            Value::Text(text) => text.to_owned(),
            Value::Flag(flag) => flag.to_string(),
            Value::Number(number) => number.map(|it| it.to_string()).unwrap_or_default(),
        };
        lines.push(format!("{:<NAME$} {value}", column.vi));
    }
}

fn i766_table(report: &I766) -> String {
    let mut lines = head(
        "Bộ chỉ số theo Quyết định 766/QĐ-TTg, phần tính được",
        report.from,
        report.to,
        &report.as_of,
    );
    if report.units.is_empty() {
        lines.push("Không có hồ sơ.".to_owned());
        return lines.join("\n") + "\n";
    }
    for unit in report.units.iter().chain([&report.total]) {
        if unit.unit.is_empty() && report.units.len() == 1 {
            break;
        }
        let name = if unit.unit.is_empty() {
            "Tổng"
        } else {
            &unit.name
        };
        lines.push(format!("{} {name}", unit.unit).trim().to_owned());
        lines.extend(unit.items.iter().map(item_line));
        lines.push(String::new());
    }
    lines.join("\n")
}

fn item_line(item: &Item) -> String {
    let points = |points: Option<f64>| {
        points.map_or_else(
            || "–".to_owned(),
            |points| format!("{points:.2}").replace('.', ","),
        )
    };
    let most = item
        .max_points
        .map_or_else(|| "–".to_owned(), |most| most.to_string());
    let of = match (item.num, item.den) {
        (Some(num), Some(den)) => format!("{num}/{den}"),
        _ if !item.computable => "không tính được".to_owned(),
        _ => String::new(),
    };
    let mut line = format!(
        "  {:<5} {:<60} {of:>16} {:>6} / {most}",
        item.item,
        item.name,
        points(item.points)
    );
    for average in item.average.iter().flatten() {
        let mean = format!("{:.2}", average.mean).replace('.', ",");
        line.push_str(&format!(
            "; {mean} {} ({})",
            average.limit_unit, average.dossiers
        ));
    }
    line
}

fn head(title: &str, from: chrono::NaiveDate, to: chrono::NaiveDate, as_of: &str) -> Vec<String> {
    let day = |day: chrono::NaiveDate| day.format("%d/%m/%Y").to_string();
    let as_of = Language::Vietnamese.minute_of(as_of);
    vec![
        title.to_owned(),
        format!(
            "Từ {} đến {}, theo dữ liệu ghi nhận đến {as_of}.",
            day(from),
            day(to)
        ),
        String::new(),
    ]
}

fn shown<T>(columns: &[Column<T>], row: &T) -> Vec<String> {
    cells(columns, row)
}

fn line(name: &str, numbers: impl Iterator<Item = String>) -> String {
    let name: String = name.chars().take(NAME).collect();
    let mut line = format!("{name:<NAME$}");
    for number in numbers {
        line.push_str(&format!(" {number:>7}"));
    }
    line
}
