//! The meanings of a file's values: units, procedures, channels, statuses and activities.

use std::collections::{BTreeMap, HashMap};

use super::map::{ForeignStatus, Map, Meaning};
use crate::catalogue::Catalogue;
use crate::dossier::Channel;
use crate::fold::key;
use crate::id::{ProcedureCode, UnitCode};

/// How many unlisted values are noted by name; all of their rows are counted.
const KEPT: usize = 200;

/// Words for channels that need no line in a map.
const CHANNELS: [(&str, Channel); 14] = [
    ("desk", Channel::Desk),
    ("trực tiếp", Channel::Desk),
    ("nộp trực tiếp", Channel::Desk),
    ("tại quầy", Channel::Desk),
    ("online", Channel::Online),
    ("trực tuyến", Channel::Online),
    ("nộp trực tuyến", Channel::Online),
    ("trực tuyến toàn trình", Channel::Online),
    ("trực tuyến một phần", Channel::Online),
    ("qua mạng", Channel::Online),
    ("post", Channel::Post),
    ("bưu chính", Channel::Post),
    ("bưu chính công ích", Channel::Post),
    ("qua bưu chính công ích", Channel::Post),
];

/// What a value is said about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A unit.
    Unit,
    /// A procedure.
    Procedure,
    /// A channel.
    Channel,
    /// A status.
    Status,
    /// An activity.
    Activity,
}

impl About {
    /// The key under `[otherwise]`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            About::Unit => "unit",
            About::Procedure => "procedure",
            About::Channel => "channel",
            About::Status => "status",
            About::Activity => "activity",
        }
    }
}

/// Values that no list has, with their replacements and the number of rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unlisted {
    /// By the kind of value, and the value.
    pub values: BTreeMap<(About, String), (String, u64)>,
    /// The number of rows whose values are not among these, because there were too many.
    pub more: u64,
}

impl Unlisted {
    fn count(&mut self, about: About, value: &str, taken_for: &str) {
        let place = (about, value.to_owned());
        if let Some((_, rows)) = self.values.get_mut(&place) {
            *rows += 1;
        } else if self.values.len() < KEPT {
            self.values.insert(place, (taken_for.to_owned(), 1));
        } else {
            self.more += 1;
        }
    }
}

/// Finds the meanings of values, and notes the values that fell under `[otherwise]`.
pub(super) struct Values<'a> {
    map: &'a Map,
    catalogue: &'a Catalogue,
    /// The meaning of each activity as written. A file has few activities and many rows.
    activities: HashMap<String, Option<Meaning>>,
    pub unlisted: Unlisted,
}

/// The meaning of a value.
pub(super) struct Found<T> {
    pub meant: T,
    /// The value, if no list has it.
    pub otherwise: Option<(About, String)>,
}

impl<T> Found<T> {
    fn listed(meant: T) -> Self {
        Self {
            meant,
            otherwise: None,
        }
    }

    fn otherwise(meant: T, about: About, value: &str) -> Self {
        Self {
            meant,
            otherwise: Some((about, short(value))),
        }
    }
}

impl<'a> Values<'a> {
    pub fn new(map: &'a Map, catalogue: &'a Catalogue) -> Self {
        Self {
            map,
            catalogue,
            activities: HashMap::new(),
            unlisted: Unlisted::default(),
        }
    }

    /// Counts a row whose value fell under `[otherwise]`.
    pub fn count(&mut self, (about, value): &(About, String), taken_for: &str) {
        self.unlisted.count(*about, value, taken_for);
    }

    pub fn unit(&self, text: &str) -> Result<Found<UnitCode>, String> {
        let listed = match self.map.units.get(text) {
            Some(code) => Some(code),
            None if text.is_empty() => None,
            None => self.catalogue.units.find(text).map(|unit| &unit.code),
        };
        let otherwise = self.map.otherwise.unit.as_ref();
        let found = match (listed, otherwise) {
            (Some(code), _) => Found::listed(code.clone()),
            (None, Some(code)) => Found::otherwise(code.clone(), About::Unit, text),
            (None, None) if text.is_empty() => return Err("the row names no unit".to_owned()),
            (None, None) => {
                let own = self.catalogue.units.in_province(&self.map.province);
                let known = own.flat_map(|unit| [&*unit.statistics_code, unit.code.as_str()]);
                let meant = self.map.units.meant(text, known);
                return Err(format!("unit `{}` is in no list{meant}", short(text)));
            }
        };
        let unit = self.catalogue.units.get(&found.meant);
        let is_ours = unit.is_some_and(|unit| {
            unit.province == self.map.province && unit.code.as_str() != unit.code.level_one()
        });
        if is_ours {
            Ok(found)
        } else {
            Err(format!(
                "unit {} is not a commune or centre of province {}",
                found.meant, self.map.province
            ))
        }
    }

