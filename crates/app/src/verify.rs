//! Whether what is kept for queries is what the events say.
//!
//! Events are the record. Rows of dossiers, interests, codes, counters and tallies are made of them,
//! and a hand that edits the file can change one without the other. Here each is made anew, page by
//! page, and every difference is named.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};
use domain::code::{AnyCode, DossierCode};
use domain::digest::hex;
use domain::dossier::correction::Change;
use domain::dossier::event::digest;
use domain::dossier::{Dossier, Interest, Precedence, Record};
use domain::id::{DossierId, ProvinceCode};
use domain::tally::{self, Counts, Measure, Tallies};
use domain::time::Instant;

use crate::ports::{KeptCode, KeptDossier, KeptEvent, ReadKept, StoreError};

/// What stands where there is no time: it sorts after every time.
const NEVER: i64 = i64::MAX;

/// How many dossiers or codes are held at a time.
const PAGE: u32 = 500;

/// Something that is kept otherwise than the events say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What: `dossier 01k…: column due`.
    pub what: String,
    /// What is kept.
    pub kept: String,
    /// What the events say.
    pub expected: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            kept,
            expected,
        } = self;
        write!(f, "{what} is {kept}, by the events {expected}")
    }
}

/// Looks at everything once; tells each difference as it is found, and how many dossiers of how many
/// it has looked at. Returns how many there were.
pub async fn verify(
    read: &dyn ReadKept,
    differs: &mut (dyn FnMut(Difference) + Send),
    shows: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<u64, StoreError> {
    let provinces = read.provinces().await?;
    let of = provinces.iter().map(|(_, dossiers)| dossiers).sum();
    let mut done = 0;
    for (province, _) in &provinces {
        let mut looking = Looking::at(read, province).await?;
        let mut after = None;
        loop {
            let page = read.dossiers(province, after, PAGE).await?;
            let Some(last) = page.last() else {
                break;
            };
            after = Some(last.id);
            done += page.len() as u64;
            let mut codes = Vec::new();
            for kept in &page {
                looking.dossier(kept, &mut codes, differs);
            }
            missing_codes(read, province, &codes, differs).await?;
            shows(done, of);
        }
        strange_codes(read, province, differs).await?;
        looking.counters(differs);
        looking.tallies(read, differs).await?;
    }
    Ok(done)
}

/// What is summed up over the dossiers of a province.
struct Looking {
    province: ProvinceCode,
    sums: Tallies,
    days: BTreeMap<(String, i64), Day>,
}

fn length(range: &RangeInclusive<i64>) -> i64 {
    range.end() - range.start() + 1
}

/// The numbers of a unit's day.
#[derive(Default)]
struct Day {
    last: i64,
    /// How many of the numbers up to the last one belong to somebody.
    owned: i64,
    /// The numbers that were skipped after a backup was put back. They belong to dossiers that are no
    /// more, and to such as a portal brings again.
    skipped: Vec<RangeInclusive<i64>>,
    /// Whether an import brought numbers of this day: another system numbered it, and left out what
    /// it liked.
    imported: bool,
}

impl Looking {
    async fn at(read: &dyn ReadKept, province: &ProvinceCode) -> Result<Self, StoreError> {
        let counters = read.counters(province).await?.into_iter();
        let days = counters.map(|counter| {
            let day = Day {
                last: counter.last,
                owned: counter.without_dossier + counter.skipped.iter().map(length).sum::<i64>(),
                skipped: counter.skipped,
                imported: false,
            };
            ((counter.unit, counter.day), day)
        });
        Ok(Self {
            province: province.clone(),
            sums: Tallies::new(),
            days: days.collect(),
        })
    }

    fn dossier(
        &mut self,
        kept: &KeptDossier,
        codes: &mut Vec<(AnyCode, DossierId)>,
        differs: &mut (dyn FnMut(Difference) + Send),
    ) {
        let name = format!("dossier {}", kept.id);
        let mut differ = |what: &str, kept: &str, expected: &str| {
            if kept != expected {
                differs(Difference {
                    what: format!("{name}: {what}"),
                    kept: kept.to_owned(),
                    expected: expected.to_owned(),
                });
            }
        };
        let mut records = Vec::with_capacity(kept.events.len());
        for (event, version) in kept.events.iter().zip(1_u32..) {
            let Ok(record) = Record::from_bytes(&event.bytes) else {
                differ(&format!("event {version}"), "unreadable", "an event");
                return;
            };
            compare_event(event, &record, version, &mut differ);
            let place = format!("{} {}", record.province, record.dossier);
            let own = format!("{} {}", self.province, kept.id);
            differ(&format!("event {version}: dossier"), &place, &own);
            records.push(record);
        }
        let Some(dossier) = Dossier::fold(&records) else {
            differ("events", "none that begins it", "one at least");
            return;
        };
        let same_fold =
            serde_json::from_str::<Dossier>(&kept.fold).is_ok_and(|fold| fold == dossier);
        differ("fold", if same_fold { "equal" } else { "another" }, "equal");
        let expected = columns(&dossier, &records);
        for ((name, kept), (_, expected)) in kept.columns.iter().zip(&expected) {
            differ(&format!("column {name}"), kept, expected);
        }
        let mut interests: Vec<_> = Interest::of(&dossier)
            .into_iter()
            .map(|interest| row_of(&interest))
            .collect();
        interests.sort();
        differ(
            "interests",
            &format!("{:?}", kept.interests),
            &format!("{interests:?}"),
        );
        tally::add(&mut self.sums, tally::difference(None, &dossier));
        self.number(&dossier, &mut differ);
        let found_by = found_by(&dossier).into_iter();
        codes.extend(found_by.map(|code| (code.clone(), kept.id)));
    }

    /// Gives a dossier's number to its day.
    fn number(&mut self, dossier: &Dossier, differ: &mut dyn FnMut(&str, &str, &str)) {
        let Some(code) = dossier.code.as_ref().and_then(DossierCode::read) else {
            return;
        };
        let key = (code.agency().to_string(), number_of(code.day()));
        let serial = i64::from(code.serial());
        let brought = dossier.submitted.is_some() || dossier.imported.is_some();
        match self.days.get_mut(&key) {
            Some(day) => {
                day.imported |= dossier.imported.is_some();
                if day.skipped.iter().any(|range| range.contains(&serial)) {
                    if !brought {
                        let number = format!("number {serial}");
                        differ("its number", &number, "none that was skipped");
                    }
                } else if serial <= day.last {
                    day.owned += 1;
                } else if !brought {
                    let last = format!("at {}", day.last);
                    differ(
                        "its unit's counter",
                        &last,
                        &format!("at {serial} at least"),
                    );
                }
            }
            None if brought => {}
            None => differ("its unit's counter", "not there", &format!("at {serial}")),
        }
    }

    fn counters(&self, differs: &mut (dyn FnMut(Difference) + Send)) {
        for ((unit, day), numbers) in &self.days {
            if numbers.owned != numbers.last && !numbers.imported {
                differs(Difference {
                    what: format!("counter of {unit} on {day}"),
                    kept: format!("at {}", numbers.last),
                    expected: format!("{} numbers that belong to somebody", numbers.owned),
                });
            }
        }
    }

    async fn tallies(
        &self,
        read: &dyn ReadKept,
        differs: &mut (dyn FnMut(Difference) + Send),
    ) -> Result<(), StoreError> {
        let mut expected: BTreeMap<(String, i64, String, String), Counts> = BTreeMap::new();
        for (place, counts) in &self.sums {
            let month = place.day.with_day(1).unwrap_or(place.day);
            for (grain, day) in [("day", place.day), ("month", month)] {
                let key = (
                    grain.to_owned(),
                    number_of(day),
                    place.unit.to_string(),
                    place.channel.as_str().to_owned(),
                );
                *expected.entry(key).or_default() += *counts;
            }
        }
        let mut differ = |key: &(String, i64, String, String), kept: &[i64], right: &[i64]| {
            for ((measure, kept), right) in Measure::ALL.iter().zip(kept).zip(right) {
                if kept != right {
                    let (grain, day, unit, channel) = key;
                    let measure = measure.as_str();
                    differs(Difference {
                        what: format!("tally {measure} of {unit}, {channel}, {grain} {day}"),
                        kept: kept.to_string(),
                        expected: right.to_string(),
                    });
                }
            }
        };
        let none = [0; Measure::ALL.len()];
        for kept in read.tallies(&self.province).await? {
            let key = (kept.grain, kept.day, kept.unit, kept.channel);
            let right = expected.remove(&key);
            let right = right.map_or(none, |counts| counts.0.map(i64::from));
            differ(&key, &kept.counts, &right);
        }
        for (key, right) in expected {
            differ(&key, &none, &right.0.map(i64::from));
        }
        Ok(())
    }
}

/// The codes under which a dossier is found: those that it has, and those that a correction which
/// waits for its decision would give it.
fn found_by(dossier: &Dossier) -> Vec<&AnyCode> {
    let proposed = dossier.corrections.open().filter_map(|open| {
        if let Change::ExternalCode { new, .. } = &open.change {
            new.as_ref()
        } else {
            None
        }
    });
    let own = dossier.code.iter().chain(&dossier.external_codes);
    own.chain(proposed).collect()
}

async fn missing_codes(
    read: &dyn ReadKept,
    province: &ProvinceCode,
    wanted: &[(AnyCode, DossierId)],
    differs: &mut (dyn FnMut(Difference) + Send),
) -> Result<(), StoreError> {
    let codes: Vec<AnyCode> = wanted.iter().map(|(code, _)| code.clone()).collect();
    let there = read.present(province, &codes).await?;
    let there: HashMap<String, DossierId> = there
        .into_iter()
        .map(|kept| (kept.code, kept.dossier))
        .collect();
    for (code, dossier) in wanted {
        let holder = there.get(code.as_str());
        if holder != Some(dossier) {
            differs(Difference {
                what: format!("code {code}"),
                kept: holder.map_or("nobody's".to_owned(), |other| format!("dossier {other}'s")),
                expected: format!("dossier {dossier}'s"),
            });
        }
    }
    Ok(())
}

async fn strange_codes(
    read: &dyn ReadKept,
    province: &ProvinceCode,
    differs: &mut (dyn FnMut(Difference) + Send),
) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let page = read.codes(province, &after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after.clone_from(&last.code);
        for kept in &page {
            if !has(kept) {
                differs(Difference {
                    what: format!("code {}", kept.code),
                    kept: format!("dossier {}'s", kept.dossier),
                    expected: "not its".to_owned(),
                });
            }
        }
    }
}

