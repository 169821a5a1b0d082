//! Consultations (*lấy ý kiến*): questions to other units while the citizen's clock runs on.

use serde::{Deserialize, Serialize};

use super::Dossier;
use crate::id::UnitCode;
use crate::limit::Limit;
use crate::time::Instant;

/// How many consultations a dossier may have.
pub const MOST_CONSULTATIONS: usize = 50;

/// A question to another unit, with a time for the answer.
///
/// It stops no clock. The unit may resolve the dossier without the answer; the question then stays
/// unanswered. Source: Decree 61/2018/NĐ-CP, Art. 19(5). Of some procedures silence is consent, see
/// [`crate::procedure::Silence`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consultation {
    /// Its number within the dossier, from 1.
    pub number: u16,
    /// The unit that is asked.
    pub unit: UnitCode,
    /// The limit, if the request gave one and no due time.
    pub limit: Option<Limit>,
    /// When the answer is due, counted in the hours of the consulted unit.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub due: Instant,
    /// Whether the due time rests on a provisional day.
    pub provisional: bool,
    /// When it was asked.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub opened: Instant,
    /// When the answer came; none while it is open, and none for good if the dossier ended first.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub answered: Option<Instant>,
    /// Whether no answer by the due time counts as consent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silence_consents: bool,
    /// Whether it came to that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub consented: bool,
}

impl Consultation {
    /// When waiting for the answer ended: with the answer, with silence that counts as consent, or
    /// with the dossier.
    #[must_use]
    pub fn ended(&self, dossier: &Dossier) -> Option<Instant> {
        let by_silence = self.consented.then_some(self.due);
        self.answered.or(by_silence).or(dossier.ended)
    }

    /// Whether the agency has been silent for so long that it counts as consent. It does from when that
    /// is recorded; an answer that is recorded before is a late answer.
    #[must_use]
    pub fn is_consent(&self, now: Instant) -> bool {
        self.silence_consents && self.answered.is_none() && now > self.due
    }

    /// Whether the answer came late, or is late at a moment.
    #[must_use]
    pub fn is_late(&self, dossier: &Dossier, now: Instant) -> bool {
        self.ended(dossier).unwrap_or(now) > self.due
    }
}

impl Dossier {
    /// The questions that still wait for an answer.
    pub fn open_consultations(&self) -> impl Iterator<Item = &Consultation> {
        let consultations = self.consultations.iter();
        consultations.filter(|consultation| consultation.ended(self).is_none())
    }
}
