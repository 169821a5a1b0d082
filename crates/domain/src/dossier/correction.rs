//! Corrections (*đính chính*) of what was recorded, by two persons.
//!
//! One person proposes, another one approves. What was recorded first stays, and everything
//! that is judged is judged by it: due times, rates, reports. Source: Decree 61/2018/NĐ-CP,
//! Art. 5(1)(c): no data is changed or deleted against the law.

use serde::{Deserialize, Serialize};

use super::channel::Channel;
use super::private::{Commitment, Person};
use crate::code::AnyCode;
use crate::id::{ActorId, CaseId, UnitCode};
use crate::time::Instant;

/// What should stand instead, as somebody asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Corrected {
    /// Another applicant (*chủ hồ sơ*), whole.
    Applicant(Person),
    /// The channel that it really came by.
    Channel(Channel),
    /// The case of the procedure that it really is.
    Case(CaseId),
    /// The unit where the result is fetched.
    ReturningUnit(UnitCode),
    /// A code that another system knows it by.
    ExternalCode {
        /// The wrong code; none when one was forgotten.
        old: Option<AnyCode>,
        /// The right code; none when there is none.
        new: Option<AnyCode>,
    },
    /// When processing really ended, before somebody pressed the button.
    EndTime(Instant),
}

/// What is corrected, with both values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "field", rename_all = "snake_case")]
pub enum Change {
    /// See [`Corrected::Applicant`].
    Applicant {
        /// The item of the value in force, to which an earlier event commits.
        old: String,
        /// The item of the new value.
        item: String,
        /// The new value.
        new: Commitment,
    },
    /// See [`Corrected::Channel`].
    Channel {
        /// As it was recorded, or last corrected.
        old: Channel,
        /// As it should be.
        new: Channel,
    },
    /// See [`Corrected::Case`].
    Case {
        /// As it was recorded, or last corrected.
        old: CaseId,
        /// As it should be.
        new: CaseId,
    },
    /// See [`Corrected::ReturningUnit`].
    ReturningUnit {
        /// As it was recorded, or last corrected.
        old: UnitCode,
        /// As it should be.
        new: UnitCode,
    },
    /// See [`Corrected::ExternalCode`].
    ExternalCode {
        /// The wrong code.
        old: Option<AnyCode>,
        /// The right code.
        new: Option<AnyCode>,
    },
    /// See [`Corrected::EndTime`].
    EndTime {
        /// As it was recorded, or last corrected.
        #[serde(with = "chrono::serde::ts_microseconds")]
        old: Instant,
        /// As it should be.
        #[serde(with = "chrono::serde::ts_microseconds")]
        new: Instant,
    },
}

impl Change {
    /// The field in data: `returning_unit`.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Change::Applicant { .. } => "applicant",
            Change::Channel { .. } => "channel",
            Change::Case { .. } => "case_id",
            Change::ReturningUnit { .. } => "returning_unit",
            Change::ExternalCode { .. } => "external_code",
            Change::EndTime { .. } => "end_time",
        }
    }
}

/// A correction as events carry it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Its number within the dossier, from 1.
    pub number: u16,
    /// Who proposed it.
    pub author: ActorId,
    /// Why.
    pub reason: Commitment,
    /// What is corrected.
    pub change: Change,
}

/// A correction that another person decided on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The correction, whole, so that the event stands for itself.
    pub correction: Correction,
    /// Who decided.
    pub approver: ActorId,
    /// A remark, if there is one.
    pub note: Option<Commitment>,
}

/// A correction as a dossier keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptCorrection {
    /// The correction.
    pub correction: Correction,
    /// When it was proposed.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub proposed: Instant,
    /// What became of it; none while nobody decided.
    pub verdict: Option<CorrectionOutcome>,
}

/// What became of a correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionOutcome {
    /// Whether it is in force.
    pub approved: bool,
    /// Who decided.
    pub approver: ActorId,
    /// When.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub at: Instant,
}

/// The item under which the applicant of a reception or submission is kept.
pub const APPLICANT: &str = "applicant";

/// The corrections of a dossier, in the order in which they were proposed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Corrections(Vec<KeptCorrection>);

impl Corrections {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[KeptCorrection] {
        &self.0
    }

    /// Whether none was ever proposed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those nobody decided on yet.
    pub fn open(&self) -> impl Iterator<Item = &Correction> {
        self.0
            .iter()
            .filter(|kept| kept.verdict.is_none())
            .map(|kept| &kept.correction)
    }

    /// What is in force, oldest first.
    pub fn in_force(&self) -> impl DoubleEndedIterator<Item = &Change> {
        self.0
            .iter()
            .filter(|kept| {
                kept.verdict
                    .as_ref()
                    .is_some_and(|verdict| verdict.approved)
            })
            .map(|kept| &kept.correction.change)
    }

    /// The item under which the applicant in force is kept.
    #[must_use]
    pub fn applicant_item(&self) -> &str {
        self.in_force()
            .rev()
            .find_map(|change| match change {
                Change::Applicant { item, .. } => Some(item.as_str()),
                Change::Channel { .. }
                | Change::Case { .. }
                | Change::ReturningUnit { .. }
                | Change::ExternalCode { .. }
                | Change::EndTime { .. } => None,
            })
            .unwrap_or(APPLICANT)
    }

    /// Every item under which an applicant is kept, also of corrections not in force.
    pub fn applicant_items(&self) -> impl Iterator<Item = &str> {
        let proposed = self
            .0
            .iter()
            .filter_map(|kept| match &kept.correction.change {
                Change::Applicant { item, .. } => Some(item.as_str()),
                Change::Channel { .. }
                | Change::Case { .. }
                | Change::ReturningUnit { .. }
                | Change::ExternalCode { .. }
                | Change::EndTime { .. } => None,
            });
        std::iter::once(APPLICANT).chain(proposed)
    }

    /// The number that the next one gets.
    pub(super) fn next_number(&self) -> u16 {
        u16::try_from(self.0.len()).map_or(u16::MAX, |count| count.saturating_add(1))
    }

    pub(super) fn propose(&mut self, correction: &Correction, at: Instant) {
        self.0.push(KeptCorrection {
            correction: correction.clone(),
            proposed: at,
            verdict: None,
        });
    }

    pub(super) fn decide(&mut self, decided: &Decided, approved: bool, at: Instant) {
        let number = decided.correction.number;
        if let Some(kept) = self
            .0
            .iter_mut()
            .find(|kept| kept.correction.number == number)
        {
            kept.verdict = Some(CorrectionOutcome {
                approved,
                approver: decided.approver.clone(),
                at,
            });
        }
    }
}
