//! The map of an import: what each column and each value means.

mod creates;
mod raw;
mod resolve;
mod words;

use std::collections::BTreeMap;
use std::fmt;

use toml::Spanned;

use super::created::Creates;
use super::{Columns, ImportField, TableForm, Zone};
use crate::catalogue::file::Reading;
use crate::catalogue::{Fault, SourceFile};
use crate::dossier::Channel;
use crate::id::{ProcedureCode, ProvinceCode, StepId, UnitCode};
use raw::{OneOrMany, Raw, RawTable};
pub use words::Vocabulary;

/// The meaning of an activity of the other system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// Received at the desk.
    Received,
    /// Something was done; the step by its name here, if it has one.
    Step(Option<StepId>),
    /// Papers were asked for.
    SupplementRequested,
    /// The papers came.
    SupplementRecorded,
    /// The citizen took it back.
    Withdrawn,
    /// The agency stopped it.
    Stopped,
    /// The result was there.
    Resolved,
    /// The citizen got it.
    Returned,
    /// Nothing to us.
    Ignored,
}

/// The progress of a dossier, in the words of the other system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignStatus {
    /// Handed in, and not received yet: the row is about no dossier so far.
    Submitted,
    /// Not ended. Columns with the time of an end still count.
    Pending,
    /// The citizen took it back.
    Withdrawn,
    /// The agency stopped it.
    Stopped,
    /// The result is there.
    Resolved,
    /// The citizen has it.
    Returned,
}

impl ForeignStatus {
    /// Every status, with its word in a map.
    pub const ALL: [(ForeignStatus, &'static str); 6] = [
        (ForeignStatus::Submitted, "submitted"),
        (ForeignStatus::Pending, "pending"),
        (ForeignStatus::Withdrawn, "withdrawn"),
        (ForeignStatus::Stopped, "stopped"),
        (ForeignStatus::Resolved, "resolved"),
        (ForeignStatus::Returned, "returned"),
    ];

    /// Its word in a map.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let mut all = ForeignStatus::ALL.iter();
        let found = all.find(|(standing, _)| *standing == self);
        found.map_or("", |(_, word)| word)
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Meaning::Step(Some(step)) => return write!(f, "step:{step}"),
            Meaning::Step(None) => "step",
            Meaning::Received => "received",
            Meaning::SupplementRequested => "supplement-requested",
            Meaning::SupplementRecorded => "supplement-recorded",
            Meaning::Withdrawn => "withdrawn",
            Meaning::Stopped => "stopped",
            Meaning::Resolved => "resolved",
            Meaning::Returned => "returned",
            Meaning::Ignored => "ignored",
        };
        f.write_str(word)
    }
}

/// A map that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map {
    /// The path of the map, for messages about it.
    pub path: String,
    /// The name of the other system. An import takes each dossier of a source once.
    pub source: String,
    /// The province that the dossiers belong to.
    pub province: ProvinceCode,
    /// The zone and forms of times.
    pub zone: Zone,
    /// Whether a due time means its whole day, whatever the time of day.
    pub due_by_day: bool,
    /// The form of the files, where the map fixes it; otherwise it is recognised.
    pub table: TableForm,
    /// What the catalogue does not know.
    pub creates: Creates,
    /// The columns of the file with one row an event; none without such a file.
    pub events: Option<Columns>,
    /// The columns of the file with one row a dossier; none without such a file.
    pub cases: Option<Columns>,
    /// The unit for each name in the files.
    pub units: Vocabulary<UnitCode>,
    /// The procedure for each name in the files.
    pub procedures: Vocabulary<ProcedureCode>,
    /// The channel for each name in the files.
    pub channels: Vocabulary<Channel>,
    /// What statuses mean.
    pub statuses: Vocabulary<ForeignStatus>,
    /// What activities mean.
    pub activities: Vocabulary<Meaning>,
    /// The replacements for values that are empty or in no list.
    pub otherwise: Otherwise,
}

/// The replacements for values that are empty or in no list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Otherwise {
    /// The unit; without it such a row is refused.
    pub unit: Option<UnitCode>,
    /// The procedure; without it such a row is refused.
    pub procedure: Option<ProcedureCode>,
    /// The channel; without it such a row is refused. If the map names no column for it, the
    /// channel is the desk.
    pub channel: Option<Channel>,
    /// The progress; without it such a row is refused.
    pub status: Option<ForeignStatus>,
    /// The meaning of an activity; without it such a row is refused.
    pub activity: Option<Meaning>,
}

impl Map {
    /// Reads a map.
    ///
    /// Errors: every fault, by file and line. A text that is not TOML, or that has an unknown key,
    /// reports only its first fault.
    pub fn parse(file: &SourceFile) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut reading = Reading::new(file, &mut faults);
        let map = match toml::from_str::<Raw>(&file.text) {
            Ok(raw) => understand(&raw, &mut reading),
            Err(error) => {
                let message = error.message().lines().collect::<Vec<_>>().join(" ");
                reading.fault(&error.span().unwrap_or(0..0), message);
                None
            }
        };
        match map {
            Some(map) if faults.is_empty() => Ok(map),
            Some(_) | None => Err(faults),
        }
    }
}

