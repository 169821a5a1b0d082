//! The papers of a dossier by the procedure's names: which came, which are unknown, which are
//! missing.

use super::paper::Paper;
use super::refusal::Refusal;
use crate::id::ComponentCode;
use crate::procedure::{Mark, Procedure};

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
/// than the law asks for. Sources: Decree 61/2018/NĐ-CP, Art. 5(1)(đ) and 17(1).
pub(super) fn missing(
    present: &[ComponentCode],
    procedure: &Procedure,
    accepted: bool,
) -> Result<Vec<ComponentCode>, Refusal> {
    let missing: Vec<_> = procedure
        .components
        .iter()
        .filter(|component| component.required && !present.contains(&component.code))
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

/// Whether the list of papers was read in a legal text, so that it binds the citizen.
#[must_use]
pub fn list_is_confirmed(procedure: &Procedure) -> bool {
    match procedure.components_mark {
        Mark::Statute | Mark::Circular => true,
        Mark::Dataset | Mark::Recalled | Mark::Derived | Mark::Template | Mark::Unknown => false,
    }
}
