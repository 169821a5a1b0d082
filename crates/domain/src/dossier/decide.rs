//! What follows from an act. Pure: the same inputs give the same answer.

use super::Dossier;
use super::acts::{Command, OnMirror, Reception, Spec, Submission};
use super::event::Event;
use super::private::{Private, PrivateValues};
use super::refusal::Refusal;
use super::rules::Rules;
use crate::code::DossierCode;
use crate::time::Instant;

/// What follows from an act: facts, and the personal values to which they commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The events, in order; each raises the version by one.
    pub events: Vec<Event>,
    /// The personal values, each with the name under which an event commits to it.
    pub private: Vec<Private>,
}

/// A portal hands a dossier in.
pub fn submit(
    submission: &Submission,
    rules: &Rules<'_>,
    now: Instant,
) -> Result<Decision, Refusal> {
    of_version(1, rules, |private| submission.decide(rules, now, private))
}

/// A desk receives a dossier. The commit seals its code in.
pub fn receive(
    reception: &Reception,
    rules: &Rules<'_>,
    now: Instant,
) -> Result<Decision, Refusal> {
    of_version(1, rules, |private| {
        reception.decide(None, rules, now, private)
    })
}

/// An offline desk received a dossier under a reserved number. `at` is that moment; due times count
/// from it.
pub fn receive_offline(
    reception: &Reception,
    code: &DossierCode,
    rules: &Rules<'_>,
    at: Instant,
) -> Result<Decision, Refusal> {
    of_version(1, rules, |private| {
        reception.decide(Some(code), rules, at, private)
    })
}

/// Decides what follows from a command on a dossier.
///
/// `now` is the moment at which the command arrived, never earlier than the dossier's last event.
/// On acceptance, `rules.procedure` is the version in force that day, which the dossier then keeps.
pub fn decide(
    dossier: &Dossier,
    command: &Command,
    rules: &Rules<'_>,
    now: Instant,
) -> Result<Decision, Refusal> {
    refuse_unfit(dossier, command.action().spec())?;
    of_version(dossier.version + 1, rules, |private| {
        command.decide(dossier, rules, now, private)
    })
}

fn of_version(
    version: u32,
    rules: &Rules<'_>,
    events: impl FnOnce(&mut PrivateValues<'_>) -> Result<Vec<Event>, Refusal>,
) -> Result<Decision, Refusal> {
    let mut private = PrivateValues::new(rules.salt, version);
    Ok(Decision {
        events: events(&mut private)?,
        private: private.into_kept(),
    })
}

/// Refuses acts that the state does not permit, and acts of the desk on a mirror.
fn refuse_unfit(dossier: &Dossier, spec: &'static Spec) -> Result<(), Refusal> {
    if let Some(system) = &dossier.mirrored
        && spec.on_mirror == OnMirror::Refused
    {
        return Err(Refusal::Mirrored {
            system: system.clone(),
        });
    }
    if !spec.states.has(dossier.state.stage()) {
        return Err(Refusal::WrongState {
            act: spec,
            status: dossier.status(),
        });
    }
    Ok(())
}
