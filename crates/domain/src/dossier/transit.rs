//! The way of a dossier from the desk that received it to the unit that decides it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use super::rules::Rules;
use super::{Channel, Units};
use crate::calendar::{self, Calendar};
use crate::deadline::{Arrival, Start, hand_over};
use crate::id::{CaseId, ProcedureCode, UnitCode};
use crate::procedure::{Boundaries, Kind, Reach};
use crate::time::{self, Instant};
use crate::unit;

/// Where a dossier is on its way, if another unit decides it than the one that received it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transit {
    /// When it has to be there; the date on the receipt counts from then.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub by: Instant,
    /// Whether an agency outside the province decides it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outside: bool,
    /// When it arrived.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub arrived: Option<Instant>,
}

impl Transit {
    /// Whether it arrived later than it had to, or is late now.
    #[must_use]
    pub fn is_late(&self, now: Instant) -> bool {
        self.arrived.unwrap_or(now) > self.by
    }

    /// When the competent agency has it.
    #[must_use]
    pub fn arrival(&self) -> Arrival {
        match self.arrived {
            Some(at) => Arrival {
                at,
                expected: false,
            },
            None => self.expected(),
        }
    }

    /// What the receipt rests on.
    #[must_use]
    pub fn expected(&self) -> Arrival {
        Arrival {
            at: self.by,
            expected: true,
        }
    }

    /// When a dossier has to be at the unit that decides it, in the hours of the one that sends it.
    pub fn expected_by(
        channel: Channel,
        received: Instant,
        sender: &Calendar,
    ) -> Result<Instant, calendar::Error> {
        if channel.is_paper() {
            hand_over::by(received, sender)
        } else {
            Ok(received)
        }
    }

    /// The way of a dossier that is received now.
    ///
    /// None if the unit decides it itself, if it is a petition, or before the day from which
    /// dossiers count from their arrival. The papers go on the same day, after 15:00 when the next
    /// working day opens; what is electronic goes at once.
    ///
    /// Source: Decree 61/2018/NĐ-CP, Art. 18; Decree 118/2025/NĐ-CP, Art. 14 and 17(3), as amended
    /// by 309/2026/NĐ-CP.
    pub(super) fn begin(
        units: &Units<'_>,
        (case, channel): (&CaseId, Channel),
        rules: &Rules<'_>,
        now: Instant,
    ) -> Result<Option<Self>, Refusal> {
        refuse_beyond(units, case, rules, now)?;
        let day = time::local_day(now);
        if stays(units, rules) || !rules.boundaries.counts_from_arrival(day) {
            return Ok(None);
        }
        Ok(Some(Self {
            by: Self::expected_by(
                channel,
                now,
                rules.calendars.for_unit(units.receiving.as_str()),
            )?,
            outside: is_outside(units, rules),
            arrived: None,
        }))
    }
}

fn is_outside(units: &Units<'_>, rules: &Rules<'_>) -> bool {
    let province = |unit| rules.units.get(unit).map(|unit| &unit.province);
    province(units.receiving) != province(units.resolving)
}

/// Whether the unit that receives a dossier decides it. A petition has no competent agency in the
/// sense of a procedure.
fn stays(units: &Units<'_>, rules: &Rules<'_>) -> bool {
    units.receiving == units.resolving || rules.procedure.kind == Kind::Petition
}

/// Refuses a dossier that may not be received so far from the unit that decides it.
pub(super) fn refuse_beyond(
    units: &Units<'_>,
    case: &CaseId,
    rules: &Rules<'_>,
    now: Instant,
) -> Result<(), Refusal> {
    if stays(units, rules) {
        return Ok(());
    }
    refuse_beyond_reach(
        (&rules.procedure.code, case),
        (units.receiving, units.resolving),
        rules.units,
        rules.boundaries,
        time::local_day(now),
    )
}

/// Refuses a dossier that one unit receives and another, the second of the two, decides, if the
/// procedure may not be received that far away on a day.
pub fn refuse_beyond_reach(
    (procedure, case): (&ProcedureCode, &CaseId),
    (receiving, resolving): (&UnitCode, &UnitCode),
    units: &unit::Units,
    boundaries: &Boundaries,
    day: NaiveDate,
) -> Result<(), Refusal> {
    let province = |code| units.get(code).map(|unit| &unit.province);
    let needed = if province(receiving) == province(resolving) {
        Reach::Province
    } else {
        Reach::Nation
    };
    let reach = boundaries.reach((procedure, case), receiving, day);
    if reach < needed {
        return Err(Refusal::BeyondReach {
            procedure: procedure.clone(),
            unit: resolving.clone(),
            reach,
        });
    }
    Ok(())
}

impl super::Dossier {
    /// What its limit counted from when it was received; none before reception.
    #[must_use]
    pub fn start(&self) -> Option<Start> {
        Some(Start {
            received: self.received?,
            arrival: self.transit.map(|transit| transit.expected()),
            cutoff: self.clock.as_ref()?.cutoff,
        })
    }

    /// The units whose people do what the unit that decides it does.
    ///
    /// An agency outside the province works in a system of its own, so the desk that received the
    /// dossier records here what that agency says.
    #[must_use]
    pub(super) fn deciding_here(&self) -> &UnitCode {
        match self.transit {
            Some(Transit { outside: true, .. }) => &self.receiving,
            Some(_) | None => &self.resolving,
        }
    }
}