    pub fn procedure(&self, text: &str) -> Result<Found<ProcedureCode>, String> {
        let known = |code: &ProcedureCode| self.catalogue.procedures.get(code, 1).is_some();
        let listed = match self.map.procedures.get(text) {
            Some(code) => Some(code.clone()),
            None => ProcedureCode::parse(text).ok(),
        };
        match (listed.filter(known), &self.map.otherwise.procedure) {
            (Some(code), _) => Ok(Found::listed(code)),
            (None, Some(code)) if known(code) => {
                Ok(Found::otherwise(code.clone(), About::Procedure, text))
            }
            (None, Some(code)) => Err(format!("procedure {code} is not in the catalogue")),
            (None, None) if text.is_empty() => Err("the row names no procedure".to_owned()),
            (None, None) => {
                let meant = self.map.procedures.meant(text, []);
                Err(format!("procedure `{}` is in no list{meant}", short(text)))
            }
        }
    }

    /// The channel. `is_said` is false if the map names no column for it.
    pub fn channel(&self, text: &str, is_said: bool) -> Result<Found<Channel>, String> {
        let usual = || {
            let given = key(text);
            let mut words = CHANNELS.iter();
            words
                .find(|(word, _)| *word == given)
                .map(|(_, meant)| *meant)
        };
        let listed = self.map.channels.get(text).copied().or_else(usual);
        match (listed, self.map.otherwise.channel) {
            (Some(channel), _) => Ok(Found::listed(channel)),
            (None, otherwise) if !is_said => Ok(Found::listed(otherwise.unwrap_or_default())),
            (None, Some(channel)) => Ok(Found::otherwise(channel, About::Channel, text)),
            (None, None) => {
                let value = if text.is_empty() {
                    "the channel is empty".to_owned()
                } else {
                    let words = CHANNELS.iter().map(|(word, _)| *word);
                    let meant = self.map.channels.meant(text, words);
                    format!("channel `{}` is in no list{meant}", short(text))
                };
                Err(format!(
                    "{value}; name it under [channels], or say [otherwise] channel"
                ))
            }
        }
    }

    pub fn status(&mut self, text: &str) -> Result<ForeignStatus, String> {
        if let Some(standing) = self.map.statuses.get(text) {
            return Ok(*standing);
        }
        match self.map.otherwise.status {
            Some(standing) => {
                let taken_for = standing.as_str();
                self.unlisted.count(About::Status, &short(text), taken_for);
                Ok(standing)
            }
            None if text.is_empty() => Err("the status is empty".to_owned()),
            None => {
                let meant = self.map.statuses.meant(text, []);
                Err(format!("status `{}` is in no list{meant}", short(text)))
            }
        }
    }

    pub fn activity(&mut self, text: &str) -> Result<Meaning, String> {
        let listed = match self.activities.get(text) {
            Some(listed) => listed.clone(),
            None => {
                let listed = self.map.activities.get(text).cloned();
                // A file with a different activity in every row must not fill the memory.
                if self.activities.len() < 10_000 {
                    self.activities.insert(text.to_owned(), listed.clone());
                }
                listed
            }
        };
        match (listed, &self.map.otherwise.activity) {
            (Some(meaning), _) => Ok(meaning),
            (None, Some(meaning)) => {
                let taken_for = meaning.to_string();
                self.unlisted
                    .count(About::Activity, &short(text), &taken_for);
                Ok(meaning.clone())
            }
            (None, None) => {
                let meant = self.map.activities.meant(text, []);
                Err(format!("activity `{}` is in no list{meant}", short(text)))
            }
        }
    }
}

/// The beginning of a text, long enough to find it by.
pub(super) fn short(text: &str) -> String {
    text.chars().take(64).collect()
}