fn understand(raw: &Raw, reading: &mut Reading<'_>) -> Option<Map> {
    let source = source(raw, reading);
    let province: Option<ProvinceCode> = reading.parse("province", &raw.province);
    let forms = raw
        .time_format
        .clone()
        .map_or_else(Vec::new, OneOrMany::all);
    let zone = Zone::parse(raw.zone.get_ref(), forms)
        .map_err(|reason| reading.fault(&raw.zone.span(), format!("zone: {reason}")))
        .ok();
    let due_by_day =
        raw.due_by
            .as_ref()
            .map_or(Some(false), |word| match word.get_ref().as_str() {
                "day" => Some(true),
                "moment" => Some(false),
                other => {
                    let reason = format!("due_by: `{other}` is not one of day, moment");
                    reading.fault(&word.span(), reason);
                    None
                }
            });
    let table = table(&raw.table, reading);
    let creates = creates::creates(raw, province.as_ref(), reading);
    let events = columns(raw.events.as_ref(), EVENT_FIELDS, reading);
    let cases = columns(raw.cases.as_ref(), CASE_FIELDS, reading);
    refuse_contradictions(raw, events.as_ref(), cases.as_ref(), reading);
    let units = values("units", &raw.units, reading);
    let procedures = values("procedures", &raw.procedures, reading);
    let channels = values("channels", &raw.channels, reading);
    let statuses = Vocabulary::read("statuses", &raw.statuses, reading, standing);
    let activities = Vocabulary::read("activities", &raw.activities, reading, meaning);
    let other = &raw.otherwise;
    let otherwise = Otherwise {
        unit: reading.parse_if_given("unit", other.unit.as_ref()),
        procedure: reading.parse_if_given("procedure", other.procedure.as_ref()),
        channel: reading.parse_if_given("channel", other.channel.as_ref()),
        status: other
            .status
            .as_ref()
            .and_then(|word| standing(word, reading)),
        activity: other
            .activity
            .as_ref()
            .and_then(|word| meaning(word, reading)),
    };
    Some(Map {
        path: reading.file.path.clone(),
        source: source?,
        province: province?,
        zone: zone?,
        due_by_day: due_by_day?,
        table: table?,
        creates,
        events,
        cases,
        units,
        procedures,
        channels,
        statuses,
        activities,
        otherwise,
    })
}

fn table(raw: &RawTable, reading: &mut Reading<'_>) -> Option<TableForm> {
    let delimiter = match &raw.delimiter {
        None => None,
        Some(text) => {
            let mut letters = text.get_ref().chars();
            match (letters.next(), letters.next()) {
                (Some(one), None) if one.is_ascii() && !one.is_alphanumeric() && one != '"' => {
                    Some(one)
                }
                _ => {
                    let reason = "delimiter: expected one character such as `;` or a tab";
                    reading.fault(&text.span(), reason);
                    return None;
                }
            }
        }
    };
    if let Some(line) = raw.header_line.as_ref().filter(|line| *line.get_ref() == 0) {
        reading.fault(&line.span(), "header_line: lines are counted from 1");
        return None;
    }
    Some(TableForm {
        delimiter,
        encoding: raw.encoding.clone(),
        header_line: raw.header_line.as_ref().map(|line| *line.get_ref()),
        sheet: raw.sheet.clone(),
        totals: raw.total_rows.clone(),
    })
}

const EVENT_FIELDS: &[ImportField] = &[
    ImportField::Case,
    ImportField::Activity,
    ImportField::Time,
    ImportField::Facts,
];

const CASE_FIELDS: &[ImportField] = &[
    ImportField::Case,
    ImportField::Code,
    ImportField::Unit,
    ImportField::Resolving,
    ImportField::Returning,
    ImportField::Procedure,
    ImportField::Channel,
    ImportField::Received,
    ImportField::Due,
    ImportField::Resolved,
    ImportField::Returned,
    ImportField::Withdrawn,
    ImportField::Stopped,
    ImportField::Status,
    ImportField::StatusTime,
    ImportField::Limit,
];

fn source(raw: &Raw, reading: &mut Reading<'_>) -> Option<String> {
    let text = raw.source.get_ref();
    let fits = (1..=60).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if fits {
        return Some(text.clone());
    }
    let reason = format!(
        "source: `{text}` is not a name of a system: small letters, digits, dashes, 60 characters at most"
    );
    reading.fault(&raw.source.span(), reason);
    None
}

