//! Begins a dossier: a submission, a reception at the desk, and an offline reception.
//!
//! All three begin in [`BatchState::begin`]. They differ in when the dossier begins, in which codes
//! and numbers it takes, and in the rule that decides.

use std::sync::Arc;

use domain::catalogue::Catalogue;
use domain::code::{AnyCode, DossierCode};
use domain::dossier::contents::Contents;
use domain::dossier::private::Salt;
use domain::dossier::{self, Action, Decision, Reception, Refusal, Rules, Submission};
use domain::id::{DossierId, ProcedureCode, ProvinceCode, UnitCode};
use domain::number::NumberState;
use domain::procedure::Procedure;
use domain::role::Role;
use domain::time::{self, Instant};

use super::batch::{BatchState, acting, refused_before_life, rules};
use super::task::{Task, Work, code_of, codes_of, person_keys, portal_number};
use crate::access::{self, Caller, Method};
use crate::error::{Error, FieldError};
use crate::ports::{BlockNumber, Change, Key, NumberWanted, PersonKey, Secrets};
use crate::security::{self, Event as SecurityEvent};

/// The id and the salt of a new dossier, and its procedure.
type New<'t> = (DossierId, &'t Salt, &'t ProcedureCode);

/// A dossier that is to begin.
struct Beginning<'t> {
    new: New<'t>,
    receiving: &'t UnitCode,
    content: &'t Contents,
    /// The codes under which it is to be found.
    codes: Vec<AnyCode>,
    /// When it begins.
    at: Instant,
    /// Whether another open dossier of the same person stops it.
    checks_duplicates: bool,
}

impl BatchState<'_> {
    /// The one way to begin a dossier.
    fn begin(
        &mut self,
        task: &Task,
        beginning: Beginning<'_>,
        decide: impl FnOnce(&Rules<'_>) -> Result<Decision, Refusal>,
    ) -> Result<(Key, u32), Error> {
        let Beginning {
            new: (id, salt, code),
            receiving,
            content,
            codes,
            at,
            checks_duplicates,
        } = beginning;
        self.refuse_taken(task, &codes)?;
        let catalogue = self.context.catalogue(&task.caller.province);
        let procedure = in_force(&catalogue, code, at)?;
        if checks_duplicates {
            self.refuse_duplicate(task, code, content)?;
        }
        let action = match task.work {
            Work::Submit { .. } => Action::Submit,
            Work::Receive { .. }
            | Work::Import { .. }
            | Work::Act { .. }
            | Work::Rewrite { .. } => Action::Receive,
        };
        let role = task.caller.role_for(Method::Act(action));
        let acting = acting(task, role, receiving.clone());
        let resolving = content.resolving.as_ref().unwrap_or(receiving);
        let rules = rules(&catalogue, &procedure, resolving, salt, &acting);
        let decision = decide(&rules).map_err(refused_before_life)?;
        let key = (task.caller.province.clone(), id);
        let version = self.write(task, &acting, None, &key, at, decision, Some(*salt))?;
        self.keep_beside(task, &key, *salt, code, content, codes);
        Ok((key, version))
    }

    /// A dossier that a citizen or the portal hands in.
    pub(super) fn submit(
        &mut self,
        task: &Task,
        new: New<'_>,
        submission: &Submission,
    ) -> Result<(Key, u32), Error> {
        let method = Method::Act(dossier::Action::Submit);
        access::check_unit(&task.caller, method, &submission.receiving)?;
        let catalogue = self.context.catalogue(&task.caller.province);
        let number = self.portal_number(task, &catalogue, submission)?;
        let beginning = Beginning {
            new,
            receiving: &submission.receiving,
            content: &submission.content,
            codes: codes_of(submission).collect(),
            at: submission.submitted.unwrap_or(task.arrived),
            checks_duplicates: true,
        };
        let (key, version) = self.begin(task, beginning, |rules| {
            dossier::submit(submission, rules, task.arrived)
        })?;
        self.change_of(&key).portal_number = number;
        Ok((key, version))
    }

    /// A dossier that is received at the desk.
    pub(super) fn receive(
        &mut self,
        task: &Task,
        new: New<'_>,
        reception: &Reception,
    ) -> Result<(Key, u32), Error> {
        let method = Method::Act(dossier::Action::Receive);
        access::check_unit(&task.caller, method, &reception.receiving)?;
        let catalogue = self.context.catalogue(&task.caller.province);
        let external = external_codes(&reception.content);
        refuse_numbers(&catalogue, &task.caller.province, external)?;
        let beginning = Beginning {
            new,
            receiving: &reception.receiving,
            content: &reception.content,
            codes: reception.content.external_codes.clone(),
            at: task.arrived,
            checks_duplicates: true,
        };
        let (key, version) = self.begin(task, beginning, |rules| {
            dossier::receive(reception, rules, task.arrived)
        })?;
        self.change_of(&key).number = Some(NumberWanted {
            unit: reception.receiving.clone(),
            day: time::local_day(task.arrived),
        });
        self.make_receipt(&key);
        Ok((key, version))
    }

    /// Enters an offline reception, at its own time and under its reserved number. A duplicate does
    /// not stop it: the citizen has the receipt.
    pub(super) fn import(
        &mut self,
        task: &Task,
        new: New<'_>,
        reception: &Reception,
        at: Instant,
        number: &BlockNumber,
    ) -> Result<(Key, u32), Error> {
        access::check_unit(&task.caller, Method::ImportReceptions, &reception.receiving)?;
        let catalogue = self.context.catalogue(&task.caller.province);
        let sealed = code_of(number);
        let external = external_codes(&reception.content);
        refuse_numbers(&catalogue, &task.caller.province, external)?;
        let state = self.loaded.numbers.get(number).copied();
        if state != Some(NumberState::Open) {
            return Err(refused_before_life(Refusal::NumberNotOpen {
                number: number.number,
                state: state.map(NumberState::as_str),
            }));
        }
        let codes = reception.content.external_codes.iter().cloned();
        let beginning = Beginning {
            new,
            receiving: &reception.receiving,
            content: &reception.content,
            codes: codes.chain([AnyCode::from(&sealed)]).collect(),
            at,
            checks_duplicates: false,
        };
        let (key, version) = self.begin(task, beginning, |rules| {
            dossier::receive_offline(reception, &sealed, rules, at)
        })?;
        // A later command of this batch must find the number used.
        let used = NumberState::Used(key.1);
        self.loaded.numbers.insert(number.clone(), used);
        self.change_of(&key).block_number = Some(number.clone());
        self.make_receipt(&key);
        Ok((key, version))
    }

    /// The change that this batch makes to a dossier that it has just written.
    fn change_of(&mut self, key: &Key) -> &mut Change {
        self.changes.get_mut(key).expect("it was written just now")
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
            Some(NumberState::Open | NumberState::Void { .. }) => Err(Error::invalid(
                "portal_code",
                "must not be a number that the desk of the receiving unit has taken along",
            )),
        }
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
            // Whoever has no number may be anybody of that name and telephone.
            if !person.unnumbered {
                let numbered = PersonKey {
                    unnumbered: true,
                    ..person.clone()
                };
                self.loaded.people.insert(numbered, label.clone());
            }
            let unnumbered = PersonKey {
                unnumbered: false,
                ..person
            };
            self.loaded.people.insert(unnumbered, label.clone());
        }
    }
}

