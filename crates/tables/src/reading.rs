//! What reading a table gives: its rows, and how the table was understood.

/// The next row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// Its cells are there.
    Good,
    /// It cannot be read; the next one may be. Its cells are there as far as they can be read.
    Bad {
        /// The line it begins on.
        line: u64,
        /// Why.
        reason: String,
    },
    /// There is none.
    End,
}

/// How a table was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// `csv`, `xlsx`, `xls` or `ods`.
    pub kind: &'static str,
    /// The encoding of a text.
    pub encoding: Option<String>,
    /// What stands between the cells of a text.
    pub delimiter: Option<char>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Its other sheets that have as many of the columns, and are not read.
    pub others: Vec<String>,
    /// The line that names the columns, once it was found.
    pub header_line: Option<u64>,
}
