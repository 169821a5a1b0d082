//! `intake/codes.csv`: which shapes dossier codes have, by day.

use super::{Fault, Sorted, dated, table};
use crate::code::CodeRules;

const COLUMNS: &[&str] = &["shape", "from", "mark", "source"];

/// Reads the rules; without the file no central system gives codes.
pub(super) fn parse(files: &Sorted<'_>, faults: &mut Vec<Fault>) -> CodeRules {
    let mut rules = CodeRules::default();
    for file in &files.codes {
        for row in table::rows(file, COLUMNS, faults) {
            let shape = row.read("shape", faults, |text| table::one_of(text, &["central"]));
            let from = row.read("from", faults, table::date);
            row.read("mark", faults, dated::mark);
            dated::sourced(&row, faults);
            if rules.central_from.is_some() {
                faults.push(row.fault("shape: central is listed twice"));
            }
            rules.central_from = shape.and(from);
        }
    }
    rules
}
