//! A sheet as a workbook: heads merged as the form prints them, numbers as numbers and not as text.

use domain::indicator::{BRIDGE, Column, II06A, ITEM, MEMO};
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::fill::{CellValue, FilledSheet};
use super::heads::{self, Head};
use super::layout::{LayoutColumn, Report};

/// The height of a row of heads, in points: two lines of text.
const HEAD_HEIGHT: f64 = 30.0;

/// More columns than this leave little room for each on a page.
const MANY: usize = 16;

/// The widest that a column of texts becomes, in characters.
const WIDEST: f64 = 60.0;

/// How wide the column of definitions beside the form is.
const BESIDE: f64 = 100.0;

/// How wide the columns of the sheet of definitions are.
const DEFINED: [f64; 4] = [26.0, 40.0, 80.0, 44.0];

/// The height of a line of text, in points.
const LINE_HEIGHT: f64 = 15.0;

/// How wide a column is, of so many.
fn width(column: &LayoutColumn, of: usize) -> f64 {
    match column.value.as_str() {
        "ordinal" | "item" => 6.0,
        "label" | "item_name" => 48.0,
        "formula" => WIDEST,
        _ if of > MANY => 8.0,
        _ => 12.0,
    }
}

/// How many lines a text takes in a column; Vietnamese letters are no wider than digits on average, but
/// words do not break.
fn lines_of(text: &str, width: f64) -> u32 {
    let room = (width * 0.9).max(1.0);
    let mut lines = 1;
    let mut used = 0.0;
    for word in text.split_whitespace() {
        let needed = word.chars().count() as f64;
        if used > 0.0 && used + 1.0 + needed > room {
            lines += 1;
            used = needed;
        } else {
            used += if used > 0.0 { 1.0 + needed } else { needed };
        }
    }
    lines
}

impl FilledSheet<'_> {
    /// Makes the workbook: the form, the numbers beside it, and a sheet of definitions.
    pub fn xlsx(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        self.form(book.add_worksheet())?;
        if !self.beside.is_empty() {
            self.beside_sheet(book.add_worksheet())?;
        }
        self.definitions(book.add_worksheet())?;
        book.save_to_buffer()
    }

    fn form(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let layout = self.layout;
        let columns = &layout.columns;
        let last = u16::try_from(columns.len() - 1).unwrap_or(u16::MAX);
        sheet.set_name("Biểu")?;
        prints_across(sheet);
        let middle = Format::new().set_align(FormatAlign::Center);
        let title = middle.clone().set_bold().set_font_size(13.0);
        sheet.write_string_with_format(0, 0, &layout.number, &Format::new().set_bold())?;
        sheet.write_string(1, 0, format!("Đơn vị báo cáo: {}", self.whose))?;
        let mut row = 2;
        for line in &layout.title {
            sheet.merge_range(row, 0, row, last, &line.to_uppercase(), &title)?;
            row += 1;
        }
        sheet.merge_range(row, 0, row, last, &self.period, &middle)?;
        let said = format!(
            "Đơn vị tính: {}. Số liệu ghi nhận đến {}.",
            layout.counted_in, self.as_of
        );
        sheet.write_string(row + 1, 0, said)?;
        row += 2;

        let heads_begin = row;
        let boxed = Format::new()
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::VerticalCenter);
        let head = boxed
            .clone()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Center);
        for cell in heads::merged(columns) {
            let Head {
                text,
                row: down,
                column,
                rows,
                columns,
            } = cell;
            let top = row + u32::from(down);
            let (bottom, right) = (top + u32::from(rows) - 1, column + columns - 1);
            if rows == 1 && columns == 1 {
                sheet.write_string_with_format(top, column, text, &head)?;
            } else {
                sheet.merge_range(top, column, bottom, right, &text, &head)?;
            }
        }
        row += u32::from(heads::depth(columns));
        for tall in heads_begin..row {
            let narrow = columns.len() > MANY;
            let height = if narrow {
                1.5 * HEAD_HEIGHT
            } else {
                HEAD_HEIGHT
            };
            sheet.set_row_height(tall, height)?;
        }
        if columns.iter().any(|column| !column.mark.is_empty()) {
            let mark = boxed
                .clone()
                .set_align(FormatAlign::Center)
                .set_italic()
                .set_shrink();
            for (at, column) in (0..).zip(columns) {
                sheet.write_string_with_format(row, at, &column.mark, &mark)?;
            }
            row += 1;
        }
        sheet.set_repeat_rows(row.saturating_sub(2), row - 1)?;
        sheet.set_freeze_panes(row, 2)?;
        for line in &self.lines {
            let plain = if line.is_total {
                boxed.clone().set_bold()
            } else {
                boxed.clone()
            };
            for ((at, cell), column) in (0..).zip(&line.cells).zip(columns) {
                let format = match column.value.as_str() {
                    "ordinal" | "item" => plain.clone().set_align(FormatAlign::Center),
                    // Beside a number a text would seem to go on with it.
                    "label" | "item_name" | "formula" => {
                        plain.clone().set_text_wrap().set_indent(1)
                    }
                    _ => plain.clone(),
                };
                write(sheet, row, at, cell, &format)?;
            }
            // A program that opens the workbook does not always make room for wrapped texts itself.
            let texts = line.cells.iter().zip(columns);
            let lines = texts.map(|(cell, column)| match cell {
                CellValue::Text(text) => lines_of(text, width(column, columns.len())),
                _ => 1,
            });
            let lines = lines.max().unwrap_or(1);
            sheet.set_row_height(row, LINE_HEIGHT * f64::from(lines))?;
            row += 1;
        }
        for note in &self.notes {
            row += 1;
            sheet.write_string(row, 0, note)?;
        }
        row += 2;
        let half = (last / 2).max(1);
        for (at, (who, how)) in layout.signatures.iter().enumerate() {
            // The first column is too narrow for a name.
            let column = if at == 0 { 1.min(last) } else { half };
            sheet.write_string_with_format(row, column, who.to_uppercase(), &title)?;
            sheet.write_string(row + 1, column, how)?;
        }
        for (at, column) in (0..).zip(columns) {
            sheet.set_column_width(at, width(column, columns.len()))?;
        }
        Ok(())
    }

    fn beside_sheet(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name("Ngoài biểu")?;
        prints_across(sheet);
        sheet.set_repeat_rows(0, 0)?;
        let top = Format::new().set_align(FormatAlign::Top);
        let (wrapped, right) = (
            top.clone().set_text_wrap(),
            top.clone().set_align(FormatAlign::Right),
        );
        let bold = Format::new().set_bold();
        for (at, head) in (0..).zip(["Chỉ tiêu", "Số liệu", "Cách đếm"]) {
            sheet.write_string_with_format(0, at, head, &bold)?;
        }
        for (row, (title, number, definition)) in (1..).zip(&self.beside) {
            sheet.write_string_with_format(row, 0, *title, &wrapped)?;
            write(sheet, row, 1, number, &right)?;
            // Beside a number a text would seem to go on with it.
            let beside = wrapped.clone().set_indent(1);
            sheet.write_string_with_format(row, 2, *definition, &beside)?;
            let lines = lines_of(title, 40.0).max(lines_of(definition, BESIDE));
            sheet.set_row_height(row, LINE_HEIGHT * f64::from(lines))?;
        }
        sheet.set_column_width(0, 40)?;
        sheet.set_column_width(1, 20)?;
        sheet.set_column_width(2, BESIDE)?;
        sheet.set_freeze_panes(1, 1)?;
        Ok(())
    }

    fn definitions(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name("Định nghĩa")?;
        prints_across(sheet);
        sheet.set_repeat_rows(0, 0)?;
        let bold = Format::new().set_bold();
        for (at, head) in (0..).zip(["Tên", "Tiêu đề", "Định nghĩa", "Nguồn"]) {
            sheet.write_string_with_format(0, at, head, &bold)?;
        }
        let mut row = 1;
        match self.layout.report {
            Report::Ii06a => {
                defined(sheet, &mut row, &II06A)?;
                defined(sheet, &mut row, &BRIDGE)?;
                defined(sheet, &mut row, &MEMO)?;
            }
            Report::I766 => defined(sheet, &mut row, &ITEM)?,
        }
        for (at, width) in (0..).zip(DEFINED) {
            sheet.set_column_width(at, width)?;
        }
        sheet.set_freeze_panes(1, 1)?;
        Ok(())
    }
}

