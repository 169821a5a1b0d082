//! Another agency gets its part of the dossier and gives its result (*liên thông*).

use serde::{Deserialize, Serialize};

use super::act::{Act, Fact, Told, Written};
use super::spec::{OnMirror, Spec, Standing, Urgency};
use crate::deadline;
use crate::dossier::leg::{Leg, MOST_LEGS};
use crate::dossier::private::{Commitment, PrivateValues, Words};
use crate::dossier::refusal::Refusal;
use crate::dossier::rules::Rules;
use crate::dossier::stage::{Stage, Stages};
use crate::dossier::state::State;
use crate::dossier::term::{Term, next_number};
use crate::dossier::{Dossier, Units};
use crate::id::{LegId, UnitCode};
use crate::limit::Limit;
use crate::procedure::{LegUnit, PlannedLeg, Procedure};
use crate::role::Role;
use crate::time::Instant;

/// Give another agency its part of the dossier. At most one leg leads.
///
/// Source: Decree 61/2018/NĐ-CP, Art. 19(6): the lead, the part of each agency, and its due time.
#[derive(Debug, Clone)]
pub struct OpenLeg {
    /// The unit that does it.
    pub unit: UnitCode,
    /// Whether it leads the others.
    pub lead: bool,
    /// What is asked of it.
    pub task: Words,
    /// By when.
    pub term: Term,
}

impl<E: From<LegOpened>> Act<E> for OpenLeg {
    const SPEC: Spec = Spec {
        method: "OpenLeg",
        vi: "chuyển liên thông",
        en: "Open a leg",
        roles: &[Role::Officer, Role::Leader, Role::Chairman],
        units: Standing::Resolving,
        states: Stages::of(&[Stage::Received, Stage::Processing]),
        moves: &[],
        on_mirror: OnMirror::Refused,
        possible: may_open,
        urgency: Urgency::Running,
        order: 41,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        rules: &Rules<'_>,
        now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let to_come = on.legs_to_come(rules.procedure).count();
        let number = next_number(on.legs.len(), MOST_LEGS.saturating_sub(to_come))
            .ok_or(Refusal::TooManyLegs { most: MOST_LEGS })?;
        if let Some(leader) = on.legs.iter().find(|leg| self.lead && leg.lead) {
            return Err(Refusal::LeadTaken {
                leg: leader.number,
                unit: leader.unit.clone(),
            });
        }
        let due = self.term.due(&self.unit, rules.calendars, now)?;
        let opened = LegOpened {
            number,
            unit: self.unit.clone(),
            lead: self.lead,
            task: private.words("task", &self.task),
            limit: self.term.limit(),
            due: due.at,
            provisional: due.provisional,
            planned: None,
            agency: String::new(),
        };
        Ok(vec![opened.into()])
    }

    fn units_named(&self) -> Vec<(&'static str, &UnitCode)> {
        vec![("unit", &self.unit)]
    }

    fn promised_time(&self) -> Option<(&'static str, Instant)> {
        self.term.moment().map(|at| ("due_time", at))
    }
}

fn may_open(on: &Dossier, procedure: &Procedure, _: Role) -> bool {
    on.legs.len() + on.legs_to_come(procedure).count() < MOST_LEGS
}

/// Another agency was given its part of the dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegOpened {
    /// Its number within the dossier.
    pub number: u16,
    /// The unit that does it.
    pub unit: UnitCode,
    /// Whether it leads.
    pub lead: bool,
    /// What is asked of the unit.
    pub task: Commitment,
    /// The limit, if the request gave one and no due time.
    pub limit: Option<Limit>,
    /// When the leg is due, counted in the hours of its own unit.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub due: Instant,
    /// Whether the due time rests on a provisional day.
    pub provisional: bool,
    /// The planned leg of the procedure that opened by itself; none for a leg that a person opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<LegId>,
    /// The agency that does the leg, if it is not the unit itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub agency: String,
}

impl Fact for LegOpened {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        to.legs.push(Leg {
            number: self.number,
            unit: self.unit.clone(),
            lead: self.lead,
            limit: self.limit,
            due: self.due,
            provisional: self.provisional,
            opened: by.at,
            closed: None,
            planned: self.planned.clone(),
            agency: self.agency.clone(),
        });
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of(
            "Đã chuyển cơ quan phối hợp",
            "Sent to another agency for its part",
        )
    }
}

