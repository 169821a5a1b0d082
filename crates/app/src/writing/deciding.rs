//! Decides a batch: each command against the state that the commands before it left.
//!
//! Nothing here waits: the loaded data, the catalogue and the keys are values.

use std::collections::HashMap;
use std::sync::Arc;

use domain::catalogue::Catalogue;
use domain::code::{AnyCode, DossierCode};
use domain::digest::keyed_hash;
use domain::dossier::correction::{self, Correction};
use domain::dossier::private::{Person, Salt};
use domain::dossier::{
    self, Acting, Command, Decision, Dossier, Event, Interest, Reception, Record, Refusal, Rewrite,
    Rules, Submission, Surroundings,
};
use domain::id::{DossierId, ProcedureCode, ProvinceCode, UnitCode};
use domain::number::NumberState;
use domain::procedure::Procedure;
use domain::role::Role;
use domain::tally;
use domain::time::{self, Instant};

use super::task::{Task, Work, code_of, codes_of, person_keys, portal_number};
use crate::access::{self, Caller, Method};
use crate::catalogues;
use crate::context::Context;
use crate::error::{Error, FieldError};
use crate::ports::{
    BlockNumber, Change, Entry, Held, Key, Loaded, NumberWanted, RequestKey, Secrets,
};
use crate::security::{self, Event as SecurityEvent};

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
pub(super) struct Desk<'a> {
    context: &'a Context,
    loaded: Loaded,
    /// Requests of this very batch.
    seen: HashMap<RequestKey, (Key, u32, Vec<u8>)>,
    order: Vec<Key>,
    changes: HashMap<Key, Change>,
    /// The greatest record time of what is in the database and of this batch.
    newest: Option<Instant>,
}

