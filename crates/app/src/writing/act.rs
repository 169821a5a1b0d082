//! Decides an act on a dossier that exists, and a change by a job.

use domain::dossier::{self, Command, Decision, Record, Rewrite, Surroundings};
use domain::id::DossierId;
use domain::time::{self, Instant};

use super::batch::{BatchState, acting, rules};
use super::begin::{in_force, refuse_numbers, taken};
use super::task::Task;
use crate::access;
use crate::catalogues;
use crate::error::Error;
use crate::ports::Key;

impl BatchState<'_> {
    /// Decides a command on a dossier as this batch has left it.
    pub(super) fn act(
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
        let role = task.caller.role_on(action, dossier, &procedure);
        let acting = acting(task, role, unit);
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
    pub(super) fn rewrite(
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
        let unit = unit.unwrap_or_else(|| held.dossier.resolving.clone());
        let acting = acting(task, task.caller.role, unit);
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