/// The legs that open at reception: all agencies get the dossier at once.
///
/// Source: Decree 61/2018/NĐ-CP, Art. 19(6).
pub(super) fn at_reception(procedure: &Procedure) -> Vec<&PlannedLeg> {
    let legs = procedure.legs.iter();
    legs.filter(|leg| leg.after.is_none()).collect()
}

/// The legs that open when a dossier leaves its step. Each opens once, however often the dossier
/// leaves.
pub(super) fn behind_step<'a>(on: &Dossier, procedure: &'a Procedure) -> Vec<&'a PlannedLeg> {
    let State::Processing { step: Some(left) } = &on.state else {
        return Vec::new();
    };
    on.legs_to_come(procedure)
        .filter(|leg| leg.after.as_ref() == Some(left))
        .collect()
}

/// Opens planned legs of the procedure and continues the numbering of the existing legs.
pub(super) fn open_planned<E: From<LegOpened>>(
    legs: &[&PlannedLeg],
    before: usize,
    units: &Units<'_>,
    rules: &Rules<'_>,
    now: Instant,
    private: &mut PrivateValues<'_>,
    facts: &mut Vec<E>,
) -> Result<(), Refusal> {
    for (number, leg) in (before + 1..).zip(legs) {
        private.next_event();
        let unit = match leg.unit {
            LegUnit::Resolving => units.resolving,
            LegUnit::Receiving => units.receiving,
        };
        let due = deadline::due(now, leg.limit, rules.calendars.for_unit(unit.as_str()))?;
        let opened = LegOpened {
            number: u16::try_from(number).expect("far fewer are permitted"),
            unit: unit.clone(),
            lead: leg.lead,
            task: private.words("task", &Words::new(&leg.name)),
            limit: Some(leg.limit),
            due: due.at,
            provisional: due.provisional,
            planned: Some(leg.id.clone()),
            agency: leg.agency.clone(),
        };
        facts.push(opened.into());
    }
    Ok(())
}

/// The result of a leg is there.
#[derive(Debug, Clone)]
pub struct CloseLeg {
    /// The number of the leg.
    pub number: u16,
    /// What came of it, if said.
    pub result: Words,
}

impl<E: From<LegClosed>> Act<E> for CloseLeg {
    const SPEC: Spec = Spec {
        method: "CloseLeg",
        vi: "ghi nhận kết quả liên thông",
        en: "Close a leg",
        roles: &[Role::Officer, Role::Leader, Role::Chairman],
        units: Standing::OfOpenLeg,
        states: Stages::UNDER_WAY,
        moves: &[],
        on_mirror: OnMirror::Refused,
        possible: has_open,
        urgency: Urgency::Running,
        order: 12,
        primary: Stages::NONE,
    };

    fn decide(
        &self,
        on: &Dossier,
        _rules: &Rules<'_>,
        _now: Instant,
        private: &mut PrivateValues<'_>,
    ) -> Result<Vec<E>, Refusal> {
        let number = self.number;
        let open: Vec<u16> = on.open_legs().map(|leg| leg.number).collect();
        if !open.contains(&number) {
            return Err(Refusal::LegNotOpen { number, open });
        }
        let said = !self.result.is_empty();
        let closed = LegClosed {
            number,
            result: said.then(|| private.words("result", &self.result)),
        };
        Ok(vec![closed.into()])
    }

    fn own_part<'d>(&self, on: &'d Dossier) -> Option<&'d UnitCode> {
        let leg = on.legs.iter().find(|leg| leg.number == self.number);
        leg.map(|leg| &leg.unit)
    }
}

fn has_open(on: &Dossier, _: &Procedure, _: Role) -> bool {
    on.open_legs().next().is_some()
}

/// The result of a leg was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegClosed {
    /// The number of the leg.
    pub number: u16,
    /// What came of it, if said.
    pub result: Option<Commitment>,
}

impl Fact for LegClosed {
    fn apply(&self, to: &mut Dossier, by: &Written<'_>) {
        let leg = to.legs.iter_mut().find(|leg| leg.number == self.number);
        if let Some(leg) = leg {
            leg.closed = Some(by.at);
        }
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of(
            "Đã có kết quả của cơ quan phối hợp",
            "Another agency has done its part",
        )
    }
}
