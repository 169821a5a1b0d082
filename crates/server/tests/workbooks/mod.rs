//! Workbooks with the rows of a list, as Excel and LibreOffice save them.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

use std::fmt::Write;

use chrono::NaiveDateTime;
use flate2::Crc;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

/// The cells of a CSV text.
pub fn rows(text: &str) -> Vec<Vec<String>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let cells = |row: csv::StringRecord| row.iter().map(ToOwned::to_owned).collect();
    rows.records().map(|row| cells(row.unwrap())).collect()
}

fn time(cell: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(cell, "%d/%m/%Y %H:%M").ok()
}

/// A workbook with a sheet of notes before the list, and a title above the list. Times are time
/// cells, or texts.
pub fn xlsx(rows: &[Vec<String>], times: bool) -> Vec<u8> {
    let mut book = Workbook::new();
    let notes = book.add_worksheet().set_name("Ghi chú").unwrap();
    notes.write(0, 0, "Số liệu mẫu").unwrap();
    let sheet = book.add_worksheet().set_name("Danh sách").unwrap();
    sheet.write(0, 0, "DANH SÁCH HỒ SƠ").unwrap();
    let shown = Format::new().set_num_format("dd/mm/yyyy hh:mm");
    for (line, row) in rows.iter().enumerate() {
        let line = u32::try_from(line).unwrap() + 2;
        for (column, cell) in row.iter().enumerate() {
            let column = u16::try_from(column).unwrap();
            match time(cell).filter(|_| times) {
                Some(at) => {
                    let text = at.format("%Y-%m-%dT%H:%M:%S").to_string();
                    let at = ExcelDateTime::parse_from_str(&text).unwrap();
                    sheet.write_with_format(line, column, &at, &shown).unwrap();
                }
                None => {
                    sheet.write(line, column, cell.as_str()).unwrap();
                }
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// The least content of an `.ods` file.
pub fn ods(rows: &[Vec<String>], times: bool) -> Vec<u8> {
    let mut table = String::new();
    for row in rows {
        table.push_str("<table:table-row>");
        for cell in row {
            match time(cell).filter(|_| times) {
                Some(at) => write!(
                    table,
                    "<table:table-cell office:value-type=\"date\" office:date-value=\"{}\">\
                     <text:p>{cell}</text:p></table:table-cell>",
                    at.format("%Y-%m-%dT%H:%M:%S")
                ),
                None => write!(
                    table,
                    "<table:table-cell office:value-type=\"string\"><text:p>{}</text:p>\
                     </table:table-cell>",
                    cell.replace('&', "&amp;").replace('<', "&lt;")
                ),
            }
            .unwrap();
        }
        table.push_str("</table:table-row>");
    }
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <office:document-content \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" office:version=\"1.2\">\
         <office:body><office:spreadsheet><table:table table:name=\"Danh sách\">{table}\
         </table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let kind = "application/vnd.oasis.opendocument.spreadsheet";
    let manifest = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><manifest:manifest \
         xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\">\
         <manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"{kind}\"/>\
         <manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>\
         </manifest:manifest>"
    );
    zipped(&[
        ("mimetype", kind),
        ("content.xml", &content),
        ("META-INF/manifest.xml", &manifest),
    ])
}

/// A zip archive with uncompressed files.
fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = Vec::new();
    let mut directory = Vec::new();
    for (name, text) in files {
        let mut crc = Crc::new();
        crc.update(text.as_bytes());
        let size = u32::try_from(text.len()).unwrap().to_le_bytes();
        let start = u32::try_from(zip.len()).unwrap();
        let mut head = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        head.extend(crc.sum().to_le_bytes());
        head.extend(size);
        head.extend(size);
        head.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        head.extend([0, 0]);
        zip.extend(b"PK\x03\x04");
        zip.extend(&head);
        zip.extend(name.as_bytes());
        zip.extend(text.as_bytes());
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = u32::try_from(zip.len()).unwrap();
    zip.extend(&directory);
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend(count);
    zip.extend(count);
    zip.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    zip.extend(start.to_le_bytes());
    zip.extend([0, 0]);
    zip
}