fn columns(
    table: Option<&Spanned<BTreeMap<Spanned<String>, Spanned<String>>>>,
    fields: &[ImportField],
    reading: &mut Reading<'_>,
) -> Option<Columns> {
    let table = table?;
    let mut columns = Columns::default();
    for (key, column) in table.get_ref() {
        let field = ImportField::ALL
            .into_iter()
            .find(|(field, name)| name == key.get_ref() && fields.contains(field));
        match field {
            Some((field, _)) => columns.name(field, column.get_ref()),
            None => {
                let known: Vec<&str> = ImportField::ALL
                    .into_iter()
                    .filter(|(field, _)| fields.contains(field))
                    .map(|(_, name)| name)
                    .collect();
                let reason = format!(
                    "unknown key `{}`; expected one of {}",
                    key.get_ref(),
                    known.join(", ")
                );
                reading.fault(&key.span(), reason);
            }
        }
    }
    if !columns.has(ImportField::Case) {
        reading.fault(
            &table.span(),
            "`case` names no column; without it rows belong to nothing",
        );
    }
    Some(columns)
}

fn refuse_contradictions(
    raw: &Raw,
    events: Option<&Columns>,
    cases: Option<&Columns>,
    reading: &mut Reading<'_>,
) {
    let whole = 0..0;
    if events.is_none() && cases.is_none() {
        reading.fault(
            &whole,
            "neither [events] nor [cases]: the map reads no file",
        );
    }
    if let (Some(events), Some(table)) = (events, &raw.events) {
        let facts = events.has(ImportField::Facts);
        let time = events.has(ImportField::Time);
        if facts == time {
            let reason =
                "[events] needs `time` (with `activity`), or `facts` in an export of motcua";
            reading.fault(&table.span(), reason);
        }
        if facts && cases.is_some() {
            let reason = "[cases] has nothing to add to `facts`, which are whole events";
            reading.fault(&table.span(), reason);
        }
    }
    let facts = events.is_some_and(|events| events.has(ImportField::Facts));
    let named = |field| cases.is_some_and(|cases| cases.has(field));
    if !facts && !named(ImportField::Unit) && raw.otherwise.unit.is_none() {
        reading.fault(
            &whole,
            "no unit: name a column in [cases] or a unit in [otherwise]",
        );
    }
    if !facts && !named(ImportField::Procedure) && raw.otherwise.procedure.is_none() {
        let reason = "no procedure: name a column in [cases] or a procedure in [otherwise]";
        reading.fault(&whole, reason);
    }
    let received = raw.activities.values().chain(&raw.otherwise.activity);
    let pairs = [
        (
            ImportField::Status,
            raw.statuses.is_empty(),
            "status",
            "[statuses]",
        ),
        (
            ImportField::StatusTime,
            !named(ImportField::Status),
            "status_time",
            "a column `status`",
        ),
    ];
    for (field, is_missing, key, needs) in pairs {
        if named(field) && is_missing {
            let reason = format!("`{key}` means nothing without {needs}");
            reading.fault(&whole, reason);
        }
    }
    if !facts
        && !named(ImportField::Received)
        && !received
            .map(Spanned::get_ref)
            .any(|word| word == "received")
    {
        let reason =
            "nothing is received: name a column in [cases] or an activity that means `received`";
        reading.fault(&whole, reason);
    }
}

fn values<T>(
    table: &str,
    raw: &BTreeMap<String, Spanned<String>>,
    reading: &mut Reading<'_>,
) -> Vocabulary<T>
where
    T: std::str::FromStr<Err: std::fmt::Display> + PartialEq,
{
    Vocabulary::read(table, raw, reading, |meant, reading| {
        reading.parse(table, meant)
    })
}

fn standing(word: &Spanned<String>, reading: &mut Reading<'_>) -> Option<ForeignStatus> {
    let mut all = ForeignStatus::ALL.into_iter();
    let found = all.find(|(_, known)| known == word.get_ref());
    if found.is_none() {
        let reason = format!(
            "`{}` is no status; expected pending, withdrawn, stopped, resolved or returned",
            word.get_ref()
        );
        reading.fault(&word.span(), reason);
    }
    found.map(|(standing, _)| standing)
}

fn meaning(word: &Spanned<String>, reading: &mut Reading<'_>) -> Option<Meaning> {
    let meaning = match word.get_ref().as_str() {
        "received" => Meaning::Received,
        "step" => Meaning::Step(None),
        "supplement-requested" => Meaning::SupplementRequested,
        "supplement-recorded" => Meaning::SupplementRecorded,
        "withdrawn" => Meaning::Withdrawn,
        "stopped" => Meaning::Stopped,
        "resolved" => Meaning::Resolved,
        "returned" => Meaning::Returned,
        "ignored" => Meaning::Ignored,
        other => match other.strip_prefix("step:") {
            Some(step) => match StepId::parse(step) {
                Ok(step) => Meaning::Step(Some(step)),
                Err(invalid) => {
                    reading.fault(&word.span(), invalid);
                    return None;
                }
            },
            None => {
                let reason = format!(
                    "`{other}` is no meaning; expected received, step, step:ID, supplement-requested, \
                     supplement-recorded, withdrawn, stopped, resolved, returned or ignored"
                );
                reading.fault(&word.span(), reason);
                return None;
            }
        },
    };
    Some(meaning)
}
