//! The cells of one row.

/// One row of a table: its cells as text, and the line it begins on. Made to be filled again
/// and again.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    /// The line of the file, from 1.
    pub line: u64,
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    /// Takes the cells of a row: one text after the other, and where each of them ends.
    pub fn fill(&mut self, line: u64, text: &str, ends: &[usize]) {
        self.line = line;
        self.text.clear();
        self.text.push_str(text);
        self.ends.clear();
        self.ends.extend_from_slice(ends);
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

    /// A cell, without surrounding space; empty when there are fewer.
    #[must_use]
    pub fn get(&self, at: usize) -> &str {
        let Some(end) = self.ends.get(at) else {
            return "";
        };
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text[start..*end].trim()
    }

    /// All cells, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.get(at))
    }
}
