//! The papers of a dossier by the procedure's names: which came, which are unknown, which are
//! missing.

use super::paper::Paper;
use super::refusal::Refusal;
use super::rules::Rules;
use crate::id::ComponentCode;
use crate::procedure::{Mark, Procedure};
use crate::time::{self, Instant};

/// The components that came: those that the request names, and those of the papers that it
/// describes.
pub(super) fn named(named: &[ComponentCode], papers: &[Paper]) -> Vec<ComponentCode> {
    let mut all = named.to_vec();
    for paper in papers {
        if !all.contains(&paper.component) {
            all.push(paper.component.clone());
        }
    }
    all
}

/// Refuses papers that the procedure does not name.
pub(super) fn refuse_unknown(
    components: &[ComponentCode],
    procedure: &Procedure,
) -> Result<(), Refusal> {
    let unknown: Vec<_> = components
        .iter()
        .filter(|code| {
            !procedure
                .components
                .iter()
                .any(|known| known.code == **code)
        })
        .cloned()
        .collect();
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(Refusal::ComponentsUnknown {
            components: unknown,
        })
    }
}

/// The required papers that are not there, or why that is refused.
///
/// The desk checks that a dossier is complete before it takes it in; what is missing is asked for, or
/// the dossier is taken in as it is, for a reason that is kept. A list that no legal text confirms
/// ([`list_is_confirmed`]) is treated alike, and the answer says so: nobody may be made to bring more
/// than the law asks for. A paper that a database replaces is never missing. Sources: Decree 61/2018/NĐ-CP, Art. 5(1)(đ) and 17(1).
pub(super) fn missing(
    present: &[ComponentCode],
    rules: &Rules<'_>,
    now: Instant,
    accepted: bool,
) -> Result<Vec<ComponentCode>, Refusal> {
    let (procedure, day) = (rules.procedure, time::local_day(now));
    let replaced = |code| {
        rules
            .papers
            .replaced_by(&procedure.code, code, day)
            .is_some()
    };
    let missing: Vec<_> = procedure
        .components
        .iter()
        .filter(|it| it.required && !present.contains(&it.code) && !replaced(&it.code))
        .map(|component| component.code.clone())
        .collect();
    if missing.is_empty() || accepted {
        Ok(missing)
    } else {
        Err(Refusal::ComponentsMissing {
            components: missing,
        })
    }
}

/// Refuses a scan of a paper that may not be scanned.
pub(super) fn refuse_scanned(
    papers: &[Paper],
    rules: &Rules<'_>,
    now: Instant,
) -> Result<(), Refusal> {
    let (code, day) = (&rules.procedure.code, time::local_day(now));
    for paper in papers.iter().filter(|paper| paper.is_digitised()) {
        if let Some(why) = rules.papers.not_scanned(code, &paper.component, day) {
            return Err(Refusal::PaperNotScanned {
                component: paper.component.clone(),
                why,
            });
        }
    }
    Ok(())
}

/// Whether the list of papers was read in a legal text, so that it binds the citizen.
#[must_use]
pub fn list_is_confirmed(procedure: &Procedure) -> bool {
    match procedure.components_mark {
        Mark::Statute | Mark::Circular => true,
        Mark::Dataset | Mark::Recalled | Mark::Derived | Mark::Template | Mark::Unknown => false,
    }
}
