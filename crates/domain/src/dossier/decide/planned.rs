//! Legs that open by themselves, for the procedure names them.

use super::Rules;
use super::elsewhere::due_within;
use super::vault::Vault;
use crate::dossier::event::{Event, LegOpened};
use crate::dossier::private::Words;
use crate::dossier::refusal::Refusal;
use crate::dossier::{Dossier, State};
use crate::id::UnitCode;
use crate::procedure::{LegUnit, PlannedLeg, Procedure};
use crate::time::Instant;

/// The units of a dossier to which its legs may belong.
pub(super) struct Units<'a> {
    pub receiving: &'a UnitCode,
    pub resolving: &'a UnitCode,
}

/// The legs that open with reception: all agencies get the dossier at once.
///
/// Source: Decree 61/2018/NĐ-CP, Art. 19(6).
pub(super) fn at_reception(procedure: &Procedure) -> Vec<&PlannedLeg> {
    let legs = procedure.legs.iter();
    legs.filter(|leg| leg.after.is_none()).collect()
}

/// The legs that open when a dossier leaves its step, each once however often it does.
pub(super) fn behind<'a>(dossier: &Dossier, procedure: &'a Procedure) -> Vec<&'a PlannedLeg> {
    let State::Processing { step: Some(left) } = &dossier.state else {
        return Vec::new();
    };
    (dossier.legs_to_come(procedure))
        .filter(|leg| leg.after.as_ref() == Some(left))
        .collect()
}

/// Opens legs, numbered on from those that there are.
pub(super) fn open(
    legs: &[&PlannedLeg],
    before: usize,
    units: &Units<'_>,
    rules: &Rules<'_>,
    now: Instant,
    vault: &mut Vault<'_>,
) -> Result<Vec<Event>, Refusal> {
    let mut opened = Vec::with_capacity(legs.len());
    for (number, leg) in (before + 1..).zip(legs) {
        vault.next_event();
        let unit = match leg.unit {
            LegUnit::Resolving => units.resolving,
            LegUnit::Receiving => units.receiving,
        };
        let due = due_within(unit, leg.limit, rules, now)?;
        opened.push(Event::LegOpened(LegOpened {
            number: u16::try_from(number).expect("far fewer are permitted"),
            unit: unit.clone(),
            lead: leg.lead,
            task: vault.words("task", &Words::new(&leg.name)),
            limit: Some(leg.limit),
            due: due.at,
            provisional: due.provisional,
            planned: Some(leg.id.clone()),
            agency: leg.agency.clone(),
        }));
    }
    Ok(opened)
}
