//! How sure a version is, cell by cell: which facts a person still has to confirm.

use std::collections::BTreeMap;

use super::{Authority, Mark, OnExpiry, Procedure};

/// One cell of a version, with its mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedCell {
    /// What kind of fact: `limit`, `fee`.
    pub kind: &'static str,
    /// The case or leg that it belongs to; empty for the whole version.
    pub of: String,
    /// How sure it is.
    pub mark: Mark,
}

impl Mark {
    /// Every mark, the surest first.
    pub const ALL: [Mark; 7] = [
        Mark::Statute,
        Mark::Circular,
        Mark::Dataset,
        Mark::Recalled,
        Mark::Derived,
        Mark::Template,
        Mark::Unknown,
    ];

    /// Whether a legal text confirms the cell.
    #[must_use]
    pub fn is_confirmed(self) -> bool {
        match self {
            Mark::Statute | Mark::Circular => true,
            Mark::Dataset | Mark::Recalled | Mark::Derived | Mark::Template | Mark::Unknown => {
                false
            }
        }
    }
}

impl Procedure {
    /// Every marked cell. What a version need not have, such as a verification, is a cell only if it
    /// is there.
    #[must_use]
    pub fn cells(&self) -> Vec<MarkedCell> {
        let whole = |kind, mark| MarkedCell {
            kind,
            of: String::new(),
            mark,
        };
        let mut cells = vec![
            whole("authority", self.authority_mark),
            whole("clock", self.clock_mark),
            whole("online", self.online_mark),
            whole("components", self.components_mark),
        ];
        if self.authority == Authority::Ours {
            cells.push(whole("steps", self.steps_mark));
        }
        if !self.cutoff.is_none() {
            cells.push(whole("cutoff", self.cutoff_mark));
        }
        if self.on_expiry != OnExpiry::Wait {
            cells.push(whole("expiry", self.expiry_mark));
        }
        for case in &self.cases {
            let of = |kind, mark| MarkedCell {
                kind,
                of: case.id.to_string(),
                mark,
            };
            cells.push(of("limit", case.limit_mark));
            if case.verification.is_some() {
                cells.push(of("verification", case.verification_mark));
            }
            cells.extend(case.fees.iter().map(|fee| of("fee", fee.mark)));
        }
        cells.extend(self.legs.iter().map(|leg| MarkedCell {
            kind: "leg",
            of: leg.id.to_string(),
            mark: leg.mark,
        }));
        cells
    }
}

/// How many cells of each kind have each mark.
#[must_use]
pub fn cells_by_mark<'a>(
    versions: impl IntoIterator<Item = &'a Procedure>,
) -> BTreeMap<&'static str, BTreeMap<Mark, usize>> {
    let mut counts: BTreeMap<&'static str, BTreeMap<Mark, usize>> = BTreeMap::new();
    for cell in versions.into_iter().flat_map(Procedure::cells) {
        let kinds = counts.entry(cell.kind).or_default();
        *kinds.entry(cell.mark).or_default() += 1;
    }
    counts
}
