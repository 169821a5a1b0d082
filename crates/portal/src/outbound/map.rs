//! What a remote calls our values, and how it writes them: data, not code.

use std::collections::BTreeMap;
use std::fmt;

use domain::time;
use serde::Deserialize;
use serde_json::{Map as Json, Value};

use super::card::{Card, Leaf};

/// The map of the adapter protocol of provincial systems.
pub const ADAPTER: &str = include_str!("../../maps/adapter.toml");

/// The map of the REST flow of a ministry's adapter.
pub const REST: &str = include_str!("../../maps/rest.toml");

/// How one remote names and writes our values.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Map {
    time: String,
    yes: String,
    no: String,
    /// The remote's paths, below its address.
    pub paths: BTreeMap<String, String>,
    /// The codes by which the remote answers.
    pub codes: Codes,
    /// How the remote answers a look-up.
    pub lookup: Lookup,
    #[serde(default)]
    words: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    limits: BTreeMap<String, usize>,
    dossier: BTreeMap<String, Field>,
    progress: BTreeMap<String, Field>,
}

/// The codes by which a remote answers; success is told by nothing else.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codes {
    /// The fields that may hold the code.
    pub fields: Vec<String>,
    /// The fields that may hold words.
    pub words: Vec<String>,
    /// It took what was sent.
    pub success: Vec<String>,
    /// The session is over.
    pub session: Vec<String>,
    /// It does not have the dossier.
    pub absent: Vec<String>,
    /// It cannot now.
    pub busy: Vec<String>,
}

/// How a remote answers a look-up.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// The field with the rows of progress.
    pub rows: String,
    /// The field of a row with its moment.
    pub at: String,
    /// The field of a row with its status.
    pub status: String,
}

/// Where a field's value comes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Field {
    /// A value of the card.
    One(String),
    /// A list of the card.
    Many {
        of: String,
        fields: BTreeMap<String, String>,
    },
}

/// A value that the map has no form for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmapped {
    /// The name of the value.
    pub name: String,
    /// The word.
    pub word: String,
}

impl fmt::Display for Unmapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, word } = self;
        write!(
            f,
            "the map has no code for {name} = {word}; expected a line under [words.{name}]"
        )
    }
}

/// Every path that a protocol of ours has.
const PATHS: [&str; 6] = [
    "sign_in",
    "integration",
    "dossier",
    "progress",
    "status",
    "lookup",
];

impl Map {
    /// A path below the remote's address; none if the map has none.
    #[must_use]
    pub fn path(&self, name: &str) -> &str {
        self.paths.get(name).map_or("", String::as_str)
    }

    /// Reads a map.
    ///
    /// Errors: what is not TOML, and every name that no card has.
    pub fn parse(text: &str) -> Result<Self, String> {
        let map: Self = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        for path in map.paths.keys() {
            if !PATHS.contains(&path.as_str()) {
                return Err(format!(
                    "there is no path {path}; expected some of {}",
                    PATHS.join(", ")
                ));
            }
        }
        let mut unknown = Vec::new();
        for (names, fields) in [
            (Card::OF_DOSSIER, &map.dossier),
            (Card::OF_MILESTONE, &map.progress),
        ] {
            for field in fields.values() {
                match field {
                    Field::One(name) if !names.contains(&name.as_str()) => {
                        unknown.push(name.clone());
                    }
                    Field::One(_) => {}
                    Field::Many { of, fields } => {
                        let inner = Card::of_list(of);
                        if !names.contains(&of.as_str()) {
                            unknown.push(of.clone());
                        }
                        let wrong = fields
                            .values()
                            .filter(|name| !inner.contains(&name.as_str()));
                        unknown.extend(wrong.map(|name| format!("{of}.{name}")));
                    }
                }
            }
        }
        if unknown.is_empty() {
            Ok(map)
        } else {
            Err(format!(
                "there is no value called {}; expected one of {}",
                unknown.join(", "),
                [Card::OF_DOSSIER, Card::OF_MILESTONE].concat().join(", ")
            ))
        }
    }

