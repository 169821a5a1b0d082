//! What a published calendar does to the due times of other units: legs, consultations, papers.
//!
//! Only offices were told these times, yet a day off is a day off for offices too. So these times
//! move like the citizen's: only later, and a late part stays late. Source: docs/decisions/007.

use chrono::Days;
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, Calendars};
use crate::deadline;
use crate::dossier::Dossier;
use crate::id::UnitCode;
use crate::limit::Limit;
use crate::time::{self, Instant};

/// The due times that moved, other than the dossier's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parts {
    /// Of open legs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub legs: Vec<PartMoved>,
    /// Of open questions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consultations: Vec<PartMoved>,
    /// The new time for handing the papers over, if it moved.
    #[serde(
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub hand_over_by: Option<Instant>,
}

/// The new due time of a leg or a consultation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartMoved {
    /// Its number.
    pub number: u16,
    /// By when.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub due: Instant,
    /// Whether the new due time rests on a provisional day.
    pub provisional: bool,
}

/// The due time of a leg or a consultation, and what it was counted from.
struct Part<'a> {
    number: u16,
    unit: &'a UnitCode,
    limit: Option<Limit>,
    opened: Instant,
    due: Instant,
    provisional: bool,
}

impl Parts {
    /// Whether nothing moved.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The moves that calendars published at a moment make.
    ///
    /// A due time that a person set follows no calendar, and one beyond the calendar stays. A
    /// second call after applying the moves finds none.
    #[must_use]
    pub fn moved_by(dossier: &Dossier, calendars: &Calendars, published: Instant) -> Self {
        let moved = |part: Part<'_>| part.moved(calendars.for_unit(part.unit.as_str()), published);
        let legs = dossier.open_legs().map(|leg| Part {
            number: leg.number,
            unit: &leg.unit,
            limit: leg.limit,
            opened: leg.opened,
            due: leg.due,
            provisional: leg.provisional,
        });
        let asked = dossier.open_consultations().map(|asked| Part {
            number: asked.number,
            unit: &asked.unit,
            limit: asked.limit,
            opened: asked.opened,
            due: asked.due,
            provisional: asked.provisional,
        });
        Self {
            legs: legs.filter_map(moved).collect(),
            consultations: asked.filter_map(moved).collect(),
            hand_over_by: hand_over_by(dossier, calendars, published),
        }
    }

    /// Folds the moves in.
    pub(super) fn apply_to(&self, dossier: &mut Dossier) {
        for moved in &self.legs {
            let leg = dossier
                .legs
                .iter_mut()
                .find(|leg| leg.number == moved.number);
            if let Some(leg) = leg {
                (leg.due, leg.provisional) = (moved.due, moved.provisional);
            }
        }
        for moved in &self.consultations {
            let mut all = dossier.consultations.iter_mut();
            if let Some(asked) = all.find(|asked| asked.number == moved.number) {
                (asked.due, asked.provisional) = (moved.due, moved.provisional);
            }
        }
        if let Some(by) = self.hand_over_by {
            dossier.custody.hand_over_by = Some(by);
        }
    }
}

impl Part<'_> {
    fn moved(&self, calendar: &Calendar, published: Instant) -> Option<PartMoved> {
        if published > self.due {
            return None;
        }
        let legal = deadline::due(self.opened, self.limit?, calendar).ok()?;
        let due = Ord::max(self.due, legal.at);
        let provisional = if due == legal.at {
            legal.provisional
        } else {
            self.provisional
        };
        ((due, provisional) != (self.due, self.provisional)).then_some(PartMoved {
            number: self.number,
            due,
            provisional,
        })
    }
}

/// If the papers were due on a day that is now off, they are due at the next opening, in the hours
/// of the unit that holds them.
fn hand_over_by(dossier: &Dossier, calendars: &Calendars, published: Instant) -> Option<Instant> {
    let by = dossier.custody.hand_over_by.filter(|by| published <= *by)?;
    let holder = dossier.custody.holder.as_ref();
    let unit = holder.map_or(&dossier.receiving, |holder| &holder.party.unit);
    let calendar = calendars.for_unit(unit.as_str());
    let day = time::local_day(by);
    if calendar.is_working_day(day).ok()? {
        return None;
    }
    let next = calendar
        .working_day_from(day.checked_add_days(Days::new(1))?)
        .ok()?;
    calendar.opening(next).ok().flatten()
}
