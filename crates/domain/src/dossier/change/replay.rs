//! What another version of the procedure would have refused in a history.

use super::migration::{Break, StepMap, image, place};
use crate::dossier::Dossier;
use crate::dossier::event::{Event, Record};
use crate::id::StepId;
use crate::procedure::Procedure;

/// Everything in a dossier's history that another version would not have allowed.
///
/// The replay of steps begins at the last migration, because earlier steps belong to yet another
/// version.
#[must_use]
pub fn replay(dossier: &Dossier, records: &[Record], to: &Procedure, map: &StepMap) -> Vec<Break> {
    let mut breaks = place(dossier, to, map).err().unwrap_or_default();
    let mut at = At::Reception;
    let mut moves = Vec::new();
    let mut requested: u8 = 0;
    for record in records {
        if let Event::Advanced(advanced) = &record.event {
            let step = advanced.step.as_ref();
            let next = image(step, to, map);
            if !at.goes_to(next.as_ref(), to) {
                moves.push(Break::MoveNotAllowed {
                    version: record.version,
                    step: step.cloned(),
                });
            }
            at = At::Step(next);
        } else if let Event::Migrated(migrated) = &record.event {
            moves.clear();
            if at.begun() {
                at = At::Step(image(migrated.step.as_ref(), to, map));
            }
        } else if let Event::SupplementRequested(asked) = &record.event
            && asked.exception.is_none()
        {
            requested = requested.saturating_add(1);
        }
    }
    breaks.append(&mut moves);
    if requested > to.supplement_max {
        breaks.push(Break::SupplementsExceeded {
            requested,
            permitted: to.supplement_max,
        });
    }
    breaks
}

/// The place that a history has reached, in the steps of the other version.
enum At {
    Reception,
    /// A step; none if the other version has no such step.
    Step(Option<StepId>),
}

impl At {
    fn begun(&self) -> bool {
        match self {
            At::Reception => false,
            At::Step(_) => true,
        }
    }

    /// Whether the other version allows a move to this step from here.
    fn goes_to(&self, next: Option<&StepId>, to: &Procedure) -> bool {
        match (self, next) {
            (At::Reception, Some(next)) => to.first_step().is_some_and(|first| first.id == *next),
            (At::Step(Some(at)), Some(next)) => {
                to.step(at).is_some_and(|at| at.next.contains(next))
            }
            (At::Step(None), Some(_)) => false,
            (At::Reception | At::Step(_), None) => to.is_outline(),
        }
    }
}
