//! The form of a table: how its file is written, which line names the columns, and which rows are
//! titles, sums or signatures.

use super::TextRow;
use super::near::did_you_mean;
use crate::fold::{fold, key};

/// The form of a file, as far as a map or a flag fixes it. The reader recognises the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableForm {
    /// The character between the cells of a text file.
    pub delimiter: Option<char>,
    /// The encoding of a text file, by a label such as `windows-1258`.
    pub encoding: Option<String>,
    /// The line that names the columns, from 1.
    pub header_line: Option<u64>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The beginnings of rows of sums; [`TOTALS`] if not given.
    pub totals: Option<Vec<String>>,
}

/// The beginnings of rows of sums, whatever their case and marks.
pub const TOTALS: [&str; 6] = ["tổng", "tổng số", "tổng cộng", "cộng", "total", "sum"];

/// How many lines may stand above the one that names the columns.
pub const TITLES: usize = 30;

impl TableForm {
    /// The text of a row of sums; none for any other row. Its first filled cell decides.
    #[must_use]
    pub fn total<'c>(&self, cells: &'c TextRow) -> Option<&'c str> {
        let first = cells.iter().find(|cell| !cell.is_empty())?;
        let folded = fold(first);
        let rest = |word: &str| {
            let word = fold(word);
            let rest = folded.strip_prefix(word.as_str());
            rest.filter(|rest| !rest.starts_with(char::is_alphanumeric))
        };
        let found = match &self.totals {
            Some(own) => own.iter().any(|word| rest(word).is_some()),
            // After the usual words a sum's row names what it counts: `Tổng số hồ sơ: 40`.
            None => TOTALS.iter().any(|word| {
                rest(word).is_some_and(|rest| {
                    let mut words = rest.split(|c: char| !c.is_alphabetic());
                    words.all(|word| matches!(word, "" | "so" | "ho" | "cong"))
                })
            }),
        };
        found.then_some(first)
    }
}

/// Finds the row that names the columns: the first row with all of the names, or else the row with
/// most of them.
///
/// Returns its place among `rows`, and how many of the names it has.
#[must_use]
pub fn header_among(rows: &[TextRow], names: &[&str]) -> Option<(usize, usize)> {
    let names: Vec<String> = names.iter().map(|name| key(name)).collect();
    let mut best: Option<(usize, usize)> = None;
    for (at, row) in rows.iter().enumerate() {
        let titles: Vec<String> = row.iter().map(key).collect();
        let found = names.iter().filter(|name| titles.contains(name)).count();
        if found == names.len() {
            return Some((at, found));
        }
        if best.is_none_or(|(_, most)| found > most) {
            best = Some((at, found));
        }
    }
    best
}

/// The place of a column in a header; none if the header lacks it.
///
/// Errors: the name stands there twice.
pub fn column(header: &TextRow, name: &str) -> Result<Option<usize>, String> {
    let wanted = key(name);
    let mut found = (0..header.len()).filter(|at| key(header.get(*at)) == wanted);
    match (found.next(), found.next()) {
        (first, None) => Ok(first),
        (_, Some(_)) => Err(format!("column `{name}` is there twice")),
    }
}

/// The text for a missing column: the table's columns, and the one that may be meant.
#[must_use]
pub fn titles(header: &TextRow) -> String {
    let titles: Vec<String> = header
        .iter()
        .map(|title| title.chars().take(40).collect())
        .take(40)
        .collect();
    titles.join(", ")
}

/// `; did you mean X?` from the columns of a table, or nothing.
#[must_use]
pub fn column_meant(header: &TextRow, name: &str) -> String {
    did_you_mean(name, header.iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> TextRow {
        let mut row = TextRow::default();
        row.fill_with(1, cells.iter().copied());
        row
    }

    #[test]
    fn titles_above_a_header_are_passed_over() {
        let rows = [
            row(&["DANH SÁCH HỒ SƠ", "", ""]),
            row(&["Mã", "", ""]),
            row(&["STT", "MÃ  HỒ SƠ", "Ngày nhận "]),
            row(&["1", "a", "b"]),
        ];
        assert_eq!(
            header_among(&rows, &["Mã hồ sơ", "Ngày nhận"]),
            Some((2, 2))
        );
        assert_eq!(header_among(&rows, &["Mã hồ sơ", "Hẹn trả"]), Some((2, 1)));
        assert_eq!(header_among(&rows, &["x"]), Some((0, 0)));
        assert_eq!(header_among(&[], &["x"]), None);
    }

    #[test]
    fn rows_of_sums_are_known_by_how_they_begin() {
        let usual = TableForm::default();
        for total in [
            "Tổng số: 40",
            "TỔNG CỘNG",
            "Cộng",
            "Tong so 40 ho so",
            "Total",
        ] {
            assert_eq!(usual.total(&row(&["", total, "40"])), Some(total));
        }
        for other in ["Tổng hợp", "Cộng hòa xã hội chủ nghĩa Việt Nam", "1", ""] {
            assert_eq!(
                usual.total(&row(&[other, "Tổng số"])).map(|_| ()),
                match other {
                    "" => Some(()),
                    _ => None,
                }
            );
        }
        let own = TableForm {
            totals: Some(vec!["Lũy kế".into()]),
            ..TableForm::default()
        };
        assert_eq!(own.total(&row(&["LŨY KẾ năm"])), Some("LŨY KẾ năm"));
        assert_eq!(own.total(&row(&["Tổng số"])), None);
    }
}