impl<'a> Desk<'a> {
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
            } => self.submit(task, *id, salt, procedure, submission)?,
            Work::Receive {
                id,
                salt,
                procedure,
                reception,
            } => self.receive(task, *id, salt, procedure, reception)?,
            Work::Import {
                id,
                salt,
                procedure,
                reception,
                at,
                number,
            } => self.import(task, *id, salt, procedure, reception, *at, number)?,
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

    fn act(
        &mut self,
        task: &Task,
        id: DossierId,
        etag: Option<&str>,
        command: &Command,
    ) -> Result<(Key, u32), Error> {
        let key = (task.caller.province.clone(), id);
        let unknown = || Error::NotFound {
            what: "dossier",
            name: id.to_string(),
        };
        let held = self.loaded.dossiers.get(&key).ok_or_else(unknown)?.clone();
        let dossier = &held.dossier;
        let action = command.action();
        let unit = access::check_command(&task.caller, command, dossier)?;
        if let Some(etag) = etag.filter(|etag| *etag != dossier.etag()) {
            return Err(Error::Stale {
                dossier: dossier.label(),
                current: dossier.etag(),
                // The etag may be any text; its beginning is enough for the message.
                given: etag.chars().take(32).collect(),
            });
        }
        refuse_past(command, task.arrived)?;
        // Erased personal values are not stored again, so nothing new may commit to such values
        // either.
        let salt = held.salt.ok_or_else(unknown)?;
        // A history only goes forward, also if the clock of this process is behind that of the last
        // writer.
        let now = Ord::max(task.arrived, dossier.last);
        let catalogue = self.context.catalogue(&key.0);
        // Acceptance chooses the version in force that day; every other act keeps the dossier's
        // own.
        let procedure = if action == dossier::Action::Receive {
            in_force(&catalogue, &dossier.procedure, now)?
        } else {
            self.context.pinned(dossier)?
        };
        if let Some(code) = command.claims_code() {
            let named = [("external_code.new_code".to_owned(), code)];
            refuse_numbers(&catalogue, &key.0, named)?;
            let owner = self.loaded.codes.get(&(key.0.clone(), code.clone()));
            if let Some(owner) = owner.filter(|owner| **owner != id) {
                return Err(taken(code, *owner));
            }
        }
        let acting = acting(task, unit);
        let rules = rules(&catalogue, &procedure, &dossier.resolving, &salt, &acting);
        let decision =
            dossier::decide(dossier, command, &rules, now).map_err(|refusal| Error::Refused {
                refusal,
                status: Some(dossier.status()),
                allowed: self.context.allowed(&task.caller, dossier, &procedure),
            })?;
        let Some(first) = decision.events.first() else {
            // Another system repeated its message, so the dossier stays as it is.
            return Ok((key, dossier.version));
        };
        let at = first.happened(now, dossier.last);
        let accepted = action == dossier::Action::Receive;
        let version = self.write(task, &acting, Some(held), &key, at, decision, Some(salt))?;
        if accepted {
            self.make_receipt(&key);
        }
        Ok((key, version))
    }

    /// A job changes a dossier, as it stands now.
    fn rewrite(
        &mut self,
        task: &Task,
        id: DossierId,
        rewrite: &Rewrite,
    ) -> Result<Option<(Key, u32)>, Error> {
        let key = (task.caller.province.clone(), id);
        let Some(held) = self.loaded.dossiers.get(&key).cloned() else {
            return Ok(None);
        };
        let catalogue = self.context.catalogue(&key.0);
        let around = Surroundings {
            history: &self.history(&key),
            law: catalogues::law(&catalogue),
        };
        let Some(event) = dossier::rewrite(&held.dossier, rewrite, &around) else {
            return Ok(None);
        };
        // A dossier that was overdue when the change took effect stays so, however late the job
        // runs.
        let at = rewrite.effective().unwrap_or(task.arrived);
        let now = Ord::max(at, held.dossier.last);
        let unit = task.caller.units.first().cloned();
        let acting = acting(task, unit.unwrap_or_else(|| held.dossier.resolving.clone()));
        // A rewrite holds no personal value, so an erased dossier moves too and gets no new salt.
        let decision = Decision {
            events: vec![event],
            private: Vec::new(),
        };
        let salt = held.salt;
        let version = self.write(task, &acting, Some(held), &key, now, decision, salt)?;
        Ok(Some((key, version)))
    }

    /// The history of a dossier, with what this batch adds to it.
    fn history(&self, key: &Key) -> Vec<Record> {
        let mut history = self.loaded.histories.get(key).cloned().unwrap_or_default();
        if let Some(change) = self.changes.get(key) {
            history.extend(change.entries.iter().map(|entry| entry.record.clone()));
        }
        history
    }

    fn submit(
        &mut self,
        task: &Task,
        id: DossierId,
        salt: &Salt,
        code: &ProcedureCode,
        submission: &Submission,
    ) -> Result<(Key, u32), Error> {
        let method = Method::Act(dossier::Action::Submit);
        access::check_unit(&task.caller, method, &submission.receiving)?;
        let catalogue = self.context.catalogue(&task.caller.province);
        let codes: Vec<AnyCode> = codes_of(submission).collect();
        let number = self.portal_number(task, &catalogue, submission)?;
        self.refuse_taken(task, &codes)?;
        let at = submission.submitted.unwrap_or(task.arrived);
        let procedure = in_force(&catalogue, code, at)?;
        self.refuse_duplicate(task, code, &submission.content)?;
        let acting = acting(task, submission.receiving.clone());
        let resolving = submission
            .content
            .resolving
            .as_ref()
            .unwrap_or(&submission.receiving);
        let rules = rules(&catalogue, &procedure, resolving, salt, &acting);
        let decision =
            dossier::submit(submission, &rules, task.arrived).map_err(refused_before_life)?;
        let key = (task.caller.province.clone(), id);
        let version = self.write(task, &acting, None, &key, at, decision, Some(*salt))?;
        self.keep_beside(task, &key, *salt, code, &submission.content, codes);
        let change = self.changes.get_mut(&key).expect("it was written just now");
        change.portal_number = number;
        Ok((key, version))
    }

    /// The number in our own number space that a submission's code takes, if it takes one. Only the
    /// portal may bring such a code, only for the receiving unit and a day that has come, and only
    /// if no desk has reserved the number.
    fn portal_number(
        &self,
        task: &Task,
        catalogue: &Catalogue,
        submission: &Submission,
    ) -> Result<Option<BlockNumber>, Error> {
        let province = &task.caller.province;
        let number = portal_number(submission, province);
        let may = number.as_ref().is_some_and(|number| {
            task.caller.role == Role::Portal && number.day <= time::local_day(task.arrived)
        });
        let portal_code = ("portal_code".to_owned(), &submission.portal_code);
        let named = (!may).then_some(portal_code);
        let external = external_codes(&submission.content);
        refuse_numbers(catalogue, province, named.into_iter().chain(external))?;
        let state = number.as_ref().and_then(|one| self.loaded.numbers.get(one));
        match state {
            // If the number was used, its code is taken, and that check names the holder.
            None | Some(NumberState::Used(_)) => Ok(number),
            Some(NumberState::Open | NumberState::Void(_)) => Err(Error::invalid(
                "portal_code",
                "must not be a number that the desk of the receiving unit has taken along",
            )),
        }
    }

    fn receive(
        &mut self,
        task: &Task,
        id: DossierId,
        salt: &Salt,
        code: &ProcedureCode,
        reception: &Reception,
    ) -> Result<(Key, u32), Error> {
        let method = Method::Act(dossier::Action::Receive);
        access::check_unit(&task.caller, method, &reception.receiving)?;
        let catalogue = self.context.catalogue(&task.caller.province);
        let codes = reception.content.external_codes.clone();
        let external = external_codes(&reception.content);
        refuse_numbers(&catalogue, &task.caller.province, external)?;
        self.refuse_taken(task, &codes)?;
        let procedure = in_force(&catalogue, code, task.arrived)?;
        self.refuse_duplicate(task, code, &reception.content)?;
        let acting = acting(task, reception.receiving.clone());
        let resolving = reception
            .content
            .resolving
            .as_ref()
            .unwrap_or(&reception.receiving);
        let rules = rules(&catalogue, &procedure, resolving, salt, &acting);
        let decision =
            dossier::receive(reception, &rules, task.arrived).map_err(refused_before_life)?;
        let key = (task.caller.province.clone(), id);
        let version = self.write(
            task,
            &acting,
            None,
            &key,
            task.arrived,
            decision,
            Some(*salt),
        )?;
        self.keep_beside(task, &key, *salt, code, &reception.content, codes);
        let change = self.changes.get_mut(&key).expect("it was written just now");
        change.number = Some(NumberWanted {
            unit: reception.receiving.clone(),
            day: time::local_day(task.arrived),
        });
        self.make_receipt(&key);
        Ok((key, version))
    }

    /// Enters an offline reception, at its own time and under its reserved number.
    #[expect(
        clippy::too_many_arguments,
        reason = "all of them are of different types"
    )]
    fn import(
        &mut self,
        task: &Task,
        id: DossierId,
        salt: &Salt,
        code: &ProcedureCode,
        reception: &Reception,
        at: Instant,
        number: &BlockNumber,
    ) -> Result<(Key, u32), Error> {
        access::check_unit(&task.caller, Method::ImportReceptions, &reception.receiving)?;
        let catalogue = self.context.catalogue(&task.caller.province);
        let sealed = code_of(number);
        let external = external_codes(&reception.content);
        refuse_numbers(&catalogue, &task.caller.province, external)?;
        let codes = reception.content.external_codes.iter().cloned();
        let codes: Vec<AnyCode> = codes.chain([AnyCode::from(&sealed)]).collect();
        let state = self.loaded.numbers.get(number).copied();
        if state != Some(NumberState::Open) {
            return Err(refused_before_life(Refusal::NumberNotOpen {
                number: number.number,
                state: state.map(NumberState::as_str),
            }));
        }
        self.refuse_taken(task, &codes)?;
        let procedure = in_force(&catalogue, code, at)?;
        let acting = acting(task, reception.receiving.clone());
        let resolving = reception
            .content
            .resolving
            .as_ref()
            .unwrap_or(&reception.receiving);
        let rules = rules(&catalogue, &procedure, resolving, salt, &acting);
        let decision = dossier::receive_offline(reception, &sealed, &rules, at)
            .map_err(refused_before_life)?;
        let key = (task.caller.province.clone(), id);
        let version = self.write(task, &acting, None, &key, at, decision, Some(*salt))?;
        // A later command of this batch must find the number used.
        self.loaded
            .numbers
            .insert(number.clone(), NumberState::Used(id));
        self.keep_beside(task, &key, *salt, code, &reception.content, codes);
        let change = self.changes.get_mut(&key).expect("it was written just now");
        change.block_number = Some(number.clone());
        self.make_receipt(&key);
        Ok((key, version))
    }

    fn refuse_taken(&self, task: &Task, codes: &[AnyCode]) -> Result<(), Error> {
        for code in codes {
            let key = (task.caller.province.clone(), code.clone());
            if let Some(dossier) = self.loaded.codes.get(&key) {
                return Err(taken(code, *dossier));
            }
        }
        Ok(())
    }

    fn refuse_duplicate(
        &self,
        task: &Task,
        procedure: &ProcedureCode,
        contents: &dossier::contents::Contents,
    ) -> Result<(), Error> {
        let keys = person_keys(self.context, task, procedure, contents);
        match keys.iter().find_map(|key| self.loaded.people.get(key)) {
            Some(existing) => {
                let named = reached(&task.caller, existing).then(|| existing.clone());
                if named.is_none() {
                    security::note(SecurityEvent::DuplicateElsewhere, None);
                }
                let refusal = Refusal::PossibleDuplicate { existing: named };
                Err(refused_before_life(refusal))
            }
            None => Ok(()),
        }
    }

    /// Turns a decision into records and folds them in, so that the next command of this batch
    /// decides against the new state.
    #[expect(
        clippy::too_many_arguments,
        reason = "all of them are of different types"
    )]
    fn write(
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
        let content = salt.map_or([0; 32], |salt| content_hash(&salt, task));
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

    fn keep_beside(
        &mut self,
        task: &Task,
        key: &Key,
        salt: Salt,
        procedure: &ProcedureCode,
        contents: &dossier::contents::Contents,
        codes: Vec<AnyCode>,
    ) {
        let (keys, applicant) = (&self.context.keys, &contents.applicant);
        let person = keys.person(&key.0, &applicant.id_number);
        let namesake = keys.namesake(&key.0, applicant);
        if let Some(held) = self.loaded.dossiers.get_mut(key) {
            held.applicant = Some(contents.applicant.clone());
        }
        let alone = person_keys(self.context, task, procedure, contents);
        let change = self.changes.get_mut(key).expect("it was written just now");
        change.secrets = Some(Secrets {
            salt,
            person,
            namesake,
        });
        change.alone.clone_from(&alone);
        for code in &codes {
            self.loaded
                .codes
                .insert((key.0.clone(), code.clone()), key.1);
        }
        change.codes = codes;
        let label = change.dossier.label();
        for person in alone {
            self.loaded.people.insert(person, label.clone());
        }
    }

    /// Makes the receipt at reception; the row stores the hash of its PIN.
    fn make_receipt(&mut self, key: &Key) {
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

/// Refuses a date for the future that has passed.
///
/// Parsing does not check it, because a repeat of an accepted request gets its first answer however
/// late it comes.
fn refuse_past(command: &Command, now: Instant) -> Result<(), Error> {
    let Some((field, at)) = command.promised_time() else {
        return Ok(());
    };
    if at > now {
        return Ok(());
    }
    let now = time::rfc3339(now);
    Err(Error::invalid(
        field,
        format!("must be in the future; it is {now} here"),
    ))
}

fn in_force(
    catalogue: &Catalogue,
    code: &ProcedureCode,
    at: Instant,
) -> Result<Arc<Procedure>, Error> {
    let day = time::local_day(at);
    let found = catalogue.procedures.in_force(code, day).cloned();
    found.ok_or_else(|| {
        refused_before_life(Refusal::ProcedureNotInForce {
            procedure: code.clone(),
            day,
        })
    })
}

fn rules<'r>(
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

/// The external codes of a new dossier, with the names of their fields.
fn external_codes(
    content: &dossier::contents::Contents,
) -> impl Iterator<Item = (String, &AnyCode)> {
    let codes = content.external_codes.iter().enumerate();
    codes.map(|(at, code)| (format!("external_codes[{at}]"), code))
}

/// Refuses codes in the number space of units that number here. Otherwise a caller could take a
/// number in advance and stop the unit's counter.
fn refuse_numbers<'c>(
    catalogue: &Catalogue,
    province: &ProvinceCode,
    codes: impl IntoIterator<Item = (String, &'c AnyCode)>,
) -> Result<(), Error> {
    let is_ours = |code: &DossierCode| {
        let unit = catalogue.units.find(code.agency().as_str());
        unit.is_some_and(|unit| unit.province == *province)
    };
    let ours = codes.into_iter().filter_map(|(field, code)| {
        let own = DossierCode::read(code).filter(is_ours)?;
        let unit = own.agency();
        let problem = format!(
            "must not be a number of {unit}, which numbers its dossiers here; only the portal may \
             bring one, for the receiving unit and a day that has come"
        );
        Some(FieldError::new(field, problem))
    });
    let wrong: Vec<FieldError> = ours.collect();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(wrong))
    }
}

fn taken(code: &AnyCode, dossier: DossierId) -> Error {
    Error::CodeTaken {
        code: code.to_string(),
        dossier: dossier.to_string(),
    }
}

fn acting(task: &Task, unit: UnitCode) -> Acting {
    Acting {
        actor: task.caller.actor.clone(),
        role: task.caller.role,
        unit,
    }
}

fn content_hash(salt: &Salt, task: &Task) -> [u8; 32] {
    keyed_hash(salt.as_bytes(), &[b"request", &task.content])
}

/// Whether a caller may be told of a dossier by its code: identity numbers are not secret, so
/// whoever enters one must not learn where else its owner has handed something in. A code that
/// is none of ours does not say whose it is.
fn reached(caller: &Caller, existing: &str) -> bool {
    let code = AnyCode::parse(existing).ok();
    let code = code.as_ref().and_then(DossierCode::read);
    caller.reaches_province() || code.is_some_and(|code| caller.reaches(code.agency()))
}

fn refused_before_life(refusal: Refusal) -> Error {
    Error::Refused {
        refusal,
        status: None,
        allowed: Vec::new(),
    }
}