/// The version of a procedure that is in force on the day of a moment.
pub(super) fn in_force(
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

/// The external codes of a new dossier, with the names of their fields.
fn external_codes(
    content: &dossier::contents::Contents,
) -> impl Iterator<Item = (String, &AnyCode)> {
    let codes = content.external_codes.iter().enumerate();
    codes.map(|(at, code)| (format!("external_codes[{at}]"), code))
}

/// Refuses codes in the number space of units that number here. Otherwise a caller could take a
/// number in advance and stop the unit's counter.
pub(super) fn refuse_numbers<'c>(
    catalogue: &Catalogue,
    province: &ProvinceCode,
    codes: impl IntoIterator<Item = (String, &'c AnyCode)>,
) -> Result<(), Error> {
    let is_ours = |code: &DossierCode| {
        let unit = catalogue.units.find(code.agency().as_str());
        unit.is_some_and(|unit| unit.province == *province)
    };
    let ours = codes.into_iter().filter_map(|(field, code)| {
        if catalogue.codes.central(code).is_some() {
            // A central system numbers for the agency that resolves; no counter here gives that.
            return None;
        }
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

pub(super) fn taken(code: &AnyCode, dossier: DossierId) -> Error {
    Error::CodeTaken {
        code: code.to_string(),
        dossier: dossier.to_string(),
    }
}

/// Whether a caller may be told of a dossier by its code: identity numbers are not secret, so
/// whoever enters one must not learn where else its owner has handed something in. A code that
/// is none of ours does not say whose it is.
fn reached(caller: &Caller, existing: &str) -> bool {
    let code = AnyCode::parse(existing).ok();
    let code = code.as_ref().and_then(DossierCode::read);
    caller.reaches_province() || code.is_some_and(|code| caller.reaches(code.agency()))
}
