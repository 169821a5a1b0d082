//! What a published calendar does to the parts that other units have of a dossier.
//!
//! Nobody was told these times but offices, yet a day off is a day off for them too. They move as the
//! citizen's does: only later, and what is late stays late. Source: docs/decisions/007.

use chrono::Days;
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, Calendars};
use crate::deadline;
use crate::dossier::Dossier;
use crate::id::UnitCode;
use crate::limit::Limit;
use crate::time::{self, Instant};

/// The due times that moved beside the dossier's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parts {
    /// Of open legs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub legs: Vec<PartMoved>,
    /// Of open questions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consultations: Vec<PartMoved>,
    /// By when the papers must be handed over from now on, when that moved.
    #[serde(
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub hand_over_by: Option<Instant>,
}

/// The due time of a leg or a question, as it is from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartMoved {
    /// Its number.
    pub number: u16,
    /// By when.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub due: Instant,
    /// Whether that rests on a provisional day.
    pub provisional: bool,
}

/// A leg or a question as far as its due time goes.
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

    /// What calendars published at a moment make of what is open.
    ///
    /// A due time that was set by hand follows no calendar, and one that lies beyond the calendar is
    /// kept. Applied and asked again, nothing moves.
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

/// Papers that were due on a day which is off now are due when the next one opens, in the hours of
/// those who have them.
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