/// Whether the dossier that is found by a code has it. That its fold is right was looked at before.
fn has(kept: &KeptCode) -> bool {
    let Ok(dossier) = serde_json::from_str::<Dossier>(&kept.fold) else {
        return false;
    };
    let codes: HashSet<&str> = found_by(&dossier)
        .into_iter()
        .map(AnyCode::as_str)
        .collect();
    codes.contains(kept.code.as_str())
}

fn compare_event(
    kept: &KeptEvent,
    record: &Record,
    version: u32,
    differ: &mut dyn FnMut(&str, &str, &str),
) {
    let expected = [
        record.version.to_string(),
        record.event_time.timestamp_micros().to_string(),
        record.record_time.timestamp_micros().to_string(),
        record.actor.to_string(),
        record.request_id.to_string(),
        record.role.to_string(),
        record.unit.to_string(),
        hex(&digest(&kept.bytes)),
    ];
    let same = record.to_bytes() == kept.bytes;
    let canonical = if same {
        "canonical"
    } else {
        "written otherwise"
    };
    differ(&format!("event {version}: bytes"), canonical, "canonical");
    for ((name, kept), expected) in kept.columns.iter().zip(&expected) {
        differ(&format!("event {version}: column {name}"), kept, expected);
    }
    let own = record.version.to_string();
    differ(
        &format!("event {version}: version"),
        &own,
        &version.to_string(),
    );
}

