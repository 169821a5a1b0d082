//! Fills a layout with the numbers of a report.

use domain::indicator::{
    BRIDGE, Cells, Column, I766, II06A, ITEM, Ii06a, Ii06aUnit, Item, MEMO, Value, find,
};
use domain::language::Language;

use crate::list::ListSheet;

use super::layout::{Layout, LayoutColumn, Rows};

/// A sheet with its numbers.
#[derive(Debug, Clone)]
pub struct FilledSheet<'a> {
    /// The layout of the sheet.
    pub layout: &'a Layout,
    /// The owner of the numbers: a unit, a province, or all units.
    pub whose: String,
    /// The period, in words.
    pub period: String,
    /// The moment up to which records count, in words.
    pub as_of: String,
    /// The rows of the sheet.
    pub lines: Vec<SheetRow>,
    /// The lines below the table: the identities, and other remarks.
    pub notes: Vec<String>,
    /// Numbers beside the form, on a sheet of their own: title, number, definition.
    pub beside: Vec<(&'static str, CellValue, &'static str)>,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetRow {
    /// The cells, from the left.
    pub cells: Vec<CellValue>,
    /// Whether the row is the sum of the others.
    pub is_total: bool,
    /// For the screen, the address behind each number, column by column; empty on paper.
    pub links: Vec<Option<String>>,
}

/// The content of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum CellValue {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// A share, shown in per cent.
    Share(f64),
    /// An unknown value.
    Nothing,
}

impl CellValue {
    /// The value as Vietnamese prints it: `1.116`, `95,2%`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            CellValue::Text(text) => text.clone(),
            CellValue::Number(number) => vietnamese(*number),
            CellValue::Share(share) => {
                // Only a whole share reads 100%, and only an empty one 0%.
                let tenths = (share * 1_000.0).round();
                let tenths = if *share < 1.0 {
                    tenths.min(999.0)
                } else {
                    tenths
                };
                let tenths = if *share > 0.0 {
                    tenths.max(1.0)
                } else {
                    tenths
                };
                format!("{:.1}%", tenths / 10.0).replace('.', ",")
            }
            CellValue::Nothing => "–".to_owned(),
        }
    }
}

/// A number with a point between thousands and at most two digits after the comma.
fn vietnamese(number: f64) -> String {
    let text = format!("{number:.2}");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, digits) = whole
        .strip_prefix('-')
        .map_or(("", whole), |rest| ("-", rest));
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    let part = part.trim_end_matches('0');
    if part.is_empty() {
        format!("{sign}{grouped}")
    } else {
        format!("{sign}{grouped},{part}")
    }
}

fn shown(value: &Value<'_>) -> CellValue {
    match value {
        Value::Text(text) => CellValue::Text((*text).to_owned()),
        Value::Count(count) => CellValue::Number((*count).into()),
        Value::Rate(rate) => CellValue::Number(rate.num.into()),
        Value::Flag(flag) => CellValue::Text(if *flag { "x" } else { "" }.to_owned()),
        Value::Number(Some(number)) => CellValue::Number(*number),
        Value::Number(None) => CellValue::Nothing,
    }
}

fn of<T>(columns: &[Column<T>], row: &T, name: &str) -> Option<CellValue> {
    find(columns, name).map(|column| shown(&(column.value)(row)))
}

/// The number with a column's name in a unit's part of the report.
fn of_unit(unit: &Ii06aUnit, name: &str) -> Option<CellValue> {
    if let Some(rate) = name.strip_suffix(".den") {
        let Value::Rate(rate) = (find(&MEMO, rate)?.value)(&unit.memo) else {
            return None;
        };
        return Some(CellValue::Number(rate.den.into()));
    }
    of(&II06A, &unit.row, name)
        .or_else(|| of(&BRIDGE, &unit.bridge, name))
        .or_else(|| of(&MEMO, &unit.memo, name))
}

fn cell(
    column: &LayoutColumn,
    ordinal: &str,
    label: &str,
    number: impl Fn(&str) -> Option<CellValue>,
) -> CellValue {
    match column.value.as_str() {
        "ordinal" => return CellValue::Text(ordinal.to_owned()),
        "label" => return CellValue::Text(label.to_owned()),
        _ => {}
    }
    let mut parts = column
        .names()
        .map(|name| number(name).unwrap_or(CellValue::Nothing));
    let first = parts.next().unwrap_or(CellValue::Nothing);
    parts.fold(first, |sum, more| match (sum, more) {
        (CellValue::Number(sum), CellValue::Number(more)) => CellValue::Number(sum + more),
        _ => CellValue::Nothing,
    })
}

