//! How long an agency has to answer that is asked for its opinion (*lấy ý kiến*), and what its silence
//! means.

use chrono::NaiveDate;

use super::Mark;
use crate::id::ProcedureCode;
use crate::limit::Limit;

/// What follows when an agency does not answer in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// It counts as consent. Source: Decree 217/2026/NĐ-CP, Art. 54.
    Consents,
    /// Nothing: the question stays open. Source: Decree 61/2018/NĐ-CP, Art. 19(5).
    SaysNothing,
}

impl Silence {
    /// The words used in data.
    pub const WORDS: &'static [&'static str] = &["consent", "nothing"];

    /// The meaning that a word names.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "consent" => Some(Silence::Consents),
            "nothing" => Some(Silence::SaysNothing),
            _ => None,
        }
    }
}

/// The rule of one procedure, for dossiers received on the days from `from` to `until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpinionRule {
    /// The procedure.
    pub procedure: ProcedureCode,
    /// How long the agency has, in its own hours.
    pub within: Limit,
    /// What its silence means.
    pub silence: Silence,
    /// The first day.
    pub from: NaiveDate,
    /// The last day; none while it holds.
    pub until: Option<NaiveDate>,
    /// How sure it is.
    pub mark: Mark,
    /// Where it comes from.
    pub source: String,
}

impl OpinionRule {
    /// Whether both hold for one procedure on one day.
    #[must_use]
    pub fn overlaps(&self, other: &OpinionRule) -> bool {
        let last = |rule: &OpinionRule| rule.until.unwrap_or(NaiveDate::MAX);
        self.procedure == other.procedure && self.from <= last(other) && other.from <= last(self)
    }
}

/// The rules of all procedures; no two hold for the same dossier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpinionRules(pub Vec<OpinionRule>);

impl OpinionRules {
    /// The rule for a procedure whose dossier was received on a day.
    #[must_use]
    pub fn of(&self, procedure: &ProcedureCode, day: NaiveDate) -> Option<&OpinionRule> {
        self.0.iter().find(|rule| {
            rule.procedure == *procedure
                && rule.from <= day
                && rule.until.is_none_or(|until| day <= until)
        })
    }
}
