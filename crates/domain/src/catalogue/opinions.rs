//! `intake/opinions.csv`: how long an agency has to answer that is asked, and what its silence means.

use super::{Fault, Sorted, boundary, table};
use crate::id::ProcedureCode;
use crate::limit::Limit;
use crate::procedure::{OpinionRule, OpinionRules, Procedures, Silence};

const COLUMNS: &[&str] = &[
    "procedure",
    "within",
    "silence",
    "from",
    "until",
    "mark",
    "source",
];

/// Reads the rules; there are none without the file.
pub(super) fn parse(
    files: &Sorted<'_>,
    procedures: &Procedures,
    faults: &mut Vec<Fault>,
) -> OpinionRules {
    let mut rules = OpinionRules::default();
    for file in &files.opinions {
        for row in table::rows(file, COLUMNS, faults) {
            let Some(rule) = rule(&row, procedures, faults) else {
                continue;
            };
            if let Some(other) = rules.0.iter().find(|one| one.overlaps(&rule)) {
                let until = other.until.map_or("now".to_owned(), |day| day.to_string());
                faults.push(row.fault(format!(
                    "{} has such a rule already from {} until {until}",
                    rule.procedure, other.from
                )));
                continue;
            }
            rules.0.push(rule);
        }
    }
    rules
}

fn rule(
    row: &table::Row<'_>,
    procedures: &Procedures,
    faults: &mut Vec<Fault>,
) -> Option<OpinionRule> {
    let procedure = row.read("procedure", faults, |text| {
        let code = ProcedureCode::parse(text).map_err(|invalid| invalid.to_string())?;
        // If the procedures were refused, nobody can say whether this one exists.
        if !procedures.is_empty() && procedures.versions(&code).is_empty() {
            return Err(format!("{code} is no procedure of the catalogue"));
        }
        Ok(code)
    });
    let within = row.read("within", faults, |text| {
        text.parse::<Limit>().map_err(|invalid| invalid.to_string())
    });
    let silence = row.read("silence", faults, |text| {
        table::one_of(text, Silence::WORDS)
    });
    let from = row.read("from", faults, table::date);
    let until = row.read("until", faults, |text| match text {
        "" => Ok(None),
        text => table::date(text).map(Some),
    });
    let mark = row.read("mark", faults, boundary::mark);
    boundary::sourced(row, faults);
    let (from, until) = (from?, until?);
    if until.is_some_and(|until| until < from) {
        faults.push(row.fault(format!("until: expected a day not before {from}")));
        return None;
    }
    Some(OpinionRule {
        procedure: procedure?,
        within: within?,
        silence: Silence::named(silence?)?,
        from,
        until,
        mark: mark?,
        source: row.cell("source").to_owned(),
    })
}
