//! The map of an import: which column is what, and what the values mean.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::created::{Creates, Procedure, Province, Unit};
use super::{Columns, Field, Zone};
use crate::catalogue::file::Reading;
use crate::catalogue::{Fault, SourceFile};
use crate::dossier::Channel;
use crate::id::{ProcedureCode, ProvinceCode, StepId, UnitCode};

/// What an activity of the other system means here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// Received at the desk.
    Received,
    /// Something was done; the step by our name, if it has one.
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

/// A map that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map {
    /// The other system: a dossier of it is imported once.
    pub source: String,
    /// The province that the dossiers belong to.
    pub province: ProvinceCode,
    /// The zone and form of times.
    pub zone: Zone,
    /// What the catalogue does not know.
    pub creates: Creates,
    /// The columns of the file with a row an event; none when there is no such file.
    pub events: Option<Columns>,
    /// The columns of the file with a row a dossier; none when there is no such file.
    pub cases: Option<Columns>,
    /// Units by what the files call them.
    pub units: HashMap<String, UnitCode>,
    /// Procedures by what the files call them.
    pub procedures: HashMap<String, ProcedureCode>,
    /// Channels by what the files call them.
    pub channels: HashMap<String, Channel>,
    /// What activities mean.
    pub activities: HashMap<String, Meaning>,
    /// What is taken for values that are empty or in no list.
    pub otherwise: Otherwise,
}

