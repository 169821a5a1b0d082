//! A column of a report, and what stands in its cells.

use serde::Serialize;

use super::rate::Rate;

/// A column of a report whose rows are `T`.
pub struct Column<T: 'static> {
    /// Its name in data. A contract.
    pub name: &'static str,
    /// Its title in Vietnamese.
    pub vi: &'static str,
    /// Its title in English.
    pub en: &'static str,
    /// What is counted.
    pub definition: &'static str,
    /// Where that is said; empty where it is our own.
    pub source: &'static str,
    /// What stands there in a row.
    pub value: fn(&T) -> Value<'_>,
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
