//! A list as a file that a spreadsheet opens without guessing and without running anything.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// A list: texts under titles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSheet {
    /// What the sheet of a workbook is called, 31 characters at most.
    pub title: String,
    /// What the list is of: unit, filter, order, as of when.
    pub about: String,
    /// The titles.
    pub columns: Vec<String>,
    /// The rows, as long as the titles.
    pub rows: Vec<Vec<String>>,
}

impl ListSheet {
    /// As comma-separated values in UTF-8 with the mark by which Excel knows it.
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

    /// As a workbook of one sheet.
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
            // A text stays one in a workbook, whatever it begins with.
            for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(row, column, cell)?;
            }
        }
        book.save_to_buffer()
    }
}

/// A text that no spreadsheet takes for a formula.
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
