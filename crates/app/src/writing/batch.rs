//! The state of a batch: each command is decided against what the commands before it left.
//!
//! Nothing here waits: the loaded data, the catalogue and the keys are values.

use std::collections::HashMap;

use domain::catalogue::Catalogue;
use domain::code::AnyCode;
use domain::digest::{half, keyed_hash};
use domain::dossier::correction::{self, Correction};
use domain::dossier::private::{Person, Salt};
use domain::dossier::{Acting, Decision, Dossier, Event, Interest, Record, Refusal, Rules};
use domain::id::UnitCode;
use domain::procedure::Procedure;
use domain::role::Role;
use domain::tally;
use domain::time::Instant;

use super::task::{Task, Work};
use crate::context::Context;
use crate::error::Error;
use crate::ports::{Change, Entry, Held, Key, Loaded, RequestKey};

/// What becomes of a command.
pub(super) enum Step {
    /// It was done before this batch, and made that version.
    Before(Key, u32),
    /// This batch does it, and makes that version.
    Written(Key, u32),
    /// There is nothing to do.
    Unchanged,
}

/// The state of a batch while its commands are decided.
pub(super) struct BatchState<'a> {
    pub(super) context: &'a Context,
    pub(super) loaded: Loaded,
    /// Requests of this very batch.
    seen: HashMap<RequestKey, (Key, u32, Vec<u8>)>,
    order: Vec<Key>,
    pub(super) changes: HashMap<Key, Change>,
    /// The greatest record time of what is in the database and of this batch.
    newest: Option<Instant>,
}

impl<'a> BatchState<'a> {
    pub fn new(context: &'a Context, loaded: Loaded) -> Self {
        Self {
            context,
            newest: loaded.newest,
            loaded,
            seen: HashMap::new(),
            order: Vec::new(),
            changes: HashMap::new(),
        }
    }

    /// Decides a command and folds its events in, so that the next one sees them.
    pub fn decide(&mut self, task: &Task) -> Result<Step, Error> {
        // Before all checks: a repeat gets its first answer, whatever has changed since.
        if let Some(before) = self.repeated(task)? {
            return Ok(before);
        }
        let (key, version) = match &task.work {
            Work::Act { id, etag, command } => self.act(task, *id, etag.as_deref(), command)?,
            Work::Submit {
                id,
                salt,
                procedure,
                submission,
            } => self.submit(task, (*id, salt, procedure), submission)?,
            Work::Receive {
                id,
                salt,
                procedure,
                reception,
            } => self.receive(task, (*id, salt, procedure), reception)?,
            Work::Import {
                id,
                salt,
                procedure,
                reception,
                at,
                number,
            } => self.import(task, (*id, salt, procedure), reception, *at, number)?,
            Work::Rewrite { id, rewrite } => match self.rewrite(task, *id, rewrite)? {
                Some(written) => written,
                None => return Ok(Step::Unchanged),
            },
        };
        self.seen
            .insert(task.request(), (key.clone(), version, task.content.clone()));
        Ok(Step::Written(key, version))
    }

    /// Recognises a repeated request, and refuses its id with other content.
    fn repeated(&self, task: &Task) -> Result<Option<Step>, Error> {
        let request = task.request();
        let reused = || Error::RequestReused {
            request_id: task.request_id.to_string(),
        };
        if let Some((key, version, content)) = self.seen.get(&request) {
            // The first try is in this same batch, so both wait for the same commit.
            return if *content == task.content {
                Ok(Some(Step::Written(key.clone(), *version)))
            } else {
                Err(reused())
            };
        }
        let Some(seen) = self.loaded.requests.get(&request) else {
            return Ok(None);
        };
        // An erased dossier has no salt, so the content cannot be compared and the repeat is
        // believed.
        let same = seen
            .salt
            .as_ref()
            .is_none_or(|salt| content_hash(salt, task) == seen.content);
        if !same {
            return Err(reused());
        }
        Ok(Some(Step::Before((request.0, seen.dossier), seen.version)))
    }

