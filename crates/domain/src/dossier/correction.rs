//! Corrections (*đính chính*) of recorded values, by two persons.
//!
//! One person proposes, another one approves. The first record stays, and due times, rates and
//! reports are judged by it. Source: Decree 61/2018/NĐ-CP, Art. 5(1)(c): no data is changed or
//! deleted against the law.

use serde::{Deserialize, Serialize};

use super::channel::Channel;
use super::private::{Commitment, Person};
use crate::code::AnyCode;
use crate::id::{ActorId, CaseId, UnitCode};
use crate::time::Instant;

/// The value that should stand instead, as the proposer gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Corrected {
    /// Another applicant (*chủ hồ sơ*), whole.
    Applicant(Person),
    /// The channel by which the dossier really came.
    Channel(Channel),
    /// The true case of the procedure.
    Case(CaseId),
    /// The unit where the result is fetched.
    ReturningUnit(UnitCode),
    /// A code of this dossier in another system.
    ExternalCode {
        /// The wrong code; none if a code is only missing.
        old: Option<AnyCode>,
        /// The right code; none if the wrong one is only to go.
        new: Option<AnyCode>,
    },
    /// When processing really ended, before the clerk recorded it.
    EndTime(Instant),
}

/// What is corrected, with both values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "field", rename_all = "snake_case")]
pub enum Change {
    /// See [`Corrected::Applicant`].
    Applicant {
        /// The item of the personal value in force, to which an earlier event commits.
        old: String,
        /// The item of the new value.
        item: String,
        /// The new value.
        new: Commitment,
    },
    /// See [`Corrected::Channel`].
    Channel {
        /// The value as recorded, or as last corrected.
        old: Channel,
        /// As it should be.
        new: Channel,
    },
    /// See [`Corrected::Case`].
    Case {
        /// The value as recorded, or as last corrected.
        old: CaseId,
        /// As it should be.
        new: CaseId,
    },
    /// See [`Corrected::ReturningUnit`].
    ReturningUnit {
        /// The value as recorded, or as last corrected.
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
        /// The value as recorded, or as last corrected.
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
    /// The whole correction, so that the event can be read without the earlier one.
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
    /// The decision; none while nobody has decided.
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

/// The item of the personal value that holds the applicant of a reception or submission.
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

    /// The item of the personal value that holds the applicant in force.
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

    /// Every item that holds an applicant, including those of corrections not in force.
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

    /// The number of the next correction.
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
