//! What the lines of dated rules have in common: the procedure, the days, how sure the rule is, and where it
//! comes from.

use chrono::NaiveDate;

use super::{Fault, table};
use crate::id::ProcedureCode;
use crate::procedure::{Mark, Procedures};

/// The columns `from`, `until`, `mark` and `source` of a line.
pub(super) struct Dated {
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
    pub mark: Mark,
    pub source: String,
}

impl Dated {
    pub fn read(row: &table::Row<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let from = row.read("from", faults, table::date);
        let until = row.read("until", faults, |text| match text {
            "" => Ok(None),
            text => table::date(text).map(Some),
        });
        let mark = row.read("mark", faults, mark);
        sourced(row, faults);
        let (from, until) = (from?, until?);
        if until.is_some_and(|until| until < from) {
            faults.push(row.fault(format!("until: expected a day not before {from}")));
            return None;
        }
        Some(Self {
            from,
            until,
            mark: mark?,
            source: row.cell("source").to_owned(),
        })
    }
}

/// The procedure of a line.
pub(super) fn procedure(
    row: &table::Row<'_>,
    procedures: &Procedures,
    faults: &mut Vec<Fault>,
) -> Option<ProcedureCode> {
    row.read("procedure", faults, |text| {
        let code = ProcedureCode::parse(text).map_err(|invalid| invalid.to_string())?;
        // If the procedures were refused, nobody can say whether this one exists.
        if !procedures.is_empty() && procedures.versions(&code).is_empty() {
            return Err(format!("{code} is no procedure of the catalogue"));
        }
        Ok(code)
    })
}

/// A mark that says something: a line with an unknown one would permit on no ground.
pub(super) fn mark(text: &str) -> Result<Mark, String> {
    let mark: Option<Mark> = serde_json::from_value(text.into()).ok();
    mark.filter(|mark| *mark != Mark::Unknown)
        .ok_or_else(|| format!("`{text}` is not a mark, such as statute or recalled"))
}

/// Refuses a line without a source.
pub(super) fn sourced(row: &table::Row<'_>, faults: &mut Vec<Fault>) {
    if row.cell("source").is_empty() {
        faults.push(row.fault("source: expected the document that says so"));
    }
}
