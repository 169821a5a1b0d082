//! A column of a report, and what stands in its cells.

use serde::Serialize;

use super::rate::Rate;
use crate::language::Language;

/// A column of a report whose rows are `T`.
pub struct Column<T: 'static> {
    /// Its name in data. A contract.
    pub name: &'static str,
    /// Its title in Vietnamese.
    pub vi: &'static str,
    /// Its title in English.
    pub en: &'static str,
    /// What is counted, in Vietnamese.
    pub definition_vi: &'static str,
    /// What is counted, in English.
    pub definition_en: &'static str,
    /// Where that is said; empty where it is our own.
    pub source: &'static str,
    /// What stands there in a row.
    pub value: fn(&T) -> Value<'_>,
}

impl<T> Column<T> {
    /// Its title.
    #[must_use]
    pub fn title(&self, language: Language) -> &'static str {
        match language {
            Language::Vietnamese => self.vi,
            Language::English => self.en,
        }
    }

    /// What is counted.
    #[must_use]
    pub fn definition(&self, language: Language) -> &'static str {
        match language {
            Language::Vietnamese => self.definition_vi,
            Language::English => self.definition_en,
        }
    }
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value<'a> {
    /// A text.
    Text(&'a str),
    /// A number.
    Count(u32),
    /// A rate.
    Rate(Rate),
    /// Yes or no.
    Flag(bool),
    /// A number that need not be known.
    Number(Option<f64>),
}

/// The column of a name.
#[must_use]
pub fn find<'a, T>(columns: &'a [Column<T>], name: &str) -> Option<&'a Column<T>> {
    columns.iter().find(|column| column.name == name)
}