/// What is taken for values that are empty or in no list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Otherwise {
    /// The unit; without one such a row is refused.
    pub unit: Option<UnitCode>,
    /// The procedure; without one such a row is refused.
    pub procedure: Option<ProcedureCode>,
    /// The channel.
    pub channel: Channel,
    /// The meaning of an activity; without one such a row is refused.
    pub activity: Option<Meaning>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    source: Spanned<String>,
    province: Spanned<String>,
    zone: Spanned<String>,
    time_format: Option<String>,
    new_province: Option<RawProvince>,
    #[serde(default)]
    new_unit: Vec<RawUnit>,
    #[serde(default)]
    new_procedure: Vec<RawProcedure>,
    #[serde(default)]
    document: Vec<RawText>,
    events: Option<Spanned<BTreeMap<Spanned<String>, Spanned<String>>>>,
    cases: Option<Spanned<BTreeMap<Spanned<String>, Spanned<String>>>>,
    #[serde(default)]
    units: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    procedures: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    channels: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    activities: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    otherwise: RawOtherwise,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProvince {
    identifier: Spanned<String>,
    name: Spanned<String>,
    from: Spanned<Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawUnit {
    code: Spanned<String>,
    statistics_code: Spanned<String>,
    name: Spanned<String>,
    from: Spanned<Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProcedure {
    code: Spanned<String>,
    name: Spanned<String>,
    field: Spanned<String>,
    from: Spanned<Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawText {
    path: String,
    text: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawOtherwise {
    unit: Option<Spanned<String>>,
    procedure: Option<Spanned<String>>,
    channel: Option<Spanned<String>>,
    activity: Option<Spanned<String>>,
}

impl Map {
    /// Reads a map.
    ///
    /// Errors: every fault found, by file and line. A text that is not TOML, or has a key that
    /// no map has, reports its first fault only.
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
    let zone = Zone::parse(raw.zone.get_ref(), raw.time_format.clone())
        .map_err(|reason| reading.fault(&raw.zone.span(), format!("zone: {reason}")))
        .ok();
    let creates = creates(raw, province.as_ref(), reading);
    let events = columns(raw.events.as_ref(), EVENT_FIELDS, reading);
    let cases = columns(raw.cases.as_ref(), CASE_FIELDS, reading);
    refuse_contradictions(raw, events.as_ref(), cases.as_ref(), reading);
    let units = values("units", &raw.units, reading);
    let procedures = values("procedures", &raw.procedures, reading);
    let channels = values("channels", &raw.channels, reading);
    let activities = raw
        .activities
        .iter()
        .filter_map(|(name, word)| Some((name.clone(), meaning(word, reading)?)))
        .collect();
    let other = &raw.otherwise;
    let otherwise = Otherwise {
        unit: reading.parse_if_given("unit", other.unit.as_ref()),
        procedure: reading.parse_if_given("procedure", other.procedure.as_ref()),
        channel: reading
            .parse_if_given("channel", other.channel.as_ref())
            .unwrap_or_default(),
        activity: other
            .activity
            .as_ref()
            .and_then(|word| meaning(word, reading)),
    };
    Some(Map {
        source: source?,
        province: province?,
        zone: zone?,
        creates,
        events,
        cases,
        units,
        procedures,
        channels,
        activities,
        otherwise,
    })
}

const EVENT_FIELDS: &[Field] = &[Field::Case, Field::Activity, Field::Time, Field::Facts];

const CASE_FIELDS: &[Field] = &[
    Field::Case,
    Field::Code,
    Field::Unit,
    Field::Resolving,
    Field::Returning,
    Field::Procedure,
    Field::Channel,
    Field::Received,
    Field::Due,
    Field::Resolved,
    Field::Returned,
    Field::Withdrawn,
    Field::Stopped,
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
    fields: &[Field],
    reading: &mut Reading<'_>,
) -> Option<Columns> {
    let table = table?;
    let mut columns = Columns::default();
    for (key, column) in table.get_ref() {
        let field = Field::ALL
            .into_iter()
            .find(|(field, name)| name == key.get_ref() && fields.contains(field));
        match field {
            Some((field, _)) => columns.name(field, column.get_ref()),
            None => {
                let known: Vec<&str> = Field::ALL
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
    if !columns.has(Field::Case) {
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
        let facts = events.has(Field::Facts);
        let time = events.has(Field::Time);
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
    let facts = events.is_some_and(|events| events.has(Field::Facts));
    let named = |field| cases.is_some_and(|cases| cases.has(field));
    if !facts && !named(Field::Unit) && raw.otherwise.unit.is_none() {
        reading.fault(
            &whole,
            "no unit: name a column in [cases] or a unit in [otherwise]",
        );
    }
    if !facts && !named(Field::Procedure) && raw.otherwise.procedure.is_none() {
        let reason = "no procedure: name a column in [cases] or a procedure in [otherwise]";
        reading.fault(&whole, reason);
    }
    let received = raw.activities.values().chain(&raw.otherwise.activity);
    if !facts
        && !named(Field::Received)
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
) -> HashMap<String, T>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    raw.iter()
        .filter_map(|(value, meant)| {
            let key = format!("{table}.\"{value}\"");
            Some((value.clone(), reading.parse(&key, meant)?))
        })
        .collect()
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

fn creates(raw: &Raw, code: Option<&ProvinceCode>, reading: &mut Reading<'_>) -> Creates {
    let province = raw.new_province.as_ref().and_then(|new| {
        let identifier = reading.parse("identifier", &new.identifier);
        let name = reading.text("name", &new.name);
        let from = day(&new.from, reading);
        Some(Province {
            code: code?.clone(),
            identifier: identifier?,
            name,
            from: from?,
        })
    });
    let units = raw.new_unit.iter().filter_map(|new| {
        let unit_code: Option<UnitCode> = reading.parse("code", &new.code);
        let statistics_code = five_digits(&new.statistics_code, reading);
        let name = reading.text("name", &new.name);
        let from = day(&new.from, reading);
        Some(Unit {
            code: unit_code?,
            statistics_code: statistics_code?,
            name,
            from: from?,
        })
    });
    let units = units.collect();
    let procedures = raw.new_procedure.iter().filter_map(|new| {
        let procedure_code = reading.parse("code", &new.code);
        let name = reading.text("name", &new.name);
        let field = reading.text("field", &new.field);
        let from = day(&new.from, reading);
        Some(Procedure {
            code: procedure_code?,
            name,
            field,
            from: from?,
        })
    });
    let procedures = procedures.collect();
    let texts = raw.document.iter().map(|own| SourceFile {
        path: own.path.clone(),
        text: own.text.clone(),
    });
    Creates {
        province,
        units,
        procedures,
        texts: texts.collect(),
    }
}

fn five_digits(text: &Spanned<String>, reading: &mut Reading<'_>) -> Option<String> {
    let code = text.get_ref();
    if code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit()) {
        return Some(code.clone());
    }
    reading.fault(
        &text.span(),
        format!("statistics_code: `{code}` is not five digits"),
    );
    None
}

fn day(raw: &Spanned<Datetime>, reading: &mut Reading<'_>) -> Option<NaiveDate> {
    let day = raw.get_ref().to_string().parse().ok();
    if day.is_none() {
        let reason = format!("`{}` is not a day such as 2010-01-01", raw.get_ref());
        reading.fault(&raw.span(), reason);
    }
    day
}
