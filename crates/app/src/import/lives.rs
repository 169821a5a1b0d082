//! Makes dossiers and events of rows, piece by piece.

use std::sync::Arc;

use domain::catalogue::Fault;
use domain::digest::{half, keyed_hash};
use domain::dossier::private::Salt;
use domain::dossier::{Dossier, ImportNumber, Record};
use domain::id::{DossierId, RequestId};
use domain::import::{ImportedCase, Unmappable, history};
use domain::role::Role;

use super::{Import, Life, Piece, Plan};
use crate::engine::lane_of;
use crate::ports::Ids;

/// The dossiers of a plan in order of reception, with those still to come.
pub struct Lives {
    plan: Arc<Plan>,
    number: ImportNumber,
    next: usize,
}

/// A piece that was made.
#[derive(Debug)]
pub struct Made {
    pub(super) lives: Vec<Life>,
    pub(super) refusals: Vec<Fault>,
    /// How many dossiers are done after it.
    pub(super) done: u64,
}

impl Lives {
    /// All of them.
    #[must_use]
    pub fn new(mut plan: Plan, number: ImportNumber) -> Self {
        plan.sort();
        Self::of(Arc::new(plan), number)
    }

    /// All dossiers of a plan that is sorted.
    pub(super) fn of(plan: Arc<Plan>, number: ImportNumber) -> Self {
        Self {
            plan,
            number,
            next: 0,
        }
    }

    /// Skips the dossiers that an earlier run has done.
    pub fn skip(&mut self, done: u64) {
        self.next = usize::try_from(done).unwrap_or(usize::MAX);
    }

    /// Makes the next piece: as many events as the plan says, or a few more. None after the last.
    pub fn next(&mut self, ids: &dyn Ids) -> Option<Made> {
        if self.next >= self.plan.cases.len() {
            return None;
        }
        let mut lives = Vec::new();
        let mut refusals = Vec::new();
        let mut made = 0;
        while made < self.plan.piece && self.next < self.plan.cases.len() {
            match self.life(self.next, ids) {
                Ok(life) => {
                    made += life.events.len();
                    lives.push(life);
                }
                Err(reason) => refusals.push(self.fault(self.next, &reason)),
            }
            self.next += 1;
        }
        Some(Made {
            lives,
            refusals,
            done: self.next as u64,
        })
    }

    /// Makes the next piece of an import, whatever exists already. None after the last.
    pub fn piece(&mut self, import: &Import, ids: &dyn Ids) -> Option<Piece> {
        let made = self.next(ids)?;
        Some(Piece {
            import: import.clone(),
            done: made.done,
            lives: made.lives,
        })
    }

    fn fault(&self, at: usize, reason: &Unmappable) -> Fault {
        let (file, line) = &self.plan.cases[at].place;
        Fault {
            file: file.to_string(),
            line: usize::try_from(*line).unwrap_or(usize::MAX),
            reason: reason.to_string(),
        }
    }

    fn life(&self, at: usize, ids: &dyn Ids) -> Result<Life, Unmappable> {
        let case: &ImportedCase = &self.plan.cases[at];
        let (map, catalogue) = (&self.plan.map, &self.plan.catalogue);
        let salt = Salt::new(ids.random());
        let history = history(case, self.number, &map.province, catalogue, &salt)?;
        let first = &history.events[0];
        let id = history.id.unwrap_or_else(|| {
            let chance = ids.random();
            let chance = u64::from_be_bytes(chance[..8].try_into().expect("eight of sixteen"));
            let born = u64::try_from(first.at.timestamp_millis()).unwrap_or_default();
            DossierId::new(born, lane_of(&first.unit), chance)
        });
        let request = request_id(self.number, at);
        let mut dossier: Option<Dossier> = None;
        let mut events = Vec::with_capacity(history.events.len());
        for (version, past) in (1..).zip(history.events) {
            let importer = || (self.plan.actor.clone(), Role::Admin);
            let (actor, role) = past.by.unwrap_or_else(importer);
            let record = Record {
                province: map.province.clone(),
                dossier: id,
                version,
                event_time: past.at,
                record_time: Ord::max(self.plan.now, past.at),
                actor,
                role,
                unit: past.unit,
                request_id: request.clone(),
                event: past.event,
            };
            dossier = match dossier {
                Some(dossier) => Some(dossier.apply(&record)),
                None => Dossier::begin(&record),
            };
            let bytes = record.to_bytes();
            events.push((record, bytes));
        }
        let dossier = dossier.expect("a history begins with a beginning");
        Ok(Life {
            name: case.name.clone(),
            place: case.place.clone(),
            digest: case.digest,
            oddities: history.oddities,
            fold: serde_json::to_string(&dossier).expect("a dossier holds only texts and numbers"),
            content: content(&salt, case),
            salt,
            dossier,
            events,
        })
    }
}

/// Half of the keyed hash of the rows that a dossier was made from.
pub(super) fn content(salt: &Salt, case: &ImportedCase) -> [u8; 16] {
    half(&keyed_hash(
        salt.as_bytes(),
        &[b"import", case.name.as_bytes(), &case.digest.to_be_bytes()],
    ))
}

/// One request a dossier, in the order of writing.
pub(super) fn request_id(import: ImportNumber, at: usize) -> RequestId {
    formed(import, OF_IMPORTS, at)
}

/// The request of an update to a dossier.
pub(super) fn update_id(import: ImportNumber, at: usize) -> RequestId {
    formed(import, OF_UPDATES, at)
}

fn formed(import: ImportNumber, middle: &str, at: usize) -> RequestId {
    let request = format!("{:08x}{middle}{at:012x}", import.get());
    RequestId::parse(&request).expect("it has the form of a UUID")
}

/// What all request ids of imports have in the middle, and all of updates.
const OF_IMPORTS: &str = "-0000-8000-8000-";
const OF_UPDATES: &str = "-0000-8001-8000-";

/// Whether an import wrote a record, or an update.
pub(super) fn is_of_import(record: &Record) -> bool {
    let middle = record.request_id.as_str().get(8..24);
    middle.is_some_and(|middle| [OF_IMPORTS, OF_UPDATES].contains(&middle))
}
