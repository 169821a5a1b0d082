//! A map as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub source: Spanned<String>,
    pub province: Spanned<String>,
    pub zone: Spanned<String>,
    pub time_format: Option<OneOrMany>,
    pub due_by: Option<Spanned<String>>,
    #[serde(default)]
    pub table: RawTable,
    pub new_province: Option<RawProvince>,
    #[serde(default)]
    pub new_unit: Vec<RawUnit>,
    #[serde(default)]
    pub new_procedure: Vec<RawProcedure>,
    #[serde(default)]
    pub document: Vec<RawText>,
    pub events: Option<Spanned<BTreeMap<Spanned<String>, Spanned<String>>>>,
    pub cases: Option<Spanned<BTreeMap<Spanned<String>, Spanned<String>>>>,
    #[serde(default)]
    pub units: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    pub procedures: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    pub channels: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    pub statuses: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    pub activities: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    pub otherwise: RawOtherwise,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProvince {
    pub identifier: Spanned<String>,
    pub name: Spanned<String>,
    pub from: Spanned<Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawUnit {
    pub code: Spanned<String>,
    pub statistics_code: Spanned<String>,
    pub name: Spanned<String>,
    pub from: Spanned<Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProcedure {
    pub code: Spanned<String>,
    pub name: Spanned<String>,
    pub field: Spanned<String>,
    pub from: Spanned<Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawText {
    pub path: String,
    pub text: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOtherwise {
    pub unit: Option<Spanned<String>>,
    pub procedure: Option<Spanned<String>>,
    pub channel: Option<Spanned<String>>,
    pub status: Option<Spanned<String>>,
    pub activity: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTable {
    pub delimiter: Option<Spanned<String>>,
    pub encoding: Option<String>,
    pub header_line: Option<Spanned<u64>>,
    pub sheet: Option<String>,
    pub total_rows: Option<Vec<String>>,
}

/// A text, or several.
#[derive(Deserialize, Clone)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub fn all(self) -> Vec<String> {
        match self {
            OneOrMany::One(text) => vec![text],
            OneOrMany::Many(texts) => texts,
        }
    }
}
