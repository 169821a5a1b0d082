//! `notices/*.toml` of the catalogue: what citizens are told, by kind of event, in both languages.

use std::collections::HashMap;

use domain::catalogue::{Catalogue, Fault};
use domain::dossier::Event;
use domain::language::Language;
use serde::Deserialize;

/// The values that words may name.
pub const PLACES: [&str; 11] = [
    "code",
    "procedure",
    "agency",
    "person",
    "received",
    "processed",
    "due",
    "old_due",
    "ended",
    "returned",
    "answer_by",
];

/// What citizens are told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeWords(HashMap<String, Entry>);

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    kind: String,
    vi: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    notice: Vec<Entry>,
}

impl NoticeWords {
    /// Reads them from a catalogue.
    ///
    /// Errors: the file, and what is wrong: an unknown kind of event, or a value that no notice has.
    pub fn of(catalogue: &Catalogue) -> Result<Self, Fault> {
        let mut words = Self::default();
        for file in catalogue.texts("notices") {
            let read: File =
                toml::from_str(&file.text).map_err(|wrong| Fault::toml(file, &wrong))?;
            for entry in read.notice {
                let line = |text: &str| {
                    let at = file.text.find(text).map_or("", |at| &file.text[..at]);
                    at.matches('\n').count() + 1
                };
                let fault = |at: &str, reason: String| Fault {
                    file: file.path.clone(),
                    line: line(at),
                    reason,
                };
                let kind = format!("kind = \"{}\"", entry.kind);
                if !Event::KINDS.contains(&entry.kind.as_str()) {
                    let reason = format!("`{}` is no kind of event", entry.kind);
                    return Err(fault(&kind, reason));
                }
                for place in places(&entry.vi).into_iter().chain(places(&entry.en)) {
                    if !PLACES.contains(&place) {
                        let reason = format!(
                            "`{{{place}}}` is no value of a notice; expected one of {PLACES:?}"
                        );
                        return Err(fault(&kind, reason));
                    }
                }
                words.0.insert(entry.kind.clone(), entry);
            }
        }
        Ok(words)
    }

    /// The text of a notice; none for events of which no citizen is told.
    #[must_use]
    pub fn text(
        &self,
        kind: &str,
        language: Language,
        values: &HashMap<&'static str, String>,
    ) -> Option<String> {
        let entry = self.0.get(kind)?;
        let text = match language {
            Language::Vietnamese => &entry.vi,
            Language::English => &entry.en,
        };
        let lines = text.lines().filter(|line| !line.is_empty());
        let filled: Vec<String> = lines.filter_map(|line| filled(line, values)).collect();
        Some(filled.join("\n"))
    }
}

/// A line with its values; none if one of them is not known.
fn filled(line: &str, values: &HashMap<&'static str, String>) -> Option<String> {
    let mut text = line.to_owned();
    for place in places(line) {
        text = text.replace(&format!("{{{place}}}"), values.get(place)?);
    }
    Some(text)
}

fn places(text: &str) -> Vec<&str> {
    let parts = text.split('{').skip(1);
    parts
        .filter_map(|part| part.split_once('}').map(|(name, _)| name))
        .collect()
}