fn line(
    layout: &Layout,
    ordinal: &str,
    label: &str,
    is_total: bool,
    number: impl Fn(&str) -> Option<CellValue>,
) -> SheetRow {
    let cells = layout
        .columns
        .iter()
        .map(|column| cell(column, ordinal, label, &number));
    SheetRow {
        cells: cells.collect(),
        is_total,
        links: Vec::new(),
    }
}

impl<'a> FilledSheet<'a> {
    /// Fills form II.06a, or another sheet of its numbers. `whose` names a province or all units;
    /// if the report covers a single unit, that unit's name stands instead.
    #[must_use]
    pub fn ii06a(layout: &'a Layout, form: &Ii06a, whose: &str) -> Self {
        let one = match form.units.as_slice() {
            [unit] if layout.rows == Rows::Fields => Some(unit),
            _ => None,
        };
        let mut lines = Vec::new();
        let numbered = |at: usize| (at + 1).to_string();
        match one {
            Some(unit) => {
                for (at, field) in unit.fields.iter().enumerate() {
                    let number = |name: &str| of_cells(&field.row, name);
                    lines.push(line(layout, &numbered(at), &field.field, false, number));
                }
            }
            None => {
                for (at, unit) in form.units.iter().enumerate() {
                    let number = |name: &str| of_unit(unit, name);
                    lines.push(line(layout, &numbered(at), &unit.name, false, number));
                }
            }
        }
        if !lines.is_empty() {
            let number = |name: &str| of_unit(&form.total, name);
            lines.push(line(layout, "", "Tổng số", true, number));
        }
        let mut notes = vec![
            "Kiểm tra từng dòng: (3) = (4) + (5) + (6) = (7) + (11); (7) = (8) + (9) + (10); (11) = (12) + (13): khớp."
                .to_owned(),
        ];
        let bridge = &form.total.bridge;
        notes.push(format!(
            "Kỳ trước để lại {}, chuyển đơn vị khác {}, nhận từ đơn vị khác {}, được hẹn ngày sau {}.",
            bridge.previous_pending, bridge.carried_away, bridge.carried_in, bridge.due_given
        ));
        if lines.is_empty() {
            notes = vec!["Không có hồ sơ.".to_owned()];
        }
        notes.push(format!("Nguồn mẫu biểu: {}.", layout.source));
        Self {
            layout,
            whose: one.map_or_else(|| whose.to_owned(), |unit| unit.name.clone()),
            period: period(form.from, form.to),
            as_of: Language::Vietnamese.minute_of(&form.as_of),
            lines,
            notes,
            beside: beside(&form.total),
        }
    }

    /// The sheet as a list of texts: each column under its heads, numbers without dots.
    #[must_use]
    pub fn list(&self) -> ListSheet {
        let cell = |cell: &CellValue| match cell {
            CellValue::Number(number) => number.to_string(),
            CellValue::Nothing => String::new(),
            CellValue::Text(_) | CellValue::Share(_) => cell.words(),
        };
        let columns = self.layout.columns.iter();
        ListSheet {
            title: self.layout.number.clone(),
            about: format!(
                "{} – {} – {}, số liệu ghi nhận đến {}",
                self.layout.number, self.whose, self.period, self.as_of
            ),
            columns: columns.map(|column| column.head.join(" – ")).collect(),
            rows: self
                .lines
                .iter()
                .map(|line| line.cells.iter().map(cell).collect())
                .collect(),
        }
    }

    /// The index of one unit, or of all together.
    #[must_use]
    pub fn i766(layout: &'a Layout, index: &I766, whose: &str) -> Self {
        let items = |items: &[Item]| {
            let rows = items.iter();
            rows.map(|item| line(layout, "", item.name, false, |name| of_item(item, name)))
                .collect::<Vec<_>>()
        };
        let named = match index.units.as_slice() {
            [unit] => unit.name.clone(),
            _ => whose.to_owned(),
        };
        let empty = index.units.is_empty();
        let mut notes = Vec::new();
        if empty {
            notes.push("Không có hồ sơ.".to_owned());
        }
        notes.push(format!("Nguồn: {}.", layout.source));
        Self {
            layout,
            whose: named,
            period: period(index.from, index.to),
            as_of: Language::Vietnamese.minute_of(&index.as_of),
            lines: if empty {
                Vec::new()
            } else {
                items(&index.total.items)
            },
            notes,
            beside: Vec::new(),
        }
    }
}

