//! The cells of one row.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// One row of a table: its cells as text, and the line on which it begins. One value is refilled
/// for every row. Letters with marks are composed, so that equal texts are equal bytes.
#[derive(Debug, Clone, Default)]
pub struct TextRow {
    /// The line of the file, from 1.
    pub line: u64,
    text: String,
    ends: Vec<usize>,
}

impl TextRow {
    /// Takes the cells of a row: one text after another, and where each ends.
    pub fn fill(&mut self, line: u64, text: &str, ends: &[usize]) {
        self.line = line;
        self.text.clear();
        self.ends.clear();
        if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
            self.text.push_str(text);
            self.ends.extend_from_slice(ends);
            return;
        }
        let mut start = 0;
        for end in ends {
            self.text.extend(text[start..*end].nfc());
            self.ends.push(self.text.len());
            start = *end;
        }
    }

    /// Takes the cells of a row, one by one.
    pub fn fill_with<'a>(&mut self, line: u64, cells: impl IntoIterator<Item = &'a str>) {
        self.line = line;
        self.text.clear();
        self.ends.clear();
        for cell in cells {
            self.text.extend(cell.nfc());
            self.ends.push(self.text.len());
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// A cell, without surrounding space; empty if the row has fewer cells.
    #[must_use]
    pub fn get(&self, at: usize) -> &str {
        self.whole(at).trim()
    }

    /// A cell with its surrounding space; empty if the row has fewer cells.
    #[must_use]
    pub fn whole(&self, at: usize) -> &str {
        let Some(end) = self.ends.get(at) else {
            return "";
        };
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..*end]
    }

    /// All cells, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.get(at))
    }
}
