//! Papers by the names that the procedure gives them: which came, which it does not know, which are missing.

use super::paper::Paper;
use super::refusal::Refusal;
use crate::id::ComponentCode;
use crate::procedure::{Mark, Procedure};

/// The components that came: those that were only named, and those of the papers described.
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

/// Refuses a dossier without its required papers.
///
/// Only a list that was read in a legal text can refuse: nobody may ask for papers beyond the
/// law. Source: Decree 61/2018/NĐ-CP, Art. 5(1)(đ).
pub(super) fn refuse_missing(
    present: &[ComponentCode],
    procedure: &Procedure,
) -> Result<(), Refusal> {
    let binding = match procedure.components_mark {
        Mark::Statute | Mark::Circular => true,
        Mark::Dataset | Mark::Recalled | Mark::Derived | Mark::Template | Mark::Unknown => false,
    };
    let missing: Vec<_> = procedure
        .components
        .iter()
        .filter(|component| binding && component.required && !present.contains(&component.code))
        .map(|component| component.code.clone())
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Refusal::ComponentsMissing {
            components: missing,
        })
    }
}
