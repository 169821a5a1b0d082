//! What the law says of a paper from a day on: whether a desk may scan it, and whether a database
//! takes its place.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Mark;
use crate::id::{ComponentCode, ProcedureCode, Reference};

/// Why a desk may not scan a paper. What was filed as a file is not scanned either, but that is
/// known by its kind of copy. Source: Circular 03/2025/TT-VPCP, Art. 5(2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unscanned {
    /// The citizen only shows it.
    Shown,
    /// It tells the outcome of a verification, or the opinion of another agency.
    Verification,
    /// It is secret.
    Secret,
}

impl Unscanned {
    /// The words used in data.
    pub const WORDS: &'static [&'static str] = &["shown", "verification", "secret"];

    /// The reason that a word names.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "shown" => Some(Unscanned::Shown),
            "verification" => Some(Unscanned::Verification),
            "secret" => Some(Unscanned::Secret),
            _ => None,
        }
    }

    /// The word used in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Unscanned::Shown => "shown",
            Unscanned::Verification => "verification",
            Unscanned::Secret => "secret",
        }
    }
}

impl fmt::Display for Unscanned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why an office could not take from a database what it holds, so that the citizen is asked for the
/// paper. Source: Decree 118/2025/NĐ-CP, Art. 4(2a); Resolution 66.7/2025/NQ-CP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataFailure {
    /// The database did not answer.
    Unavailable,
    /// It has no such data of this person.
    Absent,
    /// What it has is wrong; the office also asks its owner to correct it.
    Incorrect,
}

impl DataFailure {
    /// Every reason.
    pub const ALL: [DataFailure; 3] = [
        DataFailure::Unavailable,
        DataFailure::Absent,
        DataFailure::Incorrect,
    ];

    /// The word used in data.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            DataFailure::Unavailable => "unavailable",
            DataFailure::Absent => "absent",
            DataFailure::Incorrect => "incorrect",
        }
    }
}

impl fmt::Display for DataFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a rule says of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// It is not scanned, for this reason.
    NotScanned(Unscanned),
    /// This database takes its place, so nobody is asked for it.
    ReplacedBy(Reference),
}

/// A rule of one paper of one procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperRule {
    /// The procedure.
    pub procedure: ProcedureCode,
    /// The paper.
    pub component: ComponentCode,
    /// What holds.
    pub says: Says,
    /// The first day.
    pub from: NaiveDate,
    /// The last day; none while it holds.
    pub until: Option<NaiveDate>,
    /// How sure it is.
    pub mark: Mark,
    /// Where it comes from.
    pub source: String,
}

impl PaperRule {
    fn is_of(&self, procedure: &ProcedureCode, component: &ComponentCode, day: NaiveDate) -> bool {
        self.procedure == *procedure
            && self.component == *component
            && self.from <= day
            && self.until.is_none_or(|until| day <= until)
    }

    /// Whether both say the same kind of thing of one paper on one day.
    #[must_use]
    pub fn overlaps(&self, other: &PaperRule) -> bool {
        let last = |rule: &PaperRule| rule.until.unwrap_or(NaiveDate::MAX);
        let kind = std::mem::discriminant::<Says>;
        (&self.procedure, &self.component) == (&other.procedure, &other.component)
            && kind(&self.says) == kind(&other.says)
            && self.from <= last(other)
            && other.from <= last(self)
    }
}

/// All rules of papers, by day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaperRules(pub Vec<PaperRule>);

impl PaperRules {
    /// Why a paper may not be scanned on a day; none if it may.
    #[must_use]
    pub fn not_scanned(
        &self,
        procedure: &ProcedureCode,
        component: &ComponentCode,
        day: NaiveDate,
    ) -> Option<Unscanned> {
        self.0.iter().find_map(|rule| match &rule.says {
            Says::NotScanned(why) if rule.is_of(procedure, component, day) => Some(*why),
            Says::NotScanned(_) | Says::ReplacedBy(_) => None,
        })
    }

    /// The database that takes the place of a paper on a day.
    #[must_use]
    pub fn replaced_by(
        &self,
        procedure: &ProcedureCode,
        component: &ComponentCode,
        day: NaiveDate,
    ) -> Option<&Reference> {
        self.0.iter().find_map(|rule| match &rule.says {
            Says::ReplacedBy(database) if rule.is_of(procedure, component, day) => Some(database),
            Says::ReplacedBy(_) | Says::NotScanned(_) => None,
        })
    }
}