fn of_cells(row: &Cells, name: &str) -> Option<CellValue> {
    of(&II06A, row, name)
}

fn of_item(item: &Item, name: &str) -> Option<CellValue> {
    if name == "formula" {
        return Some(CellValue::Text(formula(item)));
    }
    let shown = of(&ITEM, item, name)?;
    Some(match shown {
        CellValue::Number(share) if name == "rate" => CellValue::Share(share),
        other => other,
    })
}

/// The formula, with the numbers of an item that are no share.
fn formula(item: &Item) -> String {
    let mut parts = vec![item.formula_vi.to_owned()];
    for average in item.average.iter().flatten() {
        let unit = match average.limit_unit {
            "wd" => "ngày làm việc",
            "wh" => "giờ làm việc",
            "d" => "ngày",
            _ => "giờ",
        };
        let (mean, dossiers) = (
            vietnamese(average.mean),
            vietnamese(average.dossiers.into()),
        );
        parts.push(format!("{mean} {unit} ({dossiers} hồ sơ)"));
    }
    for (rate, what) in [
        (item.overdue, "quá hạn"),
        (item.dissatisfied, "không hài lòng"),
    ] {
        parts.extend(rate.map(|rate| format!("{what} {}/{}", rate.num, rate.den)));
    }
    parts.join("; ")
}

fn beside(total: &Ii06aUnit) -> Vec<(&'static str, CellValue, &'static str)> {
    let shown = |value: Value<'_>| match value {
        Value::Rate(rate) => {
            let share = rate.rate.map(|share| CellValue::Share(share).words());
            let share = share.unwrap_or_else(|| "–".to_owned());
            CellValue::Text(format!("{}/{} ({share})", rate.num, rate.den))
        }
        other => self::shown(&other),
    };
    MEMO.iter()
        .map(|column| {
            (
                column.vi,
                shown((column.value)(&total.memo)),
                column.definition_vi,
            )
        })
        .collect()
}

fn period(from: chrono::NaiveDate, to: chrono::NaiveDate) -> String {
    format!(
        "Từ ngày {} đến ngày {}",
        from.format("%d/%m/%Y"),
        to.format("%d/%m/%Y")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_that_is_no_share_tells_its_numbers_beside_its_formula() {
        let period = domain::indicator::Period {
            from: "2026-11-01".parse().unwrap(),
            to: "2026-11-30".parse().unwrap(),
            as_of: "2026-11-30T09:00:00Z".parse().unwrap(),
        };
        let index = domain::indicator::Statistics::new(period).i766(|_| Default::default());
        let named = |code: &str| {
            let mut items = index.total.items.iter();
            items.find(|item| item.item == code).unwrap().clone()
        };
        let mut time = named("2.2");
        time.average = Some(vec![domain::indicator::Average {
            limit_unit: "wd",
            dossiers: 1_200,
            mean: 2.5,
        }]);
        assert!(
            formula(&time).ends_with("; 2,5 ngày làm việc (1.200 hồ sơ)"),
            "{}",
            formula(&time)
        );
        assert!(formula(&named("5.4")).ends_with("quá hạn 0/0; không hài lòng 0/0"));
        assert_eq!(formula(&named("1.1")), named("1.1").formula_vi);
    }

    #[test]
    fn numbers_are_written_as_vietnamese_writes_them() {
        let written = |number| CellValue::Number(number).words();
        assert_eq!(written(1_116.0), "1.116");
        assert_eq!(written(999.0), "999");
        assert_eq!(written(1_234_567.5), "1.234.567,5");
        assert_eq!(CellValue::Share(0.9523).words(), "95,2%");
        assert_eq!(CellValue::Share(0.9999).words(), "99,9%");
        assert_eq!(CellValue::Share(0.0001).words(), "0,1%");
        assert_eq!(CellValue::Share(1.0).words(), "100,0%");
        assert_eq!(CellValue::Nothing.words(), "–");
    }
}
