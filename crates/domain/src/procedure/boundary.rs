//! Where a dossier may be received that another unit decides (*phi địa giới hành chính*), and from
//! when it counts.

use std::fmt;

use chrono::NaiveDate;

use super::Mark;
use crate::id::{CaseId, ProcedureCode, UnitCode};

/// How far from the unit that decides it a dossier may be received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Only at that unit.
    Unit,
    /// Anywhere in its province. Source: Decree 118/2025/NĐ-CP, Art. 14(2).
    Province,
    /// Anywhere in the country, if a published list names the procedure. Source: Decree
    /// 118/2025/NĐ-CP, Art. 14(4), as amended by 309/2026/NĐ-CP.
    Nation,
}

impl Reach {
    /// The words used in data.
    pub const WORDS: &'static [&'static str] = &["unit", "province", "nation"];

    /// The reach that a word names.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "unit" => Some(Reach::Unit),
            "province" => Some(Reach::Province),
            "nation" => Some(Reach::Nation),
            _ => None,
        }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reach::Unit => "unit",
            Reach::Province => "province",
            Reach::Nation => "nation",
        })
    }
}

/// One line of the list: where one procedure may be received, from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachRule {
    /// The procedure.
    pub procedure: ProcedureCode,
    /// The case for which the line holds; none for all.
    pub case: Option<CaseId>,
    /// The receiving unit for which the line holds; none for all.
    pub receiving: Option<UnitCode>,
    /// How far.
    pub reach: Reach,
    /// The first day of reception.
    pub from: NaiveDate,
    /// The last day of reception; none while it holds.
    pub until: Option<NaiveDate>,
    /// How sure it is.
    pub mark: Mark,
    /// Where it comes from.
    pub source: String,
}

impl ReachRule {
    fn holds_on(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// Whether two lines say something of the same dossiers on the same day.
    #[must_use]
    pub fn overlaps(&self, other: &ReachRule) -> bool {
        let ends = |permit: &ReachRule| permit.until.unwrap_or(NaiveDate::MAX);
        (&self.procedure, &self.case, &self.receiving)
            == (&other.procedure, &other.case, &other.receiving)
            && self.from <= ends(other)
            && other.from <= ends(self)
    }
}

/// Where procedures may be received, by day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Boundaries {
    /// The lines; no two say something of the same dossier.
    pub permits: Vec<ReachRule>,
    /// From this day on a dossier counts from its arrival at the unit that decides it; never without
    /// a day.
    pub arrival_counts_from: Option<NaiveDate>,
}

impl Boundaries {
    /// How far from the unit that decides a procedure this unit may receive it on a day: its
    /// province, unless a line says otherwise. A line for the case goes before one for all cases, and
    /// among those a line for the unit before one for all units.
    #[must_use]
    pub fn reach(
        &self,
        (procedure, case): (&ProcedureCode, &CaseId),
        receiving: &UnitCode,
        day: NaiveDate,
    ) -> Reach {
        let said = |case: Option<&CaseId>, of: Option<&UnitCode>| {
            self.permits
                .iter()
                .find(|permit| {
                    permit.procedure == *procedure
                        && permit.case.as_ref() == case
                        && permit.receiving.as_ref() == of
                        && permit.holds_on(day)
                })
                .map(|permit| permit.reach)
        };
        said(Some(case), Some(receiving))
            .or_else(|| said(Some(case), None))
            .or_else(|| said(None, Some(receiving)))
            .or_else(|| said(None, None))
            .unwrap_or(Reach::Province)
    }

    /// Whether a dossier that is received on a day at another unit counts from its arrival.
    #[must_use]
    pub fn counts_from_arrival(&self, day: NaiveDate) -> bool {
        self.arrival_counts_from.is_some_and(|from| from <= day)
    }
}