/// The columns of a dossier's row, in the order in which they are kept.
fn columns(dossier: &Dossier, records: &[Record]) -> Vec<(&'static str, String)> {
    let micros = |at: Option<Instant>| at.map_or(NEVER, |at| at.timestamp_micros()).to_string();
    let begun = records.iter().map(|record| record.event_time);
    // The first event of our own happens first; of an import the earliest one began it.
    let begun = match dossier.imported {
        Some(_) => begun.min(),
        None => records.first().map(|record| record.event_time),
    };
    let recorded = || records.iter().map(|record| record.record_time);
    let received = dossier.received.map(|at| at.timestamp_micros().to_string());
    vec![
        ("version", dossier.version.to_string()),
        ("status", dossier.status().code().to_string()),
        ("procedure", dossier.procedure.to_string()),
        ("channel", dossier.channel.as_str().to_owned()),
        ("resolving", dossier.resolving.to_string()),
        ("begun", micros(begun)),
        ("received", received.unwrap_or_else(|| "none".to_owned())),
        ("ended", micros(dossier.ended)),
        ("due", micros(dossier.due())),
        ("last_event", micros(Some(dossier.last))),
        ("first_record", micros(recorded().min())),
        ("last_record", micros(recorded().max())),
        ("apart", u8::from(tally::stands_apart(dossier)).to_string()),
        ("overdue_from", micros(tally::overdue_from(dossier))),
        ("precedence", Precedence::of(dossier).key().to_string()),
        (
            "step",
            dossier
                .state
                .step()
                .map_or_else(String::new, ToString::to_string),
        ),
        (
            "assignee",
            dossier
                .assignee
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
        ),
        ("elsewhere", u8::from(dossier.is_elsewhere()).to_string()),
        ("marks", dossier.marks().to_string()),
        (
            "rating",
            dossier.rating.as_ref().map_or_else(
                || "none".to_owned(),
                |rating| rating.score.get().to_string(),
            ),
        ),
    ]
}

fn row_of(interest: &Interest) -> (String, i64, i64, i64, i64) {
    (
        interest.unit.to_string(),
        interest.roles.into(),
        interest.open.into(),
        interest.due.map_or(NEVER, |at| at.timestamp_micros()),
        interest.precedence.key(),
    )
}

fn number_of(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}
