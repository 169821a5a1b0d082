//! `intake/papers.csv`: which papers a desk may not scan, and which a database replaces, by day.

use super::dated::Dated;
use super::{Fault, Sorted, table};
use crate::id::{ComponentCode, ProcedureCode, Reference};
use crate::procedure::{PaperRule, PaperRules, Procedures, Says, Unscanned};

const COLUMNS: &[&str] = &[
    "procedure",
    "component",
    "rule",
    "value",
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
) -> PaperRules {
    let mut rules = PaperRules::default();
    for file in &files.papers {
        for row in table::rows(file, COLUMNS, faults) {
            let Some(rule) = rule(&row, procedures, faults) else {
                continue;
            };
            if let Some(other) = rules.0.iter().find(|one| one.overlaps(&rule)) {
                let until = other.until.map_or("now".to_owned(), |day| day.to_string());
                faults.push(row.fault(format!(
                    "{} of {} has such a rule already from {} until {until}",
                    rule.component, rule.procedure, other.from
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
) -> Option<PaperRule> {
    let procedure = row.read("procedure", faults, |text| {
        ProcedureCode::parse(text).map_err(|invalid| invalid.to_string())
    });
    let component = row.read("component", faults, |text| {
        let code = ComponentCode::parse(text).map_err(|invalid| invalid.to_string())?;
        let Some(procedure) = &procedure else {
            return Ok(code);
        };
        // If the procedures were refused, nobody can say which papers they have.
        let mut versions = procedures.versions(procedure).iter();
        let known = versions.any(|it| it.components.iter().any(|has| has.code == code));
        if !procedures.is_empty() && !known {
            return Err(format!("no version of {procedure} has a component {code}"));
        }
        Ok(code)
    });
    let rules = &["not-scanned", "replaced-by"];
    let says = match row.read("rule", faults, |text| table::one_of(text, rules)) {
        Some("not-scanned") => row.read("value", faults, |text| {
            let word = table::one_of(text, Unscanned::WORDS)?;
            let why = Unscanned::named(word).ok_or_else(|| format!("`{word}` is no reason"))?;
            Ok(Says::NotScanned(why))
        }),
        Some(_replaced) => row.read("value", faults, |text| {
            let database = Reference::parse(text).map_err(|invalid| invalid.to_string())?;
            Ok(Says::ReplacedBy(database))
        }),
        None => None,
    };
    let dated = Dated::read(row, faults)?;
    Some(PaperRule {
        procedure: procedure?,
        component: component?,
        says: says?,
        from: dated.from,
        until: dated.until,
        mark: dated.mark,
        source: dated.source,
    })
}
