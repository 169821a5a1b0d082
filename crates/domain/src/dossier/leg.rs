//! Legs (*liên thông*): the parts of one dossier that several agencies do, each in its own time.

use serde::{Deserialize, Serialize};

use super::Dossier;
use crate::id::{LegId, UnitCode};
use crate::limit::Limit;
use crate::procedure::{PlannedLeg, Procedure};
use crate::time::Instant;

/// How many legs a dossier may have: far more than any linked procedure names.
pub const MOST_LEGS: usize = 50;

/// The part of a linked dossier that one agency does.
///
/// Its lateness is its own and is computed, never stored. It does not follow the dossier's clock:
/// while the office waits for the citizen, the other agencies go on. Source: Decree 61/2018/NĐ-CP,
/// Art. 19(6) and (7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// Its number within the dossier, from 1.
    pub number: u16,
    /// The unit that does it.
    pub unit: UnitCode,
    /// Whether it leads the others; at most one leg of a dossier does.
    pub lead: bool,
    /// The limit, if the request gave one and no due time.
    pub limit: Option<Limit>,
    /// When the leg is due, counted in the hours of its own unit.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub due: Instant,
    /// Whether the due time rests on a provisional day.
    pub provisional: bool,
    /// When it was opened.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub opened: Instant,
    /// When its result came; none while it is open, and none for good if the dossier ended first.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub closed: Option<Instant>,
    /// The planned leg of the procedure that opened by itself; none for a leg that a person opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<LegId>,
    /// The agency that does the leg, if it is not the unit itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub agency: String,
}

impl Leg {
    /// When the leg ended: with its result, or with its dossier.
    #[must_use]
    pub fn ended(&self, dossier: &Dossier) -> Option<Instant> {
        self.closed.or(dossier.ended)
    }

    /// Whether it ended late, or is late at a moment.
    #[must_use]
    pub fn is_late(&self, dossier: &Dossier, now: Instant) -> bool {
        self.ended(dossier).unwrap_or(now) > self.due
    }
}

impl Dossier {
    /// The legs that still go on.
    pub fn open_legs(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter().filter(|leg| leg.ended(self).is_none())
    }

    /// The planned legs that may still open when the dossier leaves their step.
    pub fn legs_to_come<'a>(
        &self,
        procedure: &'a Procedure,
    ) -> impl Iterator<Item = &'a PlannedLeg> {
        procedure.legs.iter().filter(|leg| {
            let mut opened = self.legs.iter();
            leg.after.is_some() && !opened.any(|known| known.planned.as_ref() == Some(&leg.id))
        })
    }
}
