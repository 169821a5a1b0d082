//! The meanings of the words of a file.

use std::collections::{BTreeMap, HashMap};

use toml::Spanned;

use crate::catalogue::file::Reading;
use crate::fold::key;
use crate::import::near::did_you_mean;

/// The words of a file, each with its meaning. Blanks, case and how marks are composed make no
/// difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary<T> {
    by_key: HashMap<String, Word<T>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Word<T> {
    written: String,
    line: usize,
    meant: T,
}

impl<T> Vocabulary<T> {
    /// Reads a table of a map. A word with two meanings is a fault.
    pub(super) fn read(
        table: &str,
        raw: &BTreeMap<String, Spanned<String>>,
        reading: &mut Reading<'_>,
        mut meaning: impl FnMut(&Spanned<String>, &mut Reading<'_>) -> Option<T>,
    ) -> Self
    where
        T: PartialEq,
    {
        let mut by_key: HashMap<String, Word<T>> = HashMap::new();
        for (written, word) in raw {
            let Some(meant) = meaning(word, reading) else {
                continue;
            };
            let line = reading.line(&word.span());
            let new = Word {
                written: written.clone(),
                line,
                meant,
            };
            if let Some(before) = by_key.get(&key(written))
                && before.meant != new.meant
            {
                let reason = format!(
                    "{table}: `{written}` is the same word as `{}`, and means something else",
                    before.written
                );
                reading.fault(&word.span(), reason);
            }
            by_key.insert(key(written), new);
        }
        Self { by_key }
    }

    /// What a word means.
    #[must_use]
    pub fn get(&self, text: &str) -> Option<&T> {
        self.by_key.get(&key(text)).map(|word| &word.meant)
    }

    /// `; did you mean X?` from these words and others, or nothing.
    #[must_use]
    pub fn meant<'a>(&'a self, text: &str, others: impl IntoIterator<Item = &'a str>) -> String {
        let mut known: Vec<&str> = self.by_key.values().map(|word| &*word.written).collect();
        known.extend(others);
        known.sort_unstable();
        did_you_mean(text, known)
    }

    /// Each word as it is written, with its line and meaning, in the order of the lines.
    pub(super) fn each(&mut self) -> Vec<(&str, usize, &mut T)> {
        let words = self.by_key.values_mut();
        let mut all: Vec<_> = words
            .map(|word| (word.written.as_str(), word.line, &mut word.meant))
            .collect();
        all.sort_by_key(|(_, line, _)| *line);
        all
    }
}
