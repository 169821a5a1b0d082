//! `intake/rules.csv`: rules of reception that no single procedure states.

use super::{Fault, Sorted, table};
use crate::limit::Limit;
use crate::procedure::Mark;

const COLUMNS: &[&str] = &["rule", "limit", "mark", "source"];

/// Rules of reception.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intake {
    /// How long a desk has to answer a submission; none if no rule is known.
    pub answer: Option<Limit>,
    /// How sure that is.
    pub answer_mark: Option<Mark>,
}

/// Reads the rules; there are none without the file.
pub(super) fn parse(files: &Sorted<'_>, faults: &mut Vec<Fault>) -> Intake {
    let mut intake = Intake::default();
    for file in &files.intake {
        for row in table::rows(file, COLUMNS, faults) {
            if row.cell("rule") != "answer-submission" {
                faults.push(row.fault(format!(
                    "`{}` is not a rule of reception; known is answer-submission",
                    row.cell("rule")
                )));
                continue;
            }
            intake.answer = row.read("limit", faults, |text| {
                text.parse::<Limit>().map_err(|e| e.to_string())
            });
            intake.answer_mark = row.read("mark", faults, |text| {
                serde_json::from_value(text.into()).map_err(|_unknown| {
                    format!("`{text}` is not a mark, such as statute or recalled")
                })
            });
        }
    }
    intake
}
