//! `intake/boundary.csv` and `intake/starts.csv`: where dossiers may be received that another unit
//! decides, and from when they count.

use super::dated::{self, Dated};
use super::{Fault, Sorted, SourceFile, table};
use crate::id::{CaseId, UnitCode};
use crate::procedure::{Boundaries, Procedures, Reach, ReachRule};
use crate::unit::Units;

const PERMITS: &[&str] = &[
    "procedure",
    "case",
    "receiving_unit",
    "reach",
    "from",
    "until",
    "mark",
    "source",
];
const STARTS: &[&str] = &["start", "from", "mark", "source"];

/// Reads both files; without them every dossier counts from its reception.
pub(super) fn parse(
    files: &Sorted<'_>,
    units: &Units,
    procedures: &Procedures,
    faults: &mut Vec<Fault>,
) -> Boundaries {
    let mut boundaries = Boundaries::default();
    for file in &files.starts {
        start(file, &mut boundaries, faults);
    }
    for file in &files.boundary {
        for row in table::rows(file, PERMITS, faults) {
            let Some(permit) = permit(&row, units, procedures, faults) else {
                continue;
            };
            if let Some(other) = boundaries.permits.iter().find(|one| one.overlaps(&permit)) {
                let until = other.until.map_or("now".to_owned(), |day| day.to_string());
                faults.push(row.fault(format!(
                    "{} is listed already from {} until {until}; expected lines that follow each other",
                    permit.procedure, other.from
                )));
                continue;
            }
            boundaries.permits.push(permit);
        }
    }
    boundaries
}

fn start(file: &SourceFile, boundaries: &mut Boundaries, faults: &mut Vec<Fault>) {
    for row in table::rows(file, STARTS, faults) {
        let start = row.read("start", faults, |text| table::one_of(text, &["arrival"]));
        let from = row.read("from", faults, table::date);
        row.read("mark", faults, dated::mark);
        dated::sourced(&row, faults);
        if boundaries.arrival_counts_from.is_some() {
            faults.push(row.fault("start: arrival is listed twice"));
        }
        boundaries.arrival_counts_from = start.and(from);
    }
}

fn permit(
    row: &table::Row<'_>,
    units: &Units,
    procedures: &Procedures,
    faults: &mut Vec<Fault>,
) -> Option<ReachRule> {
    let procedure = dated::procedure(row, procedures, faults);
    let case = row.read("case", faults, |text| {
        if text.is_empty() {
            return Ok(None);
        }
        let id = CaseId::parse(text).map_err(|invalid| invalid.to_string())?;
        let Some(procedure) = &procedure else {
            return Ok(Some(id));
        };
        let mut versions = procedures.versions(procedure).iter();
        if !procedures.is_empty() && !versions.any(|it| it.case(&id).is_some()) {
            return Err(format!("no version of {procedure} has a case {id}"));
        }
        Ok(Some(id))
    });
    let receiving = row.read("receiving_unit", faults, |text| {
        if text.is_empty() {
            return Ok(None);
        }
        let code = UnitCode::parse(text).map_err(|invalid| invalid.to_string())?;
        if !units.is_empty() && units.get(&code).is_none() {
            return Err(format!("{code} is not listed"));
        }
        Ok(Some(code))
    });
    let reach = row.read("reach", faults, |text| table::one_of(text, Reach::WORDS));
    let dated = Dated::read(row, faults)?;
    Some(ReachRule {
        procedure: procedure?,
        case: case?,
        receiving: receiving?,
        reach: Reach::named(reach?)?,
        from: dated.from,
        until: dated.until,
        mark: dated.mark,
        source: dated.source,
    })
}
