//! Units are merged or divided, and their successors take a dossier over.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::dossier::Dossier;
use crate::dossier::acts::act::{Fact, Told, Written};
use crate::dossier::status::Status;
use crate::id::UnitCode;
use crate::lineage::Succession;
use crate::procedure::Procedure;

/// The units whose place in a dossier passes to a successor; none if no unit's does.
#[must_use]
pub fn succeed(dossier: &Dossier, succession: &Succession) -> Option<Succeeded> {
    let since = dossier.units_since();
    let mut passed: Vec<Passed> = Vec::new();
    for old in units(dossier) {
        let new = succession.successor_since(old, since);
        if new != old && !passed.iter().any(|passed| passed.old == *old) {
            passed.push(Passed {
                old: old.clone(),
                new: new.clone(),
            });
        }
    }
    (!passed.is_empty()).then(|| Succeeded {
        day: succession.day(),
        units: passed,
    })
}

/// The units that still have work in a dossier.
fn units(dossier: &Dossier) -> Vec<&UnitCode> {
    let holder = dossier.custody.holder.as_ref();
    let holding = holder.map(|holder| &holder.party.unit);
    match dossier.status() {
        Status::Submitted
        | Status::Received
        | Status::Processing
        | Status::SupplementRequested
        | Status::PaymentRequested => {
            let own = [&dossier.receiving, &dossier.resolving, &dossier.returning];
            let legs = dossier.open_legs().map(|leg| &leg.unit);
            let asked = dossier.open_consultations().map(|asked| &asked.unit);
            own.into_iter()
                .chain(holding)
                .chain(legs)
                .chain(asked)
                .collect()
        }
        Status::Resolved => [&dossier.returning].into_iter().chain(holding).collect(),
        Status::Refused | Status::Withdrawn | Status::Stopped | Status::Returned => Vec::new(),
    }
}

/// Units were merged or divided, and their successors took the dossier over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succeeded {
    /// The first day of the heirs.
    pub day: NaiveDate,
    /// From whom to whom.
    pub units: Vec<Passed>,
}

/// A unit's place in a dossier, and the unit that took it over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// The unit that had it.
    pub old: UnitCode,
    /// The unit that has it.
    pub new: UnitCode,
}

impl Fact for Succeeded {
    fn apply(&self, to: &mut Dossier, _by: &Written<'_>) {
        to.succeeded = Some(self.day);
        let pass = |unit: &mut UnitCode| {
            if let Some(passed) = self.units.iter().find(|passed| passed.old == *unit) {
                unit.clone_from(&passed.new);
            }
        };
        pass(&mut to.returning);
        // The person who holds the papers now belongs to the new unit.
        if let Some(holder) = &mut to.custody.holder {
            pass(&mut holder.party.unit);
        }
        // The unit that received and decided an ended dossier did so under its own name, so those
        // names stay.
        if to.ended.is_some() {
            return;
        }
        pass(&mut to.receiving);
        to.moved |= self.units.iter().any(|passed| passed.old == to.resolving);
        pass(&mut to.resolving);
        let legs = to.legs.iter_mut().filter(|leg| leg.closed.is_none());
        let asked = to.consultations.iter_mut();
        let asked = asked.filter(|asked| asked.answered.is_none());
        legs.map(|leg| &mut leg.unit)
            .chain(asked.map(|asked| &mut asked.unit))
            .for_each(pass);
    }

    fn told(&self, _procedure: &Procedure) -> Option<Told> {
        Told::of(
            "Chuyển đến đơn vị mới sau sắp xếp",
            "Taken over by the successor of the unit",
        )
    }
}