    /// A dossier as the remote writes it.
    pub fn dossier(&self, card: &Card) -> Result<Json<String, Value>, Unmapped> {
        self.fill(&self.dossier, card)
    }

    /// Rows of progress as the remote writes them.
    pub fn progress(&self, cards: &[&Card]) -> Result<Vec<Value>, Unmapped> {
        let row = |card: &&Card| self.fill(&self.progress, card).map(Value::from);
        cards.iter().map(row).collect()
    }

    /// A moment as the remote writes it.
    #[must_use]
    pub fn moment(&self, at: domain::time::Instant) -> String {
        time::local(at).format(&self.time).to_string()
    }

    fn fill(
        &self,
        fields: &BTreeMap<String, Field>,
        card: &Card,
    ) -> Result<Json<String, Value>, Unmapped> {
        let mut filled = Json::new();
        for (field, from) in fields {
            match from {
                Field::One(name) => {
                    if let Some(leaf) = card.get(name) {
                        filled.insert(field.clone(), self.written(field, name, leaf)?.into());
                    }
                }
                Field::Many { of, fields } => {
                    if let Some(Leaf::Rows(rows)) = card.get(of) {
                        let rows = rows.iter().map(|row| self.row(of, fields, row));
                        let rows = rows.collect::<Result<Vec<Value>, Unmapped>>()?;
                        filled.insert(field.clone(), rows.into());
                    }
                }
            }
        }
        Ok(filled)
    }

    fn row(
        &self,
        list: &str,
        fields: &BTreeMap<String, String>,
        card: &Card,
    ) -> Result<Value, Unmapped> {
        let mut filled = Json::new();
        for (field, name) in fields {
            if let Some(leaf) = card.get(name) {
                let full = format!("{list}_{name}");
                filled.insert(field.clone(), self.written(field, &full, leaf)?.into());
            }
        }
        Ok(filled.into())
    }

    /// All values are strings on this wire.
    fn written(&self, field: &str, name: &str, leaf: &Leaf) -> Result<String, Unmapped> {
        let text = match leaf {
            Leaf::Text(text) => text.clone(),
            Leaf::Word(word) => {
                let codes = self.words.get(name);
                let code = codes.and_then(|codes| codes.get(*word)).cloned();
                code.ok_or_else(|| Unmapped {
                    name: name.to_owned(),
                    word: (*word).to_owned(),
                })?
            }
            Leaf::Time(at) => self.moment(*at),
            Leaf::Number(number) => number.to_string(),
            Leaf::Flag(true) => self.yes.clone(),
            Leaf::Flag(false) => self.no.clone(),
            Leaf::Rows(rows) => rows.len().to_string(),
        };
        Ok(match self.limits.get(field) {
            Some(most) => text.chars().take(*most).collect(),
            None => text,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_maps_name_only_values_that_there_are() {
        for text in [ADAPTER, REST] {
            Map::parse(text).unwrap();
        }
        let wrong = ADAPTER.replace("\"procedure_name\"", "\"procedure_nam\"");
        let error = Map::parse(&wrong).unwrap_err();
        assert!(error.contains("called procedure_nam; expected"), "{error}");
    }

    #[test]
    fn what_is_not_known_is_left_out_and_what_has_no_code_is_named() {
        let map = Map::parse(ADAPTER).unwrap();
        let card = Card::default().text("code", "H60.02215-260803-0001");
        let filled = map.dossier(&card).unwrap();
        assert_eq!(
            Value::from(filled).to_string(),
            r#"{"MaHoSo":"H60.02215-260803-0001"}"#
        );
        let unmapped = map.dossier(&card.with("channel", Leaf::Word("pigeon")));
        let words = unmapped.unwrap_err().to_string();
        assert!(words.contains("channel = pigeon"), "{words}");
    }
}
