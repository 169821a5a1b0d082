//! The competent agency has the dossier that another unit received (*cơ quan có thẩm quyền nhận được
//! hồ sơ*): its limit counts from then.

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Told, Written};
use super::spec::{OnMirror, Spec, Standing, Urgency};
use crate::calendar::{self, Calendar};
use crate::dossier::Dossier;
use crate::dossier::clock::Moved;
use crate::dossier::counting::Counting;
use crate::dossier::private::PrivateValues;
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::Stages;
use crate::procedure::Procedure;
use crate::role::Role;
use crate::time::Instant;

/// Say that a dossier has arrived. A hand-over to the unit that decides, or its first step, says so
/// too.
///
/// Source: Decree 118/2025/NĐ-CP, Art. 17(3), as amended by 309/2026/NĐ-CP.
#[derive(Debug, Clone)]
pub struct Arrive {
    /// When, between reception and now; now if not given.
    pub arrived: Option<Instant>,
}

impl<E: From<Arrived>> Act<E> for Arrive {
    const SPEC: Spec = Spec {
        method: "ArriveDossier",
        vi: "xác nhận hồ sơ đến",
        en: "Confirm arrival",
        roles: &[
            Role::Receptionist,
            Role::Officer,
            Role::Leader,
            Role::Chairman,
        ],
        units: Standing::ResolvingOrReceiving,
        states: Stages::UNDER_WAY,
        moves: &[],
        on_mirror: OnMirror::Refused,
        possible: is_on_its_way,
        urgency: Urgency::Running,
        order: 8,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        now: Instant,
        _private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let (Some(transit), Some(received)) = (on.transit, on.received) else {
            return Err(Refusal::NotOnItsWay { arrived: None });
        };
        if transit.arrived.is_some() {
            return Err(Refusal::NotOnItsWay {
                arrived: transit.arrived,
            });
        }
        if let Some(at) = self.arrived
            && (at < received || at > now)
        {
            return Err(Refusal::ArrivalImpossible { received, now });
        }
        let arrived = Arrived {
            at: self.arrived.filter(|at| *at != now),
            moved: moved(on, self.arrived.unwrap_or(now), now, rules.calendar)?,
        };
        Ok(vec![arrived.into()])
    }
}

fn is_on_its_way(on: &Dossier, _: &Procedure, _: Role) -> bool {
    on.transit.is_some_and(|transit| transit.arrived.is_none())
}

/// The arrival that another act proves; none if the dossier is not on its way.
pub(super) fn proven(
    on: &Dossier,
    now: Instant,
    calendar: &Calendar,
) -> Result<Option<Arrived>, calendar::Error> {
    let on_its_way = on.transit.filter(|transit| transit.arrived.is_none());
    if on_its_way.is_none() || on.received.is_none() {
        return Ok(None);
    }
    let moved = moved(on, now, now, calendar)?;
    Ok(Some(Arrived { at: None, moved }))
}

fn moved(
    on: &Dossier,
    arrived: Instant,
    now: Instant,
    calendar: &Calendar,
) -> Result<Option<Moved>, calendar::Error> {
    match (&on.clock, on.transit) {
        (Some(clock), Some(transit)) => clock.after_arrival(arrived, transit.by, now, calendar),
        (Some(_) | None, _) => Ok(None),
    }
}

/// The competent agency got it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    /// When, if not at the moment of the event.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_microseconds_option"
    )]
    pub at: Option<Instant>,
    /// How the due times moved; none if it was overdue by then.
    pub moved: Option<Moved>,
}

impl Fact for Arrived {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        if let Some(transit) = &mut to.transit {
            transit.arrived = Some(self.at.unwrap_or(by.at));
        }
        to.move_due(self.moved.as_ref());
    }

    fn recount(
        &mut self,
        on: Option<&Dossier>,
        counting: &Counting<'_>,
    ) -> Result<(), calendar::Error> {
        // Overdue by then stays overdue, whatever a later calendar makes of the time before.
        if self.moved.is_none() {
            return Ok(());
        }
        let at = self.at.unwrap_or(counting.at);
        self.moved = match on {
            Some(on) => moved(on, at, counting.at, counting.calendar)?,
            None => None,
        };
        Ok(())
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of(
            "Cơ quan có thẩm quyền đã nhận được hồ sơ",
            "The competent agency has the dossier",
        )
    }
}
