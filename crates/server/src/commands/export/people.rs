//! A list for people: Vietnamese titles and names, as CSV and as a workbook. A spreadsheet opens
//! the workbook without guessing types and without running formulas.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use domain::catalogue::Catalogue;
use domain::code::AnyCode;
use domain::dossier::private::Person;
use domain::dossier::{Channel, Dossier};
use domain::id::UnitCode;
use domain::time::{Instant, local};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};

use super::failing::{unwritable, unwritten};
use crate::Failure;

/// The most dossiers in the workbook, which is built in memory. The CSV has all of them.
const MOST: u32 = 200_000;

const TITLES: [&str; 14] = [
    "Mã hồ sơ",
    "Mã khác",
    "Mã ở hệ thống cũ",
    "Mã thủ tục",
    "Tên thủ tục",
    "Lĩnh vực",
    "Hình thức nộp",
    "Đơn vị tiếp nhận",
    "Đơn vị giải quyết",
    "Ngày tiếp nhận",
    "Ngày hẹn trả",
    "Ngày hoàn thành",
    "Ngày trả kết quả",
    "Trạng thái",
];

const PERSON: [&str; 4] = ["Chủ hồ sơ", "Số định danh", "Số điện thoại", "Địa chỉ"];

/// A cell.
enum Cell {
    Text(String),
    Time(Option<Instant>),
}

/// The two files.
pub(super) struct People {
    csv: csv::Writer<File>,
    book: Workbook,
    path: PathBuf,
    /// The last row that was written.
    row: u32,
    personal: bool,
}

impl People {
    pub fn create(folder: &Path, personal: bool) -> Result<Self, Failure> {
        let mut file = File::create(folder.join("ho-so.csv")).map_err(unwritten)?;
        // Without the byte order mark, Excel reads UTF-8 in the encoding of the machine.
        file.write_all("\u{feff}".as_bytes()).map_err(unwritten)?;
        let mut people = Self {
            csv: csv::Writer::from_writer(file),
            book: Workbook::new(),
            path: folder.join("ho-so.xlsx"),
            row: 0,
            personal,
        };
        let titles = TITLES
            .iter()
            .chain(if personal { &PERSON[..] } else { &[] });
        let titles: Vec<&str> = titles.copied().collect();
        people.csv.write_record(&titles).map_err(unwritable)?;
        let bold = Format::new().set_bold();
        let sheet = people.book.add_worksheet();
        sheet.set_name("Hồ sơ").map_err(unmade)?;
        sheet.set_freeze_panes(1, 0).map_err(unmade)?;
        for (column, title) in (0..).zip(&titles) {
            sheet
                .write_string_with_format(0, column, *title, &bold)
                .map_err(unmade)?;
            sheet.set_column_width(column, 20).map_err(unmade)?;
        }
        Ok(people)
    }

    pub fn dossier(
        &mut self,
        dossier: &Dossier,
        catalogue: &Catalogue,
        applicant: Option<&Person>,
    ) -> Result<(), Failure> {
        let mut cells = cells(dossier, catalogue);
        if self.personal {
            let empty = Person::default();
            let person = applicant.unwrap_or(&empty);
            let values = [
                &person.name,
                &person.id_number,
                &person.phone,
                &person.address,
            ];
            cells.extend(values.map(|value| Cell::Text(value.clone())));
        }
        let texts = cells.iter().map(|cell| match cell {
            Cell::Text(text) => disarmed(text),
            Cell::Time(at) => at.map(shown).unwrap_or_default(),
        });
        self.csv.write_record(texts).map_err(unwritable)?;
        self.row += 1;
        if self.row > MOST {
            return Ok(());
        }
        let format = Format::new().set_num_format("dd/mm/yyyy hh:mm");
        let sheet = self.book.worksheet_from_index(0).map_err(unmade)?;
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Text(text) if text.is_empty() => {}
                // The workbook marks a text as text, whatever character it begins with.
                Cell::Text(text) => {
                    sheet.write_string(self.row, column, text).map_err(unmade)?;
                }
                Cell::Time(None) => {}
                Cell::Time(Some(at)) => {
                    let text = local(at).format("%Y-%m-%dT%H:%M:%S").to_string();
                    let at = ExcelDateTime::parse_from_str(&text).map_err(unmade)?;
                    sheet
                        .write_with_format(self.row, column, &at, &format)
                        .map_err(unmade)?;
                }
            }
        }
        Ok(())
    }

    pub fn finish(mut self) -> Result<(), Failure> {
        self.csv.flush().map_err(unwritten)?;
        if self.row <= MOST {
            self.book.save(&self.path).map_err(unmade)?;
        }
        Ok(())
    }
}

fn unmade(error: XlsxError) -> Failure {
    Failure::work("cannot write the workbook", error)
}

fn cells(dossier: &Dossier, catalogue: &Catalogue) -> Vec<Cell> {
    let unit = |code: &UnitCode| {
        let unit = catalogue.units.get(code);
        Cell::Text(unit.map_or_else(|| code.to_string(), |unit| unit.name.clone()))
    };
    let version = dossier.procedure_version;
    let procedure = catalogue.procedures.get(&dossier.procedure, version);
    let codes: Vec<&str> = dossier.external_codes.iter().map(AnyCode::as_str).collect();
    let text = |text: Option<String>| Cell::Text(text.unwrap_or_default());
    vec![
        text(dossier.code.as_ref().map(ToString::to_string)),
        Cell::Text(codes.join(" ")),
        text(dossier.imported.as_ref().map(|from| from.case.clone())),
        Cell::Text(dossier.procedure.to_string()),
        text(procedure.map(|procedure| procedure.name.clone())),
        text(procedure.map(|procedure| procedure.field.clone())),
        Cell::Text(
            match dossier.channel {
                Channel::Desk => "Trực tiếp",
                Channel::Online => "Trực tuyến",
                Channel::Post => "Bưu chính công ích",
            }
            .to_owned(),
        ),
        unit(&dossier.receiving),
        unit(&dossier.resolving),
        Cell::Time(dossier.received),
        Cell::Time(dossier.due()),
        Cell::Time(dossier.ended),
        Cell::Time(dossier.returned),
        Cell::Text(dossier.status().name_vi().to_owned()),
    ]
}

fn shown(at: Instant) -> String {
    local(at).format("%d/%m/%Y %H:%M").to_string()
}

/// A text that no spreadsheet reads as a formula.
pub(super) fn disarmed(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_a_text() {
        for text in ["=1+1", "+84 912", "-5", "@sum", "\tx"] {
            assert_eq!(disarmed(text), format!("'{text}"));
        }
        assert_eq!(disarmed("Nguyễn Thị Hoà"), "Nguyễn Thị Hoà");
    }
}