/// A4 across, all columns on one page.
fn prints_across(sheet: &mut Worksheet) {
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0);
}

fn defined<T>(
    sheet: &mut Worksheet,
    row: &mut u32,
    columns: &[Column<T>],
) -> Result<(), XlsxError> {
    for column in columns {
        let told = [column.name, column.vi, column.definition_vi, column.source];
        let format = Format::new().set_align(FormatAlign::Top).set_text_wrap();
        for (at, text) in (0..).zip(told) {
            sheet.write_string_with_format(*row, at, text, &format)?;
        }
        let lines = told.iter().zip(DEFINED);
        let lines = lines.map(|(text, width)| lines_of(text, width)).max();
        sheet.set_row_height(*row, LINE_HEIGHT * f64::from(lines.unwrap_or(1)))?;
        *row += 1;
    }
    Ok(())
}

fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &CellValue,
    format: &Format,
) -> Result<(), XlsxError> {
    match cell {
        CellValue::Text(text) => sheet.write_string_with_format(row, column, text, format)?,
        CellValue::Number(number) => {
            let whole = number.fract().abs() < f64::EPSILON;
            let format = format
                .clone()
                .set_num_format(if whole { "#,##0" } else { "#,##0.00" });
            sheet.write_number_with_format(row, column, *number, &format)?
        }
        CellValue::Share(share) => {
            let format = format.clone().set_num_format("0.0%");
            sheet.write_number_with_format(row, column, *share, &format)?
        }
        CellValue::Nothing => sheet.write_blank(row, column, format)?,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_takes_as_many_lines_as_its_words_need() {
        assert_eq!(lines_of("", 10.0), 1);
        assert_eq!(lines_of("một hai", 10.0), 1);
        assert_eq!(lines_of("một hai ba bốn", 10.0), 2);
        assert_eq!(
            lines_of("một hai ba bốn năm", 10.0),
            3,
            "a tenth stays free"
        );
        assert_eq!(lines_of("dài_hơn_cả_cột rồi", 10.0), 2);
    }
}
