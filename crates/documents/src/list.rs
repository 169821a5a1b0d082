//! A list as a file for spreadsheets, which open it with the right encoding and run nothing in it.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// A list: rows of texts with column titles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSheet {
    /// The name of the workbook's sheet, at most 31 characters.
    pub title: String,
    /// The content of the list: unit, filter, order, moment.
    pub about: String,
    /// The column titles.
    pub columns: Vec<String>,
    /// The rows; each has a cell for each title.
    pub rows: Vec<Vec<String>>,
}

impl ListSheet {
    /// The list as CSV in UTF-8. The byte order mark tells Excel the encoding.
    #[must_use]
    pub fn csv(&self) -> Vec<u8> {
        let mut text = String::from("\u{feff}");
        let about = [self.about.clone()];
        let lines = std::iter::once(&about[..])
            .chain([self.columns.as_slice()])
            .chain(self.rows.iter().map(Vec::as_slice));
        for line in lines {
            let cells: Vec<String> = line.iter().map(|cell| quoted(&disarmed(cell))).collect();
            text.push_str(&cells.join(","));
            text.push_str("\r\n");
        }
        text.into_bytes()
    }

    /// The list as a workbook with one sheet.
    pub fn xlsx(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let bold = Format::new().set_bold();
        let sheet = book.add_worksheet();
        sheet.set_name(self.title.chars().take(31).collect::<String>())?;
        sheet.write_string(0, 0, &self.about)?;
        for (column, title) in (0..).zip(&self.columns) {
            sheet.write_string_with_format(1, column, title, &bold)?;
            sheet.set_column_width(column, 24)?;
        }
        sheet.set_freeze_panes(2, 0)?;
        for (row, cells) in (2..).zip(&self.rows) {
            // `write_string` keeps a text a text, even one that begins like a formula.
            for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(row, column, cell)?;
            }
        }
        book.save_to_buffer()
    }
}

/// The text, changed so that no spreadsheet takes it for a formula.
fn disarmed(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_keeps_its_marks_and_runs_nothing() {
        let sheet = ListSheet {
            title: "Hồ sơ".into(),
            about: "Phường Minh Xuân · quá hạn".into(),
            columns: vec!["Mã".into(), "Người nộp".into()],
            rows: vec![vec!["=1+1".into(), "Đặng \"Hoà\", thôn 2".into()]],
        };
        let csv = String::from_utf8(sheet.csv()).unwrap();
        assert_eq!(
            csv,
            "\u{feff}Phường Minh Xuân · quá hạn\r\nMã,Người nộp\r\n'=1+1,\"Đặng \"\"Hoà\"\", thôn 2\"\r\n"
        );
        let book = sheet.xlsx().unwrap();
        assert!(book.starts_with(b"PK"), "a workbook is a zip archive");
    }
}
