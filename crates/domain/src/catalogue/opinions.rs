//! `intake/opinions.csv`: how long an agency has to answer that is asked, and what its silence means.

use super::dated::{self, Dated};
use super::{Fault, Sorted, table};
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
    let procedure = dated::procedure(row, procedures, faults);
    let within = row.read("within", faults, |text| {
        text.parse::<Limit>().map_err(|invalid| invalid.to_string())
    });
    let silence = row.read("silence", faults, |text| {
        table::one_of(text, Silence::WORDS)
    });
    let dated = Dated::read(row, faults)?;
    Some(OpinionRule {
        procedure: procedure?,
        within: within?,
        silence: Silence::named(silence?)?,
        from: dated.from,
        until: dated.until,
        mark: dated.mark,
        source: dated.source,
    })
}