    /// Turns a decision into records and folds them in, so that the next command of this batch
    /// decides against the new state.
    #[expect(
        clippy::too_many_arguments,
        reason = "all of them are of different types"
    )]
    pub(super) fn write(
        &mut self,
        task: &Task,
        acting: &Acting,
        held: Option<Held>,
        key: &Key,
        at: Instant,
        decision: Decision,
        salt: Option<Salt>,
    ) -> Result<u32, Error> {
        let former = held.as_ref().map(|held| held.dossier.clone());
        let before = former.as_ref().map_or(0, |dossier| dossier.version);
        let applicant = held.as_ref().and_then(|held| held.applicant.clone());
        // Without a salt no content can be compared any more, so none is stored.
        let content = salt.map_or([0; 16], |salt| content_hash(&salt, task));
        let codes = Codes::moved_by(&decision.events);
        let recorded = Ord::max(task.arrived, at);
        let recorded = self
            .newest
            .map_or(recorded, |last| Ord::max(last, recorded));
        self.newest = Some(recorded);
        let mut dossier = held.map(|held| held.dossier);
        let mut entries = Vec::with_capacity(decision.events.len());
        for (part, event) in (0..).zip(decision.events) {
            let record = Record {
                province: key.0.clone(),
                dossier: key.1,
                version: before + u32::from(part) + 1,
                event_time: at,
                record_time: recorded,
                actor: acting.actor.clone(),
                role: acting.role,
                unit: acting.unit.clone(),
                request_id: task.request_id.clone(),
                event,
            };
            dossier = match dossier {
                Some(dossier) => Some(dossier.apply(&record)),
                None => Dossier::begin(&record),
            };
            entries.push(Entry {
                record,
                content,
                part,
            });
        }
        let dossier = dossier.ok_or_else(|| {
            Error::Internal("a decision must begin a dossier or change one".into())
        })?;
        let version = dossier.version;
        let change = Change {
            before,
            entries,
            number: None,
            block_number: None,
            portal_number: None,
            alone: Vec::new(),
            codes: Vec::new(),
            released: Vec::new(),
            secrets: None,
            pin_hash: None,
            private: decision.private,
            interest: Interest::of(&dossier),
            interest_before: former.as_ref().map(Interest::of).unwrap_or_default(),
            tallies: tally::difference(former.as_ref(), &dossier),
            dossier,
        };
        self.fold_in(key.clone(), change, salt, applicant);
        self.move_codes(key, codes);
        Ok(version)
    }

    /// Adds a change to what the batch already does to the dossier.
    fn fold_in(&mut self, key: Key, change: Change, salt: Option<Salt>, applicant: Option<Person>) {
        let held = Held {
            dossier: change.dossier.clone(),
            salt,
            applicant,
        };
        self.loaded.dossiers.insert(key.clone(), held);
        match self.changes.get_mut(&key) {
            Some(earlier) => {
                // `before` and `interest_before` stay those of the first change, because the commit
                // compares them with a database that has seen nothing of this batch.
                earlier.dossier = change.dossier;
                earlier.entries.extend(change.entries);
                earlier.private.extend(change.private);
                earlier.interest = change.interest;
                tally::add(&mut earlier.tallies, change.tallies);
            }
            None => {
                self.order.push(key.clone());
                self.changes.insert(key, change);
            }
        }
    }

    /// Claims and frees codes, also for the other commands of this batch.
    fn move_codes(&mut self, key: &Key, codes: Codes) {
        let change = self.changes.get_mut(key).expect("it was written just now");
        for code in codes.claimed {
            change.released.retain(|other| *other != code);
            self.loaded
                .codes
                .insert((key.0.clone(), code.clone()), key.1);
            change.codes.push(code);
        }
        for code in codes.freed {
            change.codes.retain(|other| *other != code);
            // The commit frees the code, so it stays taken for the rest of the batch.
            change.released.push(code);
        }
    }

    /// Makes the receipt at reception; the row stores the hash of its PIN.
    pub(super) fn make_receipt(&mut self, key: &Key) {
        let pin = self.context.keys.pin(key.1);
        let change = self.changes.get_mut(key).expect("it was written just now");
        change.pin_hash = Some(self.context.keys.pin_hash(key.1, &pin));
    }

    /// The greatest record time of what is in the database and of this batch.
    pub fn newest(&self) -> Option<Instant> {
        self.newest
    }

    /// When what this batch last does to a dossier is recorded; none when it does nothing to it, as
    /// with a message of the authority that was known.
    pub fn recorded(&self, key: &Key) -> Option<Instant> {
        let last = self
            .changes
            .get(key)
            .and_then(|change| change.entries.last());
        last.map(|entry| entry.record.record_time)
    }

    /// The applicant of a dossier of this batch.
    pub fn applicant(&self, key: &Key) -> Option<Person> {
        self.loaded.dossiers.get(key)?.applicant.clone()
    }

    /// Everything that the batch writes, in the order in which its dossiers first changed.
    pub fn changes(mut self) -> Vec<Change> {
        self.order
            .iter()
            .map(|key| {
                self.changes
                    .remove(key)
                    .expect("each key was pushed with its change")
            })
            .collect()
    }
}

pub(super) fn rules<'r>(
    catalogue: &'r Catalogue,
    procedure: &'r Procedure,
    resolving: &UnitCode,
    salt: &'r Salt,
    acting: &'r Acting,
) -> Rules<'r> {
    Rules {
        procedure,
        calendar: catalogue.calendars.for_unit(resolving.as_str()),
        calendars: &catalogue.calendars,
        units: &catalogue.units,
        boundaries: &catalogue.boundaries,
        papers: &catalogue.papers,
        opinions: &catalogue.opinions,
        answer_limit: catalogue.intake.answer,
        salt,
        acting,
    }
}

/// What a correction changes in the codes under which a dossier is found.
#[derive(Default)]
struct Codes {
    claimed: Vec<AnyCode>,
    freed: Vec<AnyCode>,
}

impl Codes {
    /// A proposal claims the right code; the decision frees one of the two.
    fn moved_by(events: &[Event]) -> Self {
        let mut codes = Self::default();
        for event in events {
            if let Event::CorrectionProposed(proposed) = event {
                codes.claimed.extend(both(proposed).1);
            } else if let Event::CorrectionApproved(decided) = event {
                codes.freed.extend(both(&decided.0.correction).0);
            } else if let Event::CorrectionRejected(decided) = event {
                codes.freed.extend(both(&decided.0.correction).1);
            }
        }
        codes
    }
}

/// The wrong and the right code of a correction; none for a correction of another field.
fn both(correction: &Correction) -> (Option<AnyCode>, Option<AnyCode>) {
    if let correction::Change::ExternalCode { old, new } = &correction.change {
        (old.clone(), new.clone())
    } else {
        (None, None)
    }
}

pub(super) fn acting(task: &Task, role: Role, unit: UnitCode) -> Acting {
    Acting {
        actor: task.caller.actor.clone(),
        role,
        unit,
    }
}

fn content_hash(salt: &Salt, task: &Task) -> [u8; 16] {
    half(&keyed_hash(salt.as_bytes(), &[b"request", &task.content]))
}

pub(super) fn refused_before_life(refusal: Refusal) -> Error {
    Error::Refused {
        refusal,
        status: None,
        allowed: Vec::new(),
    }
}
