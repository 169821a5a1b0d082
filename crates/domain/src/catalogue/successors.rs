//! `units/successors-DAY.csv`: which unit succeeds which on a day.

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::{Fault, Sorted, SourceFile, fault, table};
use crate::lineage::{Lineage, Share, Succession, Takeover};
use crate::unit::{Unit, UnitKind, Units};

const COLUMNS: &[&str] = &[
    "old_commune_code",
    "new_commune_code",
    "share",
    "is_default",
];
const SHARES: &[&str] = &["whole", "part"];
const FLAGS: &[&str] = &["0", "1"];

/// A table of successors as text.
#[derive(Debug)]
pub struct Successors;

impl Successors {
    /// The path of the table of a day within the catalogue.
    #[must_use]
    pub fn path(day: NaiveDate) -> String {
        format!("units/successors-{day}.csv")
    }

    /// The day that a file is named after.
    #[must_use]
    pub fn day(path: &str) -> Option<NaiveDate> {
        let name = path.rsplit(['/', '\\']).next()?;
        let day = name.strip_prefix("successors-")?.strip_suffix(".csv")?;
        table::date(day).ok()
    }

    /// Reads the table of a day.
    ///
    /// A unit is named by its agency identifier or by its statistics code; an old one must
    /// exist the day before, a new one on the day, both in one province.
    ///
    /// Errors: every fault found, by file and line.
    pub fn read(
        file: &SourceFile,
        day: NaiveDate,
        units: &Units,
    ) -> Result<Succession, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut lines = Vec::new();
        let mut takeovers = Vec::new();
        for row in table::rows(file, COLUMNS, &mut faults) {
            if let Some(takeover) = takeover(&row, day, units, &mut faults) {
                lines.push(row.line);
                takeovers.push(takeover);
            }
        }
        // The missing unit may stand in a line that could not be read.
        if !faults.is_empty() {
            return Err(faults);
        }
        Succession::new(day, &takeovers).map_err(|wrong| {
            wrong
                .iter()
                .map(|wrong| fault(file, lines[wrong.at()], wrong))
                .collect()
        })
    }

    /// Writes a table that [`Self::read`] reads back, with agency identifiers.
    #[must_use]
    pub fn write(succession: &Succession) -> String {
        let mut text = COLUMNS.join(",") + "\n";
        for (old, heirs) in succession.iter() {
            for (new, share) in heirs.iter() {
                let main = u8::from(heirs.main() == new);
                let _infallible = writeln!(text, "{old},{new},{},{main}", share.as_str());
            }
        }
        text
    }
}

pub(super) fn is_name(name: &str) -> bool {
    Successors::day(name).is_some()
}

/// Reads every table, and ends the units that have successors.
pub(super) fn parse(files: &Sorted<'_>, units: &mut Units, faults: &mut Vec<Fault>) -> Lineage {
    // If the units were refused, no line of a table can be understood.
    if units.is_empty() {
        return Lineage::default();
    }
    let before = faults.len();
    let mut successions: Vec<Succession> = Vec::new();
    for file in &files.successors {
        let day = Successors::day(&file.path).expect("it was sorted by its name");
        if successions.iter().any(|known| known.day() == day) {
            faults.push(fault(file, 1, format!("a second table of {day}")));
            continue;
        }
        match Successors::read(file, day, units) {
            Ok(succession) => {
                let ended = succession.iter().map(|(old, _)| old);
                units.end_before(day, ended.filter(|old| succession.ends(old)));
                successions.push(succession);
            }
            Err(wrong) => faults.extend(wrong),
        }
    }
    let lineage = Lineage::new(successions);
    if faults.len() == before {
        refuse_heirless(files, units, &lineage, faults);
    }
    lineage
}

/// A unit that ended without an heir would lose its dossiers.
fn refuse_heirless(files: &Sorted<'_>, units: &Units, lineage: &Lineage, faults: &mut Vec<Fault>) {
    let heirless = |unit: &Unit| {
        let day = unit.until.and_then(|until| until.succ_opt());
        day.is_some_and(|day| {
            lineage
                .on(day)
                .is_none_or(|known| known.heirs(&unit.code).is_none())
        })
    };
    for unit in units.iter().filter(|unit| heirless(unit)) {
        for file in &files.former {
            let begins = format!("{},", unit.code);
            let line = file.text.lines().position(|line| line.starts_with(&begins));
            if let Some(at) = line {
                let reason = format!("{} ended, and no table names its successor", unit.code);
                faults.push(fault(file, at + 1, reason));
            }
        }
    }
}

fn takeover(
    row: &table::Row<'_>,
    day: NaiveDate,
    units: &Units,
    faults: &mut Vec<Fault>,
) -> Option<Takeover> {
    let eve = day.pred_opt().unwrap_or(day);
    let old = row.read("old_commune_code", faults, |text| unit(text, eve, units));
    let new = row.read("new_commune_code", faults, |text| unit(text, day, units));
    let share = row.read("share", faults, |text| table::one_of(text, SHARES));
    let main = row.read("is_default", faults, |text| table::one_of(text, FLAGS));
    let (old, new) = (old?, new?);
    if old.province != new.province {
        faults.push(row.fault(format!(
            "{} lies in province {}, and {} in {}: what belongs to a unit stays in its province",
            old.code, old.province, new.code, new.province
        )));
        return None;
    }
    Some(Takeover {
        old: old.code.clone(),
        new: new.code.clone(),
        share: if share? == "whole" {
            Share::Whole
        } else {
            Share::Part
        },
        main: main? == "1",
    })
}

fn unit<'u>(text: &str, day: NaiveDate, units: &'u Units) -> Result<&'u Unit, String> {
    let found = units
        .find_on(text, day)
        .filter(|unit| unit.kind != UnitKind::Province);
    found.ok_or_else(|| format!("`{text}` is no commune or centre on {day}"))
}
