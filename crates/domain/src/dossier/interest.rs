//! What each unit has to do with a dossier, and what it must meet.

use super::Dossier;
use crate::id::UnitCode;
use crate::time::Instant;

/// A unit's interest in a dossier: it carries worklists and access alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interest {
    /// The unit.
    pub unit: UnitCode,
    /// What it is to the dossier: [`Interest::RECEIVING`] and so on, added up.
    pub roles: u8,
    /// Whether there is work to be done.
    pub open: bool,
    /// What the unit must meet; none sorts last.
    pub due: Option<Instant>,
}

impl Interest {
    /// Its desk took the dossier in.
    pub const RECEIVING: u8 = 1;
    /// It decides the dossier.
    pub const RESOLVING: u8 = 2;
    /// Its desk gives the result back.
    pub const RETURNING: u8 = 4;
    /// It has a leg of the dossier.
    pub const LEG: u8 = 8;
    /// It was asked something about the dossier.
    pub const CONSULTED: u8 = 16;
    /// Somebody there holds its papers.
    pub const HOLDING: u8 = 32;

    /// The interests of all units involved in a dossier, by unit.
    #[must_use]
    pub fn of(dossier: &Dossier) -> Vec<Interest> {
        let mut all: Vec<Interest> = Vec::with_capacity(1);
        let holder = dossier.custody.holder.as_ref();
        let main = [
            (&dossier.receiving, Self::RECEIVING),
            (&dossier.resolving, Self::RESOLVING),
            (&dossier.returning, Self::RETURNING),
        ];
        let holding = holder.map(|holder| (&holder.party.unit, Self::HOLDING));
        let main = main
            .into_iter()
            .chain(holding)
            .map(|(unit, roles)| Interest {
                unit: unit.clone(),
                roles,
                open: dossier.status().is_open(),
                due: dossier.due(),
            });
        let legs = dossier.legs.iter().map(|leg| Interest {
            unit: leg.unit.clone(),
            roles: Self::LEG,
            open: leg.ended(dossier).is_none(),
            due: Some(leg.due),
        });
        let asked = dossier.consultations.iter().map(|asked| Interest {
            unit: asked.unit.clone(),
            roles: Self::CONSULTED,
            open: asked.ended(dossier).is_none(),
            due: Some(asked.due),
        });
        for one in main.chain(legs).chain(asked) {
            match all.iter_mut().find(|known| known.unit == one.unit) {
                Some(known) => known.add(&one),
                None => all.push(one),
            }
        }
        all
    }

    /// The earliest time that any of these units still has to meet.
    #[must_use]
    pub fn due_for(dossier: &Dossier, units: &[UnitCode]) -> Option<Instant> {
        Interest::of(dossier)
            .into_iter()
            .filter(|interest| interest.open && units.contains(&interest.unit))
            .filter_map(|interest| interest.due)
            .min()
    }

    /// Adds what the unit is besides. It must meet the earliest time of what is still open; when
    /// nothing is, the time of the dossier itself stays before those of its parts.
    fn add(&mut self, other: &Interest) {
        self.roles |= other.roles;
        self.due = match (self.open, other.open) {
            (true, false) => self.due,
            (false, true) => other.due,
            (true, true) => match (self.due, other.due) {
                (Some(one), Some(two)) => Some(Ord::min(one, two)),
                (one, two) => one.or(two),
            },
            (false, false) => self.due.or(other.due),
        };
        self.open |= other.open;
    }
}
