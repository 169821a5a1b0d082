//! Announced failures of the system (*sự cố hệ thống*): their time does not count.

use std::collections::BTreeSet;

use crate::id::{ProcedureCode, UnitCode};
use crate::time::Instant;

/// A failure that the owner of a system has announced, and the dossiers that it hits.
///
/// Time runs on from the recovery. Source: Decree 63/2024/NĐ-CP, Art. 4(7), as amended by
/// 301/2026/NĐ-CP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    /// Its first moment.
    pub from: Instant,
    /// The moment of the recovery.
    pub until: Instant,
    /// The units whose dossiers it hits; none for all.
    pub units: Option<BTreeSet<UnitCode>>,
    /// The procedure whose dossiers it hits; none for all.
    pub procedure: Option<ProcedureCode>,
    /// The document that announced it.
    pub document: String,
}

impl Outage {
    /// Whether it hits the dossiers of a procedure that a unit decides.
    #[must_use]
    pub fn hits(&self, unit: &UnitCode, procedure: &ProcedureCode) -> bool {
        let units = self.units.as_ref();
        let hit = self.procedure.as_ref();
        units.is_none_or(|units| units.contains(unit)) && hit.is_none_or(|hit| hit == procedure)
    }

    /// Whether some dossier is hit by both at once.
    #[must_use]
    pub fn overlaps(&self, other: &Outage) -> bool {
        let at_once = self.from < other.until && other.from < self.until;
        let units = match (&self.units, &other.units) {
            (Some(one), Some(two)) => !one.is_disjoint(two),
            (None, _) | (_, None) => true,
        };
        let procedures = match (&self.procedure, &other.procedure) {
            (Some(one), Some(two)) => one == two,
            (None, _) | (_, None) => true,
        };
        at_once && units && procedures
    }
}
